"""Verbs that change something: import facts, and later sign, accept, erase.

May import everything below and read the clock. Must never print or parse a command line.
"""
