"""What both teams signed: the language of the agreement, its loading and checking, its version, its difference in sentences.

May import vocabulary. Must never know a fact, a database or a clock.
"""
