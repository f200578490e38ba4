"""The scoreboard: both halves of the agreement, the money line, the reward, the wins.

It may import what a replay gives and the words of figures; it must never know who looks at it, or what time it is now.
"""
