"""The engagement receipt once more, as a good analyst would write it in SQL for DuckDB: the peer of our replay.

It is made for the journals of `workload` and leaves out what they do not need: no duplicates, retractions, links or machines, no
property that stands in for a column, no fit, no persona, no stages, hand-offs or clocks. Every rule it does know is the contract's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from smarketing.agreement.models import Agreement, EngagementRule
from smarketing.derivations.rulebook import hundredths

ENDLESS = 10**15
"""Microseconds after which no step ends; about thirty years."""
RECEIPT = """
copy (
  with rules(rule, kind, points, at_most) as (values {rules}),
  steps(rule, after, before_next, lost, remaining) as (values {steps}),
  hits as (
    select lead_id, "at", fact_id, rule, at_most
    from read_parquet('{facts}') join rules using (kind)
    where "at" <= timestamptz '{as_of}' and case rule {tests} else true end
  ),
  counted as materialized (
    select lead_id, epoch_us("at") as "at", fact_id, rule,
      epoch_us(lead("at", at_most) over (partition by lead_id, rule order by "at", fact_id)) as gone_at
    from hits
  ),
  changes as (
    select lead_id, "at" + after as "at", rule, fact_id, lost as points
    from counted join steps using (rule)
    where "at" + after < coalesce(gone_at, {endless} * 1000) and "at" + after <= epoch_us(timestamptz '{as_of}')
    union all
    select lead_id, gone_at, rule, fact_id, -remaining
    from counted join steps using (rule)
    where "at" + after < gone_at and gone_at <= "at" + before_next
  )
  select lead_id, make_timestamptz("at") as "at", rule, fact_id, (points / 100)::decimal(18, 2) as points,
    (sum(points) over (partition by lead_id order by "at") / 100)::decimal(18, 2) as balance
  from changes where points <> 0
) to '{out}' (format parquet, compression zstd, compression_level 1)
"""


def receipt_query(agreement: Agreement, *, facts: str, as_of: str, out: str) -> str:
    """The statement that writes the engagement receipt of the journal `facts` (a Parquet file) to the file `out`.

    `as_of`: an instant with its zone. One row for each line: lead_id, at, rule, fact_id, points, balance.
    """
    rules = [f"({text(one.name)}, {text(one.fact)}, {hundredths(one.points)}, {limit(one)})" for one in agreement.engagement]
    steps = [f"({text(one.name)}, {step})" for one in agreement.engagement for step in steps_of(one)]
    tests = [f"when {text(one.name)} then {test(one)}" for one in agreement.engagement if one.where is not None]
    return RECEIPT.format(
        rules=", ".join(rules), steps=", ".join(steps), tests=" ".join(tests), facts=facts, as_of=as_of, out=out, endless=ENDLESS
    )


def steps_of(rule: EngagementRule) -> Iterator[str]:
    """What becomes of a hit, step by step: after how long, until when it lasts, the change then, and what is left."""
    times = [0, *(fade.after.microseconds for fade in rule.fades), ENDLESS]
    left = [0, hundredths(rule.points), *(hundredths(rule.points * fade.to) for fade in rule.fades)]
    for place, after in enumerate(times[:-1]):
        yield f"{after}, {times[place + 1]}, {left[place + 1] - left[place]}, {left[place + 1]}"


def limit(rule: EngagementRule) -> str:
    """How many hits count at most."""
    return "null" if rule.at_most is None else str(rule.at_most)


def test(rule: EngagementRule) -> str:
    """The rule's `where`: each property as text, without case. Raises ValueError for an operator these journals do not use."""
    assert rule.where is not None
    parts = []
    for name, asked in json.loads(rule.where.canonical).items():
        value = f"lower(json_extract_string(properties, '$.\"{name}\"'))"
        for operator, operand in (asked if isinstance(asked, dict) else {"equals": asked}).items():
            parts.append(compared(value, operator, operand))
    return f"coalesce({' and '.join(parts)}, false)"


def compared(value: str, operator: str, operand: object) -> str:
    """One comparison of text."""
    match operator, operand:
        case "equals", str():
            return f"{value} = {text(operand.lower())}"
        case "contains", str():
            return f"contains({value}, {text(operand.lower())})"
        case "in", list():
            return f"{value} in ({', '.join(text(str(one).lower()) for one in operand)})"
    raise ValueError(f"the peer's SQL does not know {operator}: {operand!r}")


def text(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"
