"""The inbox: whom a rep calls next and why, how long there is, and what to say.

May import the other modules of reports. Must never read a clock, nor know who looks: `now` and the rep are given.
"""
