"""The manual as tests: each test is a sentence about what follows from facts and an agreement.

`python -m tests.spec.manual` writes docs/reference/what-follows.md from them.
"""
