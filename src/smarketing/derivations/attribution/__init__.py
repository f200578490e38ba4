"""Who brought a sale: paths of touches, and what each model gives to the campaigns on them.

May import agreement, journal, vocabulary and the rooms of matching and money. Must never know an opportunity's table, or who asks.
"""
