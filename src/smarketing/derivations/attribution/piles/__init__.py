"""Piles: touches that come in any order are dealt out by lead, to piles so small that they stay in the processor's cache.

May import the journal, the kernels' compiler and the rooms of paths and matching. Must never know an opportunity, or keep a text of each touch.
"""
