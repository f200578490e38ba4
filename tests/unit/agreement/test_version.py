"""The version id: the same for the same content, another for another."""

import hashlib

import pytest

from smarketing.agreement.checks import load_agreement
from smarketing.agreement.documents import parse_document
from smarketing.agreement.version import canonical_json, version_id
from tests.unit.agreement.documents import SMALL, changed

SAME = [
    ("name: Small", 'name: "Small"   # a remark'),
    ("name: Small\ncurrency: EUR", "currency: 'EUR'\n\n\nname: Small"),
    ("{from: 2026-01-01}", '{from: "2026-01-01"}'),
    ("{from: 2026-01-01}", "\n  from: 2026-01-01"),
    ("{A: 30, B: 20}", "{B: 20, A: 30}"),
    ("[call_made, email_sent]", "\n    - call_made\n    - email_sent"),
    ("{role: coo}", "{role: &r coo}"),
]
OTHER = [
    ("name: Small", "name: small"),
    ("A: 30", "A: 31"),
    ("[call_made, email_sent]", "[email_sent, call_made]"),
    ("means: Ready for a call.", "means: Ready for a call"),
    ("[50, 500]", '["50", 500]'),
]


def id_of(text):
    return load_agreement("a.yaml", text=text).id


@pytest.mark.parametrize(("old", "new"), SAME)
def test_layout_does_not_change_the_id(old, new):
    assert id_of(changed(old, new)) == id_of(SMALL)


@pytest.mark.parametrize(("old", "new"), OTHER)
def test_content_changes_the_id(old, new):
    assert id_of(changed(old, new)) != id_of(SMALL)


def test_the_order_of_grades_does_not_change_what_they_mean():
    one, other = (
        load_agreement("a.yaml", text=changed("{A: 30, B: 20}", grades)) for grades in ("{A: 30, B: 20}", "{B: 20, A: 30}")
    )
    assert one.id == other.id
    assert list(one.grades) == list(other.grades) == ["A", "B"]
    assert [a.grade_of(fit) for a in (one, other) for fit in (35, 30, 29, 19)] == ["A", "A", "B", "D"] * 2


def test_the_id_is_the_hash_of_the_canonical_form():
    data = {"b": [1, 2.5, True, None], "a": {"ü": "2026-01-01", "0": 'x"y'}}
    text = '{"a":{"0":"x\\"y","ü":"2026-01-01"},"b":[1,2.5,true,null]}'
    assert canonical_json(data) == text
    assert version_id(data) == hashlib.sha256(text.encode()).hexdigest()


def test_keys_are_texts_however_they_are_written():
    assert canonical_json({0: 600, 40: 900}) == canonical_json({"40": 900, "0": 600})


def test_yaml_12_words():
    text = "a: NO\nb: on\nc: yes\nd: 2026-01-01\ne: 010\nf: 1e3\ng: ~\nh: true\ni: 12:30\nj: 0x1F\nk: 1_000\nl: '5'\nm: .5\nn: 0o17\no: 2026-01-01T10:00:00Z\np: -0x1F\nq: 0o8\nr: '0x1F'"
    assert parse_document("x", prefix="X", text=text).data == {
        "a": "NO", "b": "on", "c": "yes", "d": "2026-01-01", "e": 10, "f": 1000.0, "g": None, "h": True, "i": "12:30",
        "j": 31, "k": "1_000", "l": "5", "m": 0.5, "n": 15, "o": "2026-01-01T10:00:00Z", "p": "-0x1F", "q": "0o8", "r": "0x1F",
    }  # fmt: skip
