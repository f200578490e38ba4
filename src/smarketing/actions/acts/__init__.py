"""What people do with leads, through one door: each act once, told as facts, decided by one update, and taken back where that is honest.

May import the records and everything below, and what other actions offer. Must never know who asks: a page, a program, or a worker.
"""
