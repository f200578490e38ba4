"""The words everybody shares: fact kinds, personal values, durations, periods, problems, errors, the tables' names and columns.

May import nothing of the product. Must never know what an agreement says or what a fact did.
"""
