"""What people see: addresses, pages, forms, the API, and who may do what.

May import actions and everything below. Has no tables of its own and must never decide what a number means.
"""
