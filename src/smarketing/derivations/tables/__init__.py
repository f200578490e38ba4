"""The contract's tables, written out of what the fold left: receipts, stage entries, hand-offs, clocks.

May import everything beside it in this room. Must never decide what follows, only say it in the contract's columns and types.
"""
