"""Which entry of a mapping reads which file, and whether the files have what the mapping names; before any row is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from smarketing.agreement.documents import Document, in_order
from smarketing.connectors.files.document import MappingDocument
from smarketing.connectors.files.lookups import LookupTable, load_lookup
from smarketing.connectors.files.mapping import FileEntry, Lookup, Selection, TableEntry
from smarketing.connectors.files.sources import Source
from smarketing.vocabulary.errors import DocumentError
from smarketing.vocabulary.problems import Problem
from smarketing.vocabulary.words import did_you_mean

Path_ = tuple[str | int, ...]
Opener = Callable[[Path], Source]


@dataclass(frozen=True, slots=True)
class Use:
    """One entry that reads a file; `table` names the small table it tells, or is None for facts."""

    entry: FileEntry | TableEntry
    lookups: list[LookupTable]
    table: str | None = None


@dataclass(slots=True)
class FilePlan:
    """What is done with one file: the entries that read it, and the columns they need, in the order of the header."""

    source: Source
    uses: list[Use] = field(default_factory=list)
    named: set[str] = field(default_factory=set)

    @property
    def columns(self) -> list[str]:
        """The columns to read."""
        return [name for name in self.source.header if name in self.named]

    @property
    def ignored_columns(self) -> list[str]:
        """The columns that no entry names."""
        return [name for name in self.source.header if name not in self.named]


@dataclass(frozen=True, slots=True)
class Plan:
    """Every given file that an entry reads, and those that nobody uses (not even a lookup)."""

    files: list[FilePlan]
    ignored: list[Path]


def make_plan(mapping: MappingDocument, sources: Sequence[Source], *, open_other: Opener) -> Plan:
    """Match entries and files. `open_other` opens a lookup's file that was not given.

    Raises DocumentError with every column and lookup that the mapping names and the files do not have.
    """
    planning = _Planning(mapping.document, sources, open_other)
    plans = [FilePlan(source) for source in sources]
    for path, entry in mapping.mapping.entries():
        for plan in plans:
            if matches(entry, plan.source):
                planning.add(plan, path, entry)
    if planning.problems:
        raise DocumentError(in_order(planning.problems))
    used = [plan for plan in plans if plan.uses]
    idle = [plan.source.path for plan in plans if not plan.uses and plan.source.path not in planning.looked_up]
    return Plan(used, idle)


def matches(entry: Selection, source: Source) -> bool:
    """By name (a glob, capitals do not matter) and by header: it has at least these columns."""
    by_name = entry.match is None or named_like(source.path, entry.match)
    return by_name and (entry.columns is None or set(entry.columns) <= set(source.header))


def named_like(path: Path, pattern: str) -> bool:
    """The file's name fits the glob, whatever its capitals."""
    return fnmatchcase(path.name.lower(), pattern.lower())


class _Planning:
    """The work on one plan: problems, files opened for lookups, lookups already loaded."""

    def __init__(self, document: Document, sources: Sequence[Source], open_other: Opener) -> None:
        self.document = document
        self.given = list(sources)
        self.open_other = open_other
        self.opened: dict[Path, Source] = {}
        self.looked_up: set[Path] = set()
        self.problems: list[Problem] = []

    def add(self, plan: FilePlan, path: Path_, entry: FileEntry | TableEntry) -> None:
        """Let the entry read the file."""
        table = str(path[1]) if path[0] == "tables" else None
        files = {name: self.files_of(lookup, name, path, plan.source) for name, lookup in entry.lookup.items()}
        asked = self.asked(path, entry)
        lookups: list[LookupTable] = []
        for name, lookup in entry.lookup.items():
            columns = self.looked_up_columns(name, files, asked)
            self.check_key(path, name, lookup, files[name])
            if not self.problems:
                found = load_lookup(name, files[name], key=lookup.key, columns=columns, with_=lookup.with_.template)
                if not files[name]:
                    found.broken.append(self.no_file(lookup, name, path, plan.source))
                lookups.append(found)
        for place, column in asked:
            if plan.source.header and self.lookup_of(column, files) is None:
                self.check_column(place, column, plan.source, files)
                plan.named.add(column)
        plan.uses.append(Use(entry, lookups, table))

    def asked(self, path: Path_, entry: FileEntry | TableEntry) -> list[tuple[Path_, str]]:
        """Every column that the entry names, with its place."""
        readings = entry.readings() + [(("lookup", name, "with"), lookup.with_) for name, lookup in entry.lookup.items()]
        of_readings = [((*path, *place), column) for place, reading in readings for column in reading.template.columns]
        of_conditions = [
            ((*path, *place, name), name) for place, condition in entry.conditions() for name in sorted(condition.names())
        ]
        return of_readings + of_conditions

    def files_of(self, lookup: Lookup, name: str, path: Path_, source: Source) -> list[Source]:
        """The lookup's files: among the given ones, else in the folder of the file being read."""
        found = [given for given in self.given if named_like(given.path, lookup.file)]
        if not found:
            beside = sorted(
                other for other in source.path.absolute().parent.iterdir() if other.is_file() and named_like(other, lookup.file)
            )
            found = [self.other(other) for other in beside if not other.stem.endswith(".rejected")]
        self.looked_up.update(one.path for one in found)
        return found

    def no_file(self, lookup: Lookup, name: str, path: Path_, source: Source) -> Problem:
        """The warning that everything looked up there is empty."""
        place = (*path, "lookup", name, "file")
        message = (
            f'no file "{lookup.file}" is among those given, nor beside {source.path.name}: '
            f"{name}.… is empty in every row. Name the file on the command line."
        )
        return self.document.problem("012", place, message, warning=True)

    def other(self, path: Path) -> Source:
        if path not in self.opened:
            self.opened[path] = self.open_other(path)
        return self.opened[path]

    def lookup_of(self, column: str, files: dict[str, list[Source]]) -> str | None:
        """The lookup that a name like `seller.revenue` means."""
        name, dot, _ = column.partition(".")
        return name if dot and name in files else None

    def looked_up_columns(self, name: str, files: dict[str, list[Source]], asked: list[tuple[Path_, str]]) -> list[str]:
        """The columns of one lookup that are named; a problem for each that its file does not have."""
        found: dict[str, None] = {}
        for place, column in asked:
            if self.lookup_of(column, files) == name:
                found[column.partition(".")[2]] = None
                for source in files[name]:
                    self.check_column(place, column.partition(".")[2], source, {})
        return list(found)

    def check_key(self, path: Path_, name: str, lookup: Lookup, files: list[Source]) -> None:
        for source in files:
            self.check_column((*path, "lookup", name, "key"), lookup.key, source, {})

    def check_column(self, place: Path_, column: str, source: Source, files: dict[str, list[Source]]) -> None:
        """A problem where the file does not have the column."""
        if column not in source.header:
            known = [
                *source.header,
                *(f"{name}.{other}" for name, found in files.items() for one in found for other in one.header),
            ]
            guess = did_you_mean(column, known) or f" It has: {', '.join(source.header[:20])}."
            message = f'{source.path.name} has no column "{column}".{guess}'
            self.problems.append(self.document.problem("011", place, message))
