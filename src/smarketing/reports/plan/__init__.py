"""The plan: the revenue goal and the reps' quotas turned round into hand-offs for each grade and month.

May import what a replay gives and the words of figures. Must never invent a win rate that history does not show.
"""
