"""Conditions on attributes and properties

One small language says which facts count (`where`), who a persona is and what fits (`when`). Every name of a condition must
hold, and for each name every operator. Here a rule of one point shows which facts satisfy it.
"""

from tests.spec.tables import check


def rule(where: str) -> str:
    return f"engagement:\n  - {{name: rule, fact: form_submitted, where: {where}, points: 1}}"


def facts(*properties: str) -> str:
    lines = [f"Mon 2026-03-02 10:{minute:02} | form_submitted | {text}" for minute, text in enumerate(properties)]
    return "\n".join(["at | kind | properties", *lines])


def satisfied(*fact_ids: str) -> str:
    return "\n".join(["fact_id | points", *(f"{fact_id} | 1" for fact_id in fact_ids)]) if fact_ids else "(none)"


def test_a_value_alone_is_an_equality_without_case():
    """Upper and lower case are the same, in every alphabet (by Unicode lower case, so ß is not ss)."""
    check(
        agreement=rule("{trade: Ärzte & Straßen}"),
        facts=facts("trade=Ärzte & Straßen", "trade=ÄRZTE & STRAßEN", "trade=ärzte & strassen", "trade=Ärzte"),
        score_changes=satisfied("f1", "f2"),
    )


def test_numbers_are_equal_as_numbers_however_they_are_written():
    """Where both sides read as numbers (digits, at most one point between digits, an exponent; no blanks) they compare as numbers."""
    check(
        agreement=rule("{n: 5}"),
        facts=facts("n=5", "n=5.0", 'n="5"', 'n="05"', 'n="+5.00"', 'n="50e-1"', 'n=" 5"', 'n="5."', "n=50", "n=-5", "n=five"),
        score_changes=satisfied("f1", "f2", "f3", "f4", "f5", "f6"),
    )


def test_numbers_compare_with_the_precision_of_a_float64():
    """Beyond some sixteen digits two numbers are the same number."""
    check(
        agreement=rule("{n: 9007199254740992}"),
        facts=facts('n="9007199254740993"', 'n="9007199254740994"'),
        score_changes=satisfied("f1"),
    )


def test_what_only_looks_like_a_number_is_text():
    """Digits of other alphabets, a missing digit before the point, hexadecimal: they equal only the same text."""
    check(
        agreement=rule("{n: 0.5}"),
        facts=facts('n="0.5"', 'n=".5"', 'n="٠.٥"', 'n="0x0.8"', 'n="0,5"', 'n="1_0"'),
        score_changes=satisfied("f1"),
    )


def test_true_and_false_are_the_words_true_and_false():
    """A truth value is compared by its JSON text."""
    check(
        agreement=rule("{consent: true}"),
        facts=facts("consent=true", 'consent="true"', "consent=True", "consent=false", "consent=1", "consent=yes"),
        score_changes=satisfied("f1", "f2", "f3"),
    )


def test_no_and_on_are_text():
    """An agreement is YAML 1.2: Norway is `NO`."""
    check(
        agreement=rule("{country: NO}"),
        facts=facts("country=NO", "country=no", "country=false", "country=DE"),
        score_changes=satisfied("f1", "f2"),
    )


def test_a_day_is_text_too():
    """Days written year first are in the right order as text."""
    check(
        agreement=rule("{renewal: {at_least: 2026-03-01, at_most: 2026-03-31}}"),
        facts=facts('renewal="2026-02-28"', 'renewal="2026-03-01"', 'renewal="2026-03-31"', 'renewal="2026-04-01"'),
        score_changes=satisfied("f2", "f3"),
    )


def test_in_asks_for_one_of_a_list():
    """Each is compared like an equality."""
    check(
        agreement=rule("{v: {in: [operations, coo, 5]}}"),
        facts=facts("v=COO", "v=Operations", "v=5.0", "v=cto", "v=55"),
        score_changes=satisfied("f1", "f2", "f3"),
    )


