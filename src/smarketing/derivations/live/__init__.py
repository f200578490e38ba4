"""The leads that just changed: what conditions and profiles came to is remembered from update to update, in bounded memory.

May import everything beside it in this room. Must never hold a rule of its own: what it remembers, matching found out.
"""
