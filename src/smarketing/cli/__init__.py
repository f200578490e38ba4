"""The command line: one module for each noun; parse, call an action or a report, print.

May import everything. Must never compute a number itself, nor import anything heavy before a command runs.
"""
