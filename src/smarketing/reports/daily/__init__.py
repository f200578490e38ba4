"""A team's morning: what happened since the last working day, which promises are behind, what needs whom, what was won.

May import the other reports. Must never know how it reaches the team: as a letter, or as a page.
"""
