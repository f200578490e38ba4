"""Completing a clustered journal: which facts it knows already, where new ones belong, and how they come to lie there.

May import the rest of backends and everything below. Must never rewrite a part of the journal because a few facts came to it.
"""
