"""Matching: conditions applied to the facts' columns leave small integer codes for the fold.

May import the agreement, the rulebook and the life's rows. Must never depend on the order of things beyond sorting them.
"""
