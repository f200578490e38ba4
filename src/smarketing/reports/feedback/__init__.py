"""Feedback both ways: how leads came and what became of them and why, what waits for marketing's check, what sales said about such leads.

May import the outcome, the lives and what is behind a number. Must never know how it is shown, nor who asks.
"""
