"""How numbers that no rows add up to are reckoned: what is expected by now, forecasts, a plan, the worth of a hand-off.

May import what the reports compute with, and the rows behind. Must never arrive at another number than the report shows.
"""
