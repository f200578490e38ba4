"""Facts from CSV and Parquet files, told by a mapping; every row read is accounted for.

May import the agreement's conditions, the journal and vocabulary. Must never drop a row without saying so.
"""
