"""What can be wrong with an agreement beyond its shape: names, clauses that contradict each other, rules without effect.

May import the rooms' documents, values and calendars. Must never need a valid agreement: every check copes with any document.
"""
