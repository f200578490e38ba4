"""The price of a lead: what a hand-off of each grade is worth by what became of those before.

May import the rest of reports and what lies below. Must never know who asks, or sign anything.
"""
