"""Where a replay runs: here in threads, later on a cluster; the function that runs is the same.

May import reports and everything below. Must never hold a rule of its own about what follows from a fact.
"""
