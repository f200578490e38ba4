"""What happened: the fact and its schema, facts at rest as Parquet, corrections, identities, checks.

May import vocabulary. Must never know what an agreement makes of a fact.
"""
