"""Routing in hindsight and today: who has how many leads in work, and who would have got those of another time.

May import the derivation of the choice and the tables that follow. Must never know a database or who is told.
"""
