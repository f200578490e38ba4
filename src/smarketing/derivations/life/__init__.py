"""The fold: one pass through each lead's life in order of time, over arrays, compiled.

May import the rulebook, the flags and compiling. Must never see a string, a data frame or a Python object inside a kernel.
"""
