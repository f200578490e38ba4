"""Who gets a lead that is handed over: the reps and their working time, whose turn it is, and a sentence that says why.

May import agreement and the business time. Must never read the clock or a database: how often each rep's turn came is handed in.
"""
