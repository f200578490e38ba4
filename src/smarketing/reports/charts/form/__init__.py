"""The form of a chart: bands with their words and marks, and the drawing that becomes a chart.

May import the theme and the numbers of the charts. Must never know a report.
"""
