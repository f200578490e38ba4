"""The inbox and what is done from it, as pages show it: rows in words, the lead beside them, the forms of its acts.

May import the reports, the actions and the other modules of web. Must never decide what follows from a fact, nor who may act.
"""
