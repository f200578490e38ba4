"""How the tables of the database came to be, step by step; a step that was published is never edited.

May import the models' fields. Must never read or change a fact.
"""
