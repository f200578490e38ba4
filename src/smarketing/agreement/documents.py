"""A YAML document with line numbers: reading, places, and problems in plain words.

`read_document(path, model, prefix=…)` serves every document of the product: the agreement (`SMK-A`) and, in another room, the
mapping of an import (`SMK-M`). The numbers 001–010 mean the same under every prefix; they are listed in `SHAPE_CODES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as YamlNode

from smarketing.vocabulary.problems import Problem
from smarketing.vocabulary.words import did_you_mean, nearest

M = TypeVar("M", bound=BaseModel)
Path_ = tuple[str | int, ...]

SHAPE_CODES: dict[str, str] = {
    "001": "The file cannot be read, or it is not YAML 1.2.",
    "002": "A key stands twice in one mapping.",
    "003": "A key that the language does not know.",
    "005": "A key that is needed is missing.",
    "006": "A value of the wrong type: a text where a number belongs, and so on.",
    "007": "A word outside the list of allowed words.",
    "008": "A text that is not in the form it needs: a duration, a percentage, a date, a time of day, a name.",
    "009": "A number outside its range, or with too many decimals.",
    "010": "None or two of the alternatives of which exactly one is needed.",
}
"""What the numbers 001–010 after a prefix say (004 belongs to the kinds of facts, see `checks`)."""

TAG = "tag:yaml.org,2002:"
INTEGER = re.compile(r"[-+]?[0-9]+")
OCTAL, HEXADECIMAL = re.compile(r"0o[0-7]+"), re.compile(r"0x[0-9a-fA-F]+")
NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
MOST_NODES = 100_000
"""A document with more values (aliases counted each time they are used) is refused instead of filling the memory."""


class Unreadable(Exception):
    """The document has no usable content at all; the one problem says why."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


