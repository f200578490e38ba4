"""The tables and their columns

A replay gives seven tables, whatever happened. Every column keeps its type, also where it is empty. Points, balances and money are
exact, to hundredths; instants are to the microsecond.
"""

from tests.spec.columns import columns


def test_score_changes_has_a_row_for_each_lead_moment_axis_rule_and_fact():
    """`points` is the change, `balance` that of the axis after the moment, `persona` who the lead is then."""
    columns(
        table="score_changes",
        listed="""
        column  | type               | key
        lead_id | text               | key
        at      | timestamp, UTC, µs | key
        axis    | text               | key
        rule    | text               | key
        fact_id | text               | key
        points  | decimal(18,2)      |
        balance | decimal(18,2)      |
        persona | text               |
        """,
    )


def test_stage_entries_has_a_row_for_each_stage_that_a_cycle_reached():
    """A stage that was not reached has no row; `left_at` null: still there; `fact_id` null: a score did it."""
    columns(
        table="stage_entries",
        listed="""
        column     | type               | key
        lead_id    | text               | key
        cycle      | int64              | key
        stage      | text               | key
        entered_at | timestamp, UTC, µs |
        left_at    | timestamp, UTC, µs |
        fact_id    | text               |
        """,
    )


def test_handoffs_has_a_row_for_each_cycle_that_was_handed_over():
    """One column for each stage after the hand-off, in order, named by the stage; here sal, sql and customer."""
    columns(
        table="handoffs",
        listed="""
        column                            | type               | key
        lead_id                           | text               | key
        cycle                             | int64              | key
        handed_at                         | timestamp, UTC, µs |
        sourced                           | text               |
        rep                               | text               |
        owner                             | text               |
        persona                           | text               |
        fit                               | decimal(18,2)      |
        engagement                        | decimal(18,2)      |
        grade                             | text               |
        worth                             | decimal(18,2)      |
        campaign                          | text               |
        accepted_at                       | timestamp, UTC, µs |
        rejected_at                       | timestamp, UTC, µs |
        recycled_at                       | timestamp, UTC, µs |
        disqualified_at                   | timestamp, UTC, µs |
        reason                            | text               |
        assigned_at                       | timestamp, UTC, µs |
        first_attempt_at                  | timestamp, UTC, µs |
        attempts                          | int64              |
        connected_at                      | timestamp, UTC, µs |
        business_minutes_to_first_attempt | float64            |
        sal_at                            | timestamp, UTC, µs |
        sql_at                            | timestamp, UTC, µs |
        customer_at                       | timestamp, UTC, µs |
        won_amount                        | decimal(18,2)      |
        """,
    )


def test_clocks_has_a_row_for_each_hand_off_and_promise_with_a_time():
    """`state` is kept, late, breached, open or void."""
    columns(
        table="clocks",
        listed="""
        column     | type               | key
        lead_id    | text               | key
        cycle      | int64              | key
        commitment | text               | key
        due_at     | timestamp, UTC, µs |
        kept_at    | timestamp, UTC, µs |
        state      | text               |
        """,
    )


def test_commitments_has_a_row_for_each_promise_and_period():
    """`unit` is leads, money or share; `status` is met, on_pace, behind or missed, or null where nothing can be judged."""
    columns(
        table="commitments",
        listed="""
        column          | type               | key
        name            | text               | key
        period_start    | timestamp, UTC, µs | key
        period_end      | timestamp, UTC, µs |
        team            | text               |
        unit            | text               |
        target          | float64            |
        actual          | float64            |
        n               | int64              |
        expected_by_now | float64            |
        forecast_low    | float64            |
        forecast        | float64            |
        forecast_high   | float64            |
        status          | text               |
        trial           | boolean            |
        """,
    )


def test_ledger_has_a_row_for_each_thing_earned_or_taken_back():
    """`reason` is delivered or returned (marketing), won or undone (sales); the amount is in the agreement's currency."""
    columns(
        table="ledger",
        listed="""
        column         | type               | key
        at             | timestamp, UTC, µs | key
        team           | text               | key
        lead_id        | text               | key
        cycle          | int64              | key
        reason         | text               | key
        opportunity_id | text               | key
        amount         | decimal(18,2)      |
        """,
    )


def test_credits_has_a_row_for_each_opportunity_model_and_campaign():
    """`model` is first, last, linear, position, time_decay, markov or shapley; `share` is a part of 1."""
    columns(
        table="credits",
        listed="""
        column         | type          | key
        opportunity_id | text          | key
        model          | text          | key
        campaign       | text          | key
        channel        | text          |
        touches        | int64         |
        share          | float64       |
        amount         | decimal(18,2) |
        """,
    )
