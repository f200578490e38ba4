"""Money: one currency in another by dated rates, and what is missing for that.

May import agreement, journal and vocabulary. Must never know what an amount was paid for, or which table it goes to.
"""