@dataclass
class Document:
    """Plain data (dates are text) and, for every value, the line its key or entry stands on.

    `source` is the file as it was named; `path`s are tuples of keys and list indexes; the root is `()`. `refused` are the
    values that already have their problem.
    """

    source: str
    prefix: str
    data: Any = None
    lines: dict[Path_, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    refused: set[Path_] = field(default_factory=set)

    def line(self, path: Path_) -> int:
        """The line of the value, or of the nearest thing around it that the document has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, code: str, path: Path_, message: str, *, warning: bool = False) -> Problem:
        """A problem at a path; `code` is the number after the prefix."""
        place = f"{self.source}:{self.line(path)}"
        return Problem(f"{self.prefix}{code}", place, message, "warning" if warning else "error")

    def rename(self, path: Path_, key: str) -> None:
        """Read the key at a path as another one, with its lines."""
        *around, old = path
        mapping = self.root.at(tuple(around)).value
        entries = [(key if name == old else name, value) for name, value in mapping.items()]
        mapping.clear()
        mapping.update(entries)
        new = (*around, key)
        self.lines = {
            new + place[len(path) :] if place[: len(path)] == path else place: line for place, line in self.lines.items()
        }

    @property
    def root(self) -> Place:
        """The place from which checks walk the document."""
        return Place(self, (), self.data)


@dataclass(frozen=True)
class Place:
    """A value at its path; walking never fails, whatever shape the document has: what is not there is empty."""

    document: Document
    path: Path_
    value: Any

    def at(self, path: Path_) -> Place:
        """The place at a path of keys and indexes from here."""
        place = self
        for part in path:
            inside = list(place.entries()) if isinstance(part, int) else []
            place = (
                (inside[part] if part < len(inside) else Place(self.document, (*place.path, part), None))
                if isinstance(part, int)
                else place.get(part)
            )
        return place

    def get(self, *keys: str) -> Place:
        """The value under a key (of a key, …); a place with the value None when it is not there."""
        place = self
        for key in keys:
            inner = place.value.get(key) if isinstance(place.value, dict) else None
            place = Place(self.document, (*place.path, key), inner)
        return place

    def __contains__(self, key: str) -> bool:
        """Whether there is something under a key; a key with nothing behind it is left out."""
        return self.get(key).value is not None

    def entries(self) -> Iterator[Place]:
        """The entries of a list."""
        for index, value in enumerate(self.value if isinstance(self.value, list) else ()):
            yield Place(self.document, (*self.path, index), value)

    def values(self) -> Iterator[Place]:
        """The places of the values of a mapping."""
        yield from (place for _, place in self.items())

    def items(self) -> Iterator[tuple[str, Place]]:
        """The keys of a mapping and the places of their values."""
        for key in self.value if isinstance(self.value, dict) else ():
            yield key, self.get(key)

    @property
    def text(self) -> str | None:
        """The value where it is a text."""
        return self.value if isinstance(self.value, str) else None

    def error(self, code: str, message: str) -> Problem:
        """An error at this place."""
        return self.document.problem(code, self.path, message)

    def warning(self, code: str, message: str) -> Problem:
        """A warning at this place."""
        return self.document.problem(code, self.path, message, warning=True)


Check = Callable[[Place], Iterable[Problem]]


def read_document(
    path: str | Path, model: type[M], *, prefix: str, checks: Sequence[Check] = (), text: str | None = None
) -> tuple[M | None, list[Problem]]:
    """Read, validate and check one document; all problems at once, in order of line, and the model when none is an error.

    `checks` look at the document as it was written, so that they find their problems beside those of shape. `text` replaces
    the file's content (an editor's buffer, a test).
    """
    document = parse_document(path, prefix=prefix, text=text)
    result: M | None = None
    if isinstance(document.data, dict):
        result = _validated(document, model)
        document.problems += [problem for check in checks for problem in check(document.root)]
    if any(problem.severity == "error" for problem in document.problems):
        result = None
    return result, in_order(document.problems)


def _validated(document: Document, model: type[M]) -> M | None:
    """The model, where the document has its shape.

    A key that is only misspelt is a problem, and is then read as it was meant, so that what stands under it is checked as well
    and nobody is told that it is missing.
    """
    while True:
        try:
            return model.model_validate(document.data)
        except ValidationError as error:
            details = error.errors(include_url=False)
        misspelt = [found for detail in details if (found := _misspelt(document, model, detail))]
        if not misspelt:
            document.problems += [
                _shape_problem(document, model, detail) for detail in details if _path(detail) not in document.refused
            ]
            return None
        for path, meant in misspelt:
            document.problems.append(_unknown_key(document, model, path))
            document.rename(path, meant)


def _misspelt(document: Document, model: type[BaseModel], detail: ErrorDetails) -> tuple[Path_, str] | None:
    """The path of an unknown key and the known key it must mean, where that does not stand beside it."""
    path = _path(detail)
    around = Place(document, (), document.data).at(path[:-1]).value
    if detail["type"] != "extra_forbidden" or not isinstance(around, dict) or path[-1] not in around:
        return None
    meant = nearest(str(path[-1]), known_keys(model, path[:-1]))
    return (path, meant) if meant and meant not in around else None


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Sorted by line, then code, each once."""
    return sorted(dict.fromkeys(problems), key=lambda problem: (int(problem.source.rpartition(":")[2]), problem.code))


# --- YAML ------------------------------------------------------------------------------------------------------------------


def parse_document(path: str | Path, *, prefix: str, text: str | None = None) -> Document:
    """Plain data with lines; what keeps the document from being read is in its `.problems`."""
    document = Document(str(path), prefix)
    try:
        node = _compose(_content(path) if text is None else text)
        _Construction(document).build(node, ())
        if not isinstance(document.data, dict):
            raise Unreadable(1, 'The document must be a mapping: lines of the form "key: value".')
    except Unreadable as error:
        document.problems.append(Problem(f"{prefix}001", f"{path}:{error.line}", error.message))
        document.data = None
    return document


