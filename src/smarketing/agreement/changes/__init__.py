"""What changed between two agreements, part by part, in sentences that a salesperson understands.

May import the agreement's models. Must never need the facts: what a change would have done to them is a back-test.
"""
