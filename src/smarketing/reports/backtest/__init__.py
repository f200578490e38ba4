"""The back-test: a draft agreement over the real past, beside the one in force.

May import the rest of reports and what lies below. Must never guess what became of a lead that nobody worked.
"""