def _content(path: str | Path) -> str:
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Unreadable(1, f"The file cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Unreadable(line, "The file is not UTF-8 text. Save it as UTF-8.") from error


def _compose(text: str) -> YamlNode:
    try:
        node = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = " ".join(str(error.problem or error.context).split())
        raise Unreadable(mark.line + 1 if mark else 1, f"This is not YAML: {why}.{_hint(why)}") from error
    except (YAMLError, RecursionError) as error:
        raise Unreadable(1, "This is not YAML: the text holds signs that do not belong there, or is nested too deep.") from error
    if node is None:
        raise Unreadable(1, "The document is empty.")
    return node  # type: ignore[no-any-return]


def _hint(why: str) -> str:
    """What usually lies behind the parser's words."""
    hints = {
        "mapping values": " Is a text with a colon not in quotes, or a line indented too far?",
        "cannot start any token": " A tab, @, ` or % at the start of a value must not stand without quotes; indent with spaces.",
        "expected <block end>": " Do the lines of this block begin in the same column?",
        "flow": " Is a bracket or a comma missing?",
        "single document": ' One file holds one document; remove the line "---".',
    }
    return next((hint for sign, hint in hints.items() if sign in why), "")


class _Construction:
    """Builds plain data from YAML nodes, with the lines, for one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.nodes = 0
        self.open: set[int] = set()

    def build(self, node: YamlNode, path: Path_) -> None:
        self.document.lines[path] = node.start_mark.line + 1
        self.document.data = self.value(node, path)

    def value(self, node: YamlNode, path: Path_) -> Any:
        self.nodes += 1
        line = node.start_mark.line + 1
        if self.nodes > MOST_NODES or id(node) in self.open:
            raise Unreadable(line, "The document is too large, or an alias refers to itself.")
        if not str(node.tag).startswith(TAG):
            raise Unreadable(line, f'The tag "{node.tag}" has no meaning here; leave it out, or put the text in quotes.')
        if isinstance(node, ScalarNode):
            return self.scalar(node, path)
        self.open.add(id(node))
        result: Any = self.mapping(node, path) if isinstance(node, MappingNode) else None
        if isinstance(node, SequenceNode):
            result = self.sequence(node, path)
        self.open.discard(id(node))
        return result

    def scalar(self, node: ScalarNode, path: Path_) -> Any:
        value = _scalar(node)
        if node.style is None and NO_NUMBER.fullmatch(str(node.value)):
            message = (
                f"{node.value} is a number without an end, or none at all, and has no meaning here. For the text, use quotes."
            )
            self.document.problems.append(self.document.problem("009", path, message))
            self.document.refused.add(path)
        return value

    def mapping(self, node: MappingNode, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                raise Unreadable(line, "A key must be a plain text.")
            key = _characters(key_node)
            if key in result:
                first = self.document.lines[(*path, key)]
                message = f'"{key}" stands twice; the first is on line {first}. Keep one of them.'
                self.document.problems.append(Problem(f"{self.document.prefix}002", f"{self.document.source}:{line}", message))
                continue
            self.document.lines[(*path, key)] = line
            result[key] = self.value(value_node, (*path, key))
        return result

    def sequence(self, node: SequenceNode, path: Path_) -> list[Any]:
        for index, entry in enumerate(node.value):
            self.document.lines[(*path, index)] = entry.start_mark.line + 1
        return [self.value(entry, (*path, index)) for index, entry in enumerate(node.value)]


def _scalar(node: ScalarNode) -> Any:
    """YAML 1.2's core schema: `NO`, `on`, `yes` and dates are text; whatever stands in quotes is text."""
    text = _characters(node)
    if node.style is not None:
        return text
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        return int(text) if len(text) < 400 else text
    if OCTAL.fullmatch(text) or HEXADECIMAL.fullmatch(text):
        return int(text, 0) if len(text) < 300 else text
    if FLOAT.fullmatch(text) and abs(float(text)) != float("inf"):
        return float(text)
    return text


def _characters(node: ScalarNode) -> str:
    """The text of a scalar; the two halves of a character that JSON escapes as a pair become that character."""
    text = str(node.value)
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError as error:
        half = "\\u" + error.object[error.start : error.start + 2][::-1].hex()
        raise Unreadable(
            node.start_mark.line + 1, f"{half} is half of a character; the escape of its other half is missing beside it."
        ) from error


# --- from the validator's words to ours ------------------------------------------------------------------------------------

TYPE_NAMES: dict[str, str] = {
    "string_type": "a text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "list_type": "a list, like [a, b]",
    "dict_type": "a mapping, like {key: value}",
    "model_type": "a mapping, like {key: value}",
    "model_attributes_type": "a mapping, like {key: value}",
}


def _shape_problem(document: Document, model: type[BaseModel], detail: ErrorDetails) -> Problem:
    """One finding of the validator as a problem in plain words."""
    path = _path(detail)
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    name = _name(path)
    if re.fullmatch(r"[0-9]{3}", kind):
        return document.problem(kind, path, re.sub("^This must", f"{name} must", str(context["message"])))
    if kind == "extra_forbidden":
        return _unknown_key(document, model, path)
    if kind == "missing":
        return document.problem("005", path, f"{name} is missing{_where(path[:-1])}; it is needed there.")
    if kind in TYPE_NAMES:
        return document.problem(
            "006", path, f"{name} must be {TYPE_NAMES[kind]}; here it is {said(given)}.{_quotes(kind, given)}"
        )
    if kind == "literal_error":
        return document.problem("007", path, _not_listed(detail, name))
    if kind == "too_short":
        return document.problem("005", path, f"{name} is empty; it needs at least {context['min_length']}.")
    if kind == "too_long":
        return document.problem("009", path, f"{name} has too many entries; at most {context['max_length']} are allowed.")
    return document.problem("009", path, f"{name} is {said(given)}; {_range(context)}.")


def _not_listed(detail: ErrorDetails, name: str) -> str:
    words = re.findall(r"'([^']*)'", str(detail["ctx"]["expected"]))
    given = detail["input"]
    what = f"{name} cannot stand here" if "[key]" in detail["loc"] else f"{name} is {said(given)}"
    return f"{what}; it must be one of {', '.join(words)}.{did_you_mean(str(given), words)}"


def _path(detail: ErrorDetails) -> Path_:
    return tuple(part for part in detail["loc"] if part != "[key]")


def _unknown_key(document: Document, model: type[BaseModel], path: Path_) -> Problem:
    known = known_keys(model, path[:-1])
    return document.problem("003", path, f'"{path[-1]}" is not a key here.{_right_key(str(path[-1]), known)}')


def _right_key(key: str, known: Sequence[str]) -> str:
    return did_you_mean(key, known) or f" Known here: {', '.join(known)}."


def _quotes(kind: str, given: Any) -> str:
    """A number or true/false where a text belongs usually only lacks its quotes."""
    return f' Put it in quotes: "{given}".' if kind == "string_type" and isinstance(given, int | float) else ""


def _range(context: dict[str, Any]) -> str:
    words = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}
    bounds = [f"{words[sign]} {context[sign]}" for sign in words if sign in context]
    return f"it must be {' and '.join(bounds)}" if bounds else "that is not possible here"


