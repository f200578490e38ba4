"""What follows: facts are matched with the agreement, folded lead by lead, and written as the contract's tables.

May import agreement, journal and vocabulary. Must never read the clock, open a database or know which report asks.
"""
