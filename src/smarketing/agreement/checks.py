"""Reading an agreement, or its versions, and listing everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from smarketing.agreement.documents import Check, parse_document, read_document
from smarketing.agreement.models import Agreement
from smarketing.agreement.problems import clauses, doubts, names
from smarketing.agreement.problems.codes import PREFIX
from smarketing.vocabulary.errors import DocumentError
from smarketing.vocabulary.problems import Problem, errors

SUFFIXES = (".yaml", ".yml")
"""How the file of a version ends."""
CHECKS: tuple[Check, ...] = (*names.CHECKS, *clauses.CHECKS, *doubts.CHECKS)


def check_agreement(path: str | Path, *, text: str | None = None) -> tuple[Agreement | None, list[Problem]]:
    """Every problem of an agreement, in order of line, and the agreement itself when none of them is an error.

    `text` replaces the content of the file (an editor's buffer, a test); `path` then only names it.
    """
    return read_document(path, Agreement, prefix=PREFIX, checks=CHECKS, text=text)


def load_agreement(path: str | Path, *, text: str | None = None) -> Agreement:
    """The agreement in a file; raises DocumentError with all its problems when it cannot be used."""
    agreement, problems = check_agreement(path, text=text)
    if agreement is None:
        raise DocumentError(errors(problems))
    return agreement


def load_agreements(path: str | Path) -> list[Agreement]:
    """The versions in a folder (its `.yaml` and `.yml` files), in the order of `in_force.from`; of a file, that one version.

    Raises DocumentError with the problems of all files, also where two versions begin on the same date or none is there.
    """
    folder = Path(path)
    if not folder.is_dir():
        return [load_agreement(path)]
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES and not file.name.startswith("."))
    if not files:
        message = "There is no agreement in this folder. Put each version into a file of its own that ends in .yaml or .yml."
        raise DocumentError([Problem(f"{PREFIX}031", str(path), message)])
    read = [(file, *check_agreement(file)) for file in files]
    problems = [problem for *_, found in read for problem in errors(found)]
    versions = sorted(((file, one) for file, one, _ in read if one is not None), key=lambda each: each[1].in_force.from_)
    problems += same_dates(versions)
    if problems:
        raise DocumentError(problems)
    return [agreement for _, agreement in versions]


def same_dates(versions: Iterable[tuple[Path, Agreement]]) -> list[Problem]:
    """A problem for each version, with its file, that begins on the date of the one before it."""
    found = []
    for (other, earlier), (file, version) in pairwise(versions):
        if version.in_force.from_ == earlier.in_force.from_:
            line = parse_document(file, prefix=PREFIX).line(("in_force", "from"))
            message = (
                f"This version and that in {other.name} are both in force from {version.in_force.from_}, so nobody can tell which "
                "one counts. Give one of them another date, or take its file out of the folder."
            )
            found.append(Problem(f"{PREFIX}030", f"{file}:{line}", message))
    return found
