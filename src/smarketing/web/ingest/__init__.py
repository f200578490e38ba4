"""Facts that programs send: the body read with limits, facts of several requests taken in together, and what the sender is told.

May import the records and everything below. Must never acknowledge what is not committed.
"""
