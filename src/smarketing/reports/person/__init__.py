"""A lead as a person: whether it may be contacted, and whether it is there already.

May import the outcome and the leads. Must never know which page shows it, nor what is done with it.
"""
