"""What the component tags work out before they draw: wording of figures, the geometry of bars, words and shapes of states.

May import Django, `web.locale` and the standard library. Never knows a report, a record or a route: it is handed plain values.
"""
