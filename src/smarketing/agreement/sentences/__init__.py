"""An agreement as one would read it out to both teams: part by part, in sentences.

May import the agreement's models and the phrases of its changes. Must never need the facts, nor know a page.
"""
