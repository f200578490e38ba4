"""One lead's life as its page shows it: the receipt, the chapters, the hand-offs.

May import the reports' explanation, the agreement's words and the web's own modules. Must never decide what follows from a fact.
"""
