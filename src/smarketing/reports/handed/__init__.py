"""What became of the hand-offs, cycle by cycle: how each ended, which were won, how long a win usually takes, and which reasons to give one
back the facts speak against.

May import the outcome and the lives. Must never know which report asks.
"""
