"""Where facts come from: one folder for each outside system; files are the first of them.

May import reports and everything below, never another connector, the records or a backend.
"""
