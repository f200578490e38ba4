"""Every exception a user can meet, in one tree; the exit code of the command line stands beside each.

SmarketingError           1   a bug of ours, unless a child says otherwise
├── UsageError            2   wrong use of a command or a function
│   └── MissingExtra      2   an optional part is not installed; the message names its install line
├── DocumentError         10  problems in an agreement or a mapping, all of them in `.problems`
├── RejectedError         11  rows or facts were rejected; the rest was done
├── OutsideError          12  a system outside did not answer
└── NotEnoughData         13  the facts do not suffice to say
"""

from __future__ import annotations

from collections.abc import Sequence

from smarketing.vocabulary.problems import Problem


class SmarketingError(Exception):
    """The root of the tree; a user's error shows its message without a traceback."""

    exit_code = 1


class UsageError(SmarketingError):
    """The command or function was used in a way that cannot work; the message says what would."""

    exit_code = 2


class MissingExtra(UsageError):
    """An optional part of the product is not installed."""

    def __init__(self, *, what: str, extra: str) -> None:
        super().__init__(f'{what} needs an optional part. Install it with: pip install "smarketing[{extra}]"')


class DocumentError(SmarketingError):
    """A document (agreement, mapping, facts) has problems; `.problems` lists every one of them."""

    exit_code = 10

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = list(problems)


class RejectedError(SmarketingError):
    """Some rows or facts were rejected; the others went in."""

    exit_code = 11


class OutsideError(SmarketingError):
    """A system outside (a database, a CRM) did not answer."""

    exit_code = 12


class NotEnoughData(SmarketingError):
    """The facts do not suffice for an honest answer."""

    exit_code = 13
