"""The one Django app: models, migrations and every transaction; facts in and out.

May import reports and everything below. Must never decide what a fact means.
"""
