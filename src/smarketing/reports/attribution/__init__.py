"""Which campaigns and channels made the money: every model side by side, of a journal or of a file of whole paths.

May import agreement, derivations, journal, vocabulary and the reports' own modules. Must never know how a page or a file is laid out.
"""
