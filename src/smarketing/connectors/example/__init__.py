"""The example company: eighteen made-up months of a firm whose marketing and sales signed an agreement, the same on every machine.

May import the agreement's calendars, business time, the journal and vocabulary. Must never read the clock, nor ask a replay what it
should make.
"""