def test_not_in_asks_for_none_of_a_list():
    """It holds, too, where nothing is known."""
    check(
        agreement=rule("{v: {not_in: [gmail.com, 5]}}"),
        facts=facts("v=hart.example", "v=GMail.com", "v=5.0", "other=1"),
        score_changes=satisfied("f1", "f4"),
    )


def test_between_includes_both_ends():
    """Numbers compare as numbers; a text is not between numbers."""
    check(
        agreement=rule("{n: {between: [50, 500]}}"),
        facts=facts("n=50", "n=500", 'n="99.5"', "n=49.99", "n=500.01", "n=9", "n=many", "other=60"),
        score_changes=satisfied("f1", "f2", "f3"),
    )


def test_between_two_texts_compares_text():
    """Only where neither side reads as a number, and without case."""
    check(
        agreement=rule("{city: {between: [b, M]}}"),
        facts=facts("city=Berlin", "city=m", "city=B", "city=Munich", "city=aachen", "city=5"),
        score_changes=satisfied("f1", "f2", "f3"),
    )


def test_at_least_and_at_most_include_their_bound():
    """Beside a number a text holds neither."""
    check(
        agreement="""
        engagement:
          - {name: many, fact: form_submitted, where: {n: {at_least: 10}}, points: 1}
          - {name: few, fact: form_submitted, where: {n: {at_most: 10}}, points: 1}
        """,
        facts=facts("n=9", "n=10", "n=11", "n=-20", "n=1e2", "n=ten"),
        score_changes="""
        fact_id | rule
        f1      | few
        f2      | few
        f2      | many
        f3      | many
        f4      | few
        f5      | many
        """,
    )


def test_contains_looks_inside_the_text_without_case():
    """Also inside a number's text."""
    check(
        agreement="""
        engagement:
          - {name: pricing, fact: form_submitted, where: {url: {contains: /Pricing}}, points: 1}
          - {name: twelve, fact: form_submitted, where: {n: {contains: 12}}, points: 1}
        """,
        facts=facts("url=/en/pricing?plan=1", "url=https://hart.example/PRICING", "url=/price", "n=3120", "n=102"),
        score_changes="""
        fact_id | rule
        f1      | pricing
        f2      | pricing
        f4      | twelve
        """,
    )


def test_starts_with_looks_at_the_beginning_without_case():
    """A number is its text here too: a postcode that starts with 10."""
    check(
        agreement=rule("{postcode: {starts_with: 10}}"),
        facts=facts("postcode=10115", 'postcode="10a"', 'postcode="10"', 'postcode="010"', "postcode=21000"),
        score_changes=satisfied("f1", "f2", "f3"),
    )


def test_exists_asks_whether_there_is_a_value():
    """An empty text and null are no value."""
    check(
        agreement="""
        engagement:
          - {name: there, fact: form_submitted, where: {phone: {exists: true}}, points: 1}
          - {name: not there, fact: form_submitted, where: {phone: {exists: false}}, points: 1}
        """,
        facts=facts("phone=1", "phone=false", 'phone=" "', 'phone=""', "phone=null", "mail=1"),
        score_changes="""
        fact_id | rule
        f1      | there
        f2      | there
        f3      | there
        f4      | not there
        f5      | not there
        f6      | not there
        """,
    )


def test_what_is_not_known_satisfies_only_exists_false_and_not_in():
    """No other operator holds for an attribute without a value."""
    check(
        agreement="""
        engagement:
          - {name: equal, fact: form_submitted, where: {v: x}, points: 1}
          - {name: in, fact: form_submitted, where: {v: {in: [x]}}, points: 1}
          - {name: not in, fact: form_submitted, where: {v: {not_in: [x]}}, points: 1}
          - {name: between, fact: form_submitted, where: {v: {between: [a, z]}}, points: 1}
          - {name: at least, fact: form_submitted, where: {v: {at_least: -1}}, points: 1}
          - {name: at most, fact: form_submitted, where: {v: {at_most: 1}}, points: 1}
          - {name: contains, fact: form_submitted, where: {v: {contains: x}}, points: 1}
          - {name: starts, fact: form_submitted, where: {v: {starts_with: x}}, points: 1}
          - {name: there, fact: form_submitted, where: {v: {exists: true}}, points: 1}
          - {name: not there, fact: form_submitted, where: {v: {exists: false}}, points: 1}
        """,
        facts=facts("v=null"),
        score_changes="""
        rule
        not in
        not there
        """,
    )


