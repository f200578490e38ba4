"""Facts as programs send them: one message, many facts, each judged by itself.

May import the journal's own modules. Must never keep a fact, or know over which wire it came.
"""
