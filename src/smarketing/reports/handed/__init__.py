"""What became of the hand-offs, cycle by cycle: how each ended, which were won, and how long a win usually takes.

May import the outcome and the lives. Must never know which report asks.
"""
