"""One module for each page: ask the reports, choose columns, render. `behind` is the page to copy.

May import the web's own modules, actions and reports. Must never compute a number: that is a report's work.
"""
