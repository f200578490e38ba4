"""Tables of the pages: columns declared once, sorted, paged and exported by the address.

May import the web's own modules, Polars and the reports' figures. Must never decide what stands in a table.
"""
