"""One lead, explained: what happened, what followed and why, in order of time and in sentences.

May import the other modules of reports. Must never decide what follows from a fact: it reads that in the tables.
"""
