"""Every number opens to the rows behind it: a question in, the leads, hand-offs, clocks, wins, spend or facts out.

May import what the other reports count from. Must never count by a rule of its own: the number of its rows is the number.
"""
