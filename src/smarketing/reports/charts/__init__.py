"""Charts: each report drawn in the one house theme, the same object on a page, in SVG or PNG and in a notebook.

May import the other modules of reports, and is the only room that imports Altair and vl_convert, inside functions.
Must never compute a figure of its own: what it draws stands in the report.
"""
