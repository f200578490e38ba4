"""The numbers that stand for words inside the kernels."""

from __future__ import annotations

NEVER = 2**63 - 1
"""The instant of what did not happen."""
ANYTHING = -(2**63)
"""The threshold that is always reached."""

FACT_NODE, SCORE_NODE, PERSONA_NODE, GRADE_NODE, ANY_NODE, ALL_NODE = range(6)
RULE_TEST, NODE_TEST, CONNECT_TEST = range(3)
"""What a fact can satisfy: an engagement rule, a stage's `fact` condition, what counts as a connect."""
