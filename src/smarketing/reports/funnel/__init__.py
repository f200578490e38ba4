"""The funnel: who reached which stage, how fast, what was won and what it cost; and what of it is no trend.

May import the other modules of reports. Must never hold a rule about what a stage or a win is.
"""
