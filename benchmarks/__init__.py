"""How fast: our jobs beside the peers' in one run, and the ratio. `make bench` runs it, docs/reference/speed.md keeps the result.

May import the product, DuckDB and other probes of its own environment; the product never imports anything from here.
"""
