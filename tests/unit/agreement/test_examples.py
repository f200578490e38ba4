"""The examples and the whole language: valid, without warnings, and described by the JSON Schema."""

import re
from pathlib import Path

import pytest

from smarketing.agreement.checks import check_agreement
from smarketing.agreement.documents import parse_document
from smarketing.agreement.models import Agreement, json_schema
from tests.unit.agreement.documents import SMALL, changed
from tests.unit.agreement.test_problems import ERRORS

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*/agreement.yaml"))
OURS = [path for path in EXAMPLES if path.parent.name in {"hart", "strict", "hart_vale"}]
SCHEMA = json_schema()
TYPES = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


def of_type(value, name):
    return isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def fits(value, schema):
    """Whether a value is allowed by a schema: the keywords that ours uses, and no others."""
    known = {"$ref", "anyOf", "type", "enum", "const", "pattern", "format", "minimum", "multipleOf", "items", "minItems", "maxItems", "minProperties",
             "properties", "required", "additionalProperties", "patternProperties", "propertyNames", "$defs", "$schema", "title", "description",
             "default"}  # fmt: skip
    assert set(schema) <= known, set(schema) - known
    types = schema.get("type", [])
    return (
        ("$ref" not in schema or fits(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]))
        and ("anyOf" not in schema or any(fits(value, option) for option in schema["anyOf"]))
        and (not types or any(of_type(value, name) for name in ([types] if isinstance(types, str) else types)))
        and ("enum" not in schema or value in schema["enum"])
        and ("const" not in schema or value == schema["const"])
        and ("pattern" not in schema or not isinstance(value, str) or bool(re.search(schema["pattern"], value)))
        and ("minimum" not in schema or not of_type(value, "number") or value >= schema["minimum"])
        and (not isinstance(value, list) or fits_list(value, schema))
        and (not isinstance(value, dict) or fits_object(value, schema))
    )


def fits_list(value, schema):
    return (
        schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
        and all(fits(entry, schema.get("items", {})) for entry in value)
    )  # fmt: skip


def fits_object(value, schema):
    properties, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
    patterns = schema.get("patternProperties", {})
    for key, inner in value.items():
        matching = [part for pattern, part in patterns.items() if re.search(pattern, key)]
        options = (
            [properties[key]] if key in properties else matching or ([] if rest is False else [{} if rest is True else rest])
        )
        if not options or not all(fits(inner, option) for option in options):
            return False
        if "propertyNames" in schema and not fits(key, schema["propertyNames"]):
            return False
    return set(schema.get("required", [])) <= set(value) and len(value) >= schema.get("minProperties", 0)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.parent.name)
def test_an_example_is_valid_without_a_warning(path):
    agreement, problems = check_agreement(path)
    assert problems == []
    assert agreement is not None


def test_the_three_examples_are_there():
    assert len(OURS) == 3


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.parent.name)
def test_a_misspelt_key_names_the_line_and_the_right_word(path):
    text = path.read_text(encoding="utf-8").replace("\nstages:", "\nstagess:")
    line = text[: text.index("stagess")].count("\n") + 1
    agreement, problems = check_agreement(path, text=text)
    assert agreement is None
    assert [(p.code, p.source) for p in problems] == [("SMK-A003", f"{path}:{line}")]
    assert '"stages"' in problems[0].message


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.parent.name)
def test_an_example_fits_the_schema(path):
    assert fits(parse_document(path, prefix="SMK-A").data, SCHEMA)


@pytest.mark.parametrize(
    "case", [c for c in ERRORS if c[0] in {"003", "005", "007"} and "{any: []}" not in c[2]], ids=lambda c: c[2][:30]
)
def test_the_schema_finds_what_an_editor_should_underline(case):
    document = parse_document("x", prefix="SMK-A", text=changed(case[1], case[2]))
    assert not fits(document.data, SCHEMA)


def test_the_schema_fits_the_small_agreement():
    assert fits(parse_document("x", prefix="SMK-A", text=SMALL).data, SCHEMA)


def test_the_schema_names_every_key_of_the_language():
    assert set(SCHEMA["properties"]) == {info.alias or name for name, info in Agreement.model_fields.items()}
    assert {"in", "not_in", "between", "at_least", "at_most", "contains", "starts_with", "exists"} == set(
        SCHEMA["$defs"]["Test"]["anyOf"][1]["properties"]
    )


def test_the_models_read_the_example_as_the_reference_says():
    agreement = check_agreement(next(path for path in OURS if path.parent.name == "hart_vale"))[0]
    assert agreement.return_to == "subscriber"
    assert agreement.stages_after_handoff == ["sal", "sql", "opportunity", "customer"]
    assert [agreement.grade_of(fit) for fit in (30, 29, 20, 10, 9)] == ["A", "B", "B", "C", "D"]
    assert [agreement.worth_of(grade, 0) for grade in "ABCDE"] == [900, 400, 120, 0, 0]
    assert [c.kind for c in agreement.commitments] == [
        "deliver", "worth", "accepted", "respond_within", "attempts", "decide_within", "pursue", "revenue",
    ]  # fmt: skip
    assert [str(c.due) if c.due else float(c.target) for c in agreement.commitments] == [
        120.0, 60000.0, 0.7, "4 business hours", "10 business days", "2 business days", 100.0, 500000.0,
    ]  # fmt: skip


def test_worth_by_engagement():
    agreement = check_agreement("x", text=changed("handoff:", "worth: {A: {0: 600, 40: 900}, B: 5}\nhandoff:"))[0]
    assert [agreement.worth_of("A", points) for points in (-1, 0, 39.99, 40, 400)] == [0, 600, 600, 900, 900]
    assert agreement.worth_of("B", -5) == 5
    assert agreement.worth_of("D", 0) == 0
    assert check_agreement("x", text=SMALL)[0].worth_of("A", 0) is None


def defaults(schema):
    """Every default that the schema names, with the part it stands in."""
    if isinstance(schema, dict):
        if "default" in schema:
            yield schema["default"], schema
        schema = list(schema.values())
    for part in schema if isinstance(schema, list) else ():
        yield from defaults(part)


def test_every_default_that_an_editor_fills_in_is_valid():
    found = [(value, part) for value, part in defaults(SCHEMA) if value is not None]
    assert len(found) > 5
    assert [value for value, part in found if not fits(value, part)] == []
    assert {"7d"} < {value for value, _ in found if isinstance(value, str)}