def _name(path: Path_) -> str:
    """`"points"`, or `entry 2 of "attempts"`."""
    if not path:
        return "The document"
    if isinstance(path[-1], int):
        return f"Entry {path[-1] + 1} of {_name(path[:-1])}" if len(path) > 1 else f"Entry {path[-1] + 1}"
    return f'"{path[-1]}"'


def _where(path: Path_) -> str:
    name = _name(path)
    return f" in {name[0].lower()}{name[1:]}" if path and not name.startswith('"') else f" in {name}" if path else ""


def said(value: Any) -> str:
    """A value as a person would name it in a message."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f'"{value}"' if isinstance(value, str) else str(value)


def known_keys(model: Any, path: Path_) -> list[str]:
    """The keys that the model allows at a path: the field names as they are written in the document."""
    for part in path:
        model = _inside(model, part)
    found = _model_of(model)
    return [info.alias or name for name, info in found.model_fields.items() if info.alias != "="] if found else []


def _inside(annotation: Any, part: str | int) -> Any:
    """The annotation of what lies under a key or an index."""
    found = _model_of(annotation)
    if found and not issubclass(found, RootModel):
        fields = {info.alias or name: info.annotation for name, info in found.model_fields.items()}
        return fields.get(str(part))
    for container in _unfold(found.model_fields["root"].annotation if found else annotation):
        if get_origin(container) in (list, dict, tuple):
            return get_args(container)[-1 if get_origin(container) is dict else 0]
    return None


def _model_of(annotation: Any) -> type[BaseModel] | None:
    return next((part for part in _unfold(annotation) if isinstance(part, type) and issubclass(part, BaseModel)), None)


def _unfold(annotation: Any) -> list[Any]:
    """`Annotated[X | None, …]` → the parts that may hold a value."""
    if get_origin(annotation) is Annotated:
        return _unfold(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [part for option in get_args(annotation) for part in _unfold(option)]
    return [annotation]