def test_all_operators_of_a_value_must_hold():
    """From 10 to 20, but not 13."""
    check(
        agreement=rule("{n: {at_least: 10, at_most: 20, not_in: [13]}}"),
        facts=facts("n=10", "n=13", "n=20", "n=21"),
        score_changes=satisfied("f1", "f3"),
    )


def test_a_where_that_asks_nothing_holds_for_every_fact_of_the_kind():
    """As if it had been left out."""
    check(
        agreement=rule("{}"),
        facts="""
        at                   | kind           | properties
        Mon 2026-03-02 10:00 | form_submitted | form=demo
        Mon 2026-03-02 11:00 | form_submitted | form=ebook
        """,
        score_changes=satisfied("f1", "f2"),
    )


def test_all_names_of_a_condition_must_hold():
    """Logistics, in Germany or Austria."""
    check(
        agreement=rule("{industry: logistics, country: {in: [DE, AT]}}"),
        facts=facts("industry=logistics, country=AT", "industry=logistics, country=CH", "country=DE"),
        score_changes=satisfied("f1"),
    )


def test_without_where_every_fact_of_the_kind_counts():
    """And none of another kind."""
    check(
        agreement="""
        engagement:
          - {name: rule, fact: form_submitted, points: 1}
        """,
        facts="""
        at                   | kind           | properties
        Mon 2026-03-02 10:00 | form_submitted | form=demo
        Mon 2026-03-02 11:00 | form_submitted |
        Mon 2026-03-02 12:00 | page_viewed    | form=demo
        """,
        score_changes=satisfied("f1", "f2"),
    )


def test_where_reads_the_columns_of_a_fact_by_their_names():
    """`campaign`, `channel`, `actor` and `amount` stand beside the properties."""
    check(
        agreement="""
        engagement:
          - {name: by campaign, fact: form_submitted, where: {campaign: {starts_with: spring}}, points: 1}
          - {name: by channel, fact: form_submitted, where: {channel: {in: [email, referral]}}, points: 1}
          - {name: by actor, fact: form_submitted, where: {actor: {exists: true}}, points: 1}
          - {name: by amount, fact: form_submitted, where: {amount: {at_least: 1000}}, points: 1}
        """,
        facts="""
        at                   | kind           | campaign    | channel | actor            | amount
        Mon 2026-03-02 10:00 | form_submitted | Spring fair |         |                  |
        Mon 2026-03-02 11:00 | form_submitted |             | EMAIL   |                  | 999.99
        Mon 2026-03-02 12:00 | form_submitted | autumn      | search  | rita@hart.example | 1000
        """,
        score_changes="""
        fact_id | rule
        f1      | by campaign
        f2      | by channel
        f3      | by actor
        f3      | by amount
        """,
    )


def test_a_property_wins_over_the_column_of_its_name():
    """Also where it says that there is no value: then nothing is known."""
    check(
        agreement=rule("{campaign: spring}"),
        facts="""
        at                   | kind           | campaign | properties
        Mon 2026-03-02 10:00 | form_submitted | autumn   | campaign=spring
        Mon 2026-03-02 11:00 | form_submitted | spring   | campaign=autumn
        Mon 2026-03-02 12:00 | form_submitted | spring   | campaign=""
        """,
        score_changes=satisfied("f1"),
    )
