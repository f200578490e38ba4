"""Campaigns and reps side by side: what became of their leads, against what such leads become elsewhere.

May import what a replay gives and the words of figures. Must never hold a rule about what a stage or a win is.
"""
