"""What people ask: one module for each question, tables in, one table and its notes out.

May import derivations and everything below. Must never read the clock or change anything.
"""
