"""A replay on a Spark cluster: Spark reads, spreads and collects; what follows from a fact is said by the core, in each task.

May import pyspark, pyarrow, the other backends and everything below. Must never hold a rule of its own about what follows.
"""
