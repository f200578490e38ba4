"""What follows, kept up to date as facts come in and time passes: the worker, its jobs, and how they go.

May import the records and everything below. Must never decide what a fact means.
"""
