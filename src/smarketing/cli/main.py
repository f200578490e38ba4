"""The door of the command line: global options, the commands of each noun, and what an error becomes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from smarketing.cli import (
    agreement,
    attribute,
    backtest,
    demo,
    explain,
    imports,
    init,
    journal,
    keys,
    people,
    price,
    rebuild,
    replay,
    reports,
    serve,
)
from smarketing.cli.output import VOICE, complain
from smarketing.vocabulary.errors import SmarketingError

EVERYWHERE = ("--quiet", "--no-color")
"""Options that may stand anywhere on the line."""

app = typer.Typer(
    name="smarketing",
    help="One agreement between sales and marketing, run on the facts of both sides.",
    rich_markup_mode=None,  # a help page must not wait for a library that draws boxes
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"smarketing {version('smarketing')}")
        raise typer.Exit


@app.callback()
def global_options(
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but results and errors.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Print without colours.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """One agreement between sales and marketing, run on the facts of both sides."""
    VOICE.quiet, VOICE.color = quiet, not no_color


for noun in (
    demo,
    init,
    serve,
    rebuild,
    people,
    keys,
    agreement,
    imports,
    journal,
    replay,
    explain,
    reports,
    attribute,
    backtest,
    price,
):
    noun.register(app)


def main(arguments: list[str] | None = None) -> None:
    """Run one command and leave with its exit code; a user's error shows without a traceback."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        app(_options_first(given), prog_name="smarketing")
    except SmarketingError as error:
        complain(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.filename is None:
            sys.exit(_bug())
        complain(_of_file(error))
        sys.exit(2)
    except Exception:  # noqa: BLE001 -- the last net: nobody should meet a traceback
        sys.exit(_bug())


MENDS: dict[type[OSError], str] = {
    FileNotFoundError: "is not there; look at the path, and make the folder first",
    IsADirectoryError: "is a folder; name a file",
    NotADirectoryError: "lies below a file; name a folder",
    PermissionError: "may not be read or written by you; ask for the right, or name another place",
}
"""What is wrong with a place on the disk, and what would be right."""


def _of_file(error: OSError) -> str:
    """What is wrong with a file; a result is written beside its place, which is no business of the reader's."""
    place = str(error.filename).removesuffix(".part")
    return next((f"{place} {said}" for kind, said in MENDS.items() if isinstance(error, kind)), f"{place}: {error.strerror}")


def _options_first(given: list[str]) -> list[str]:
    """The line with the options that may stand anywhere moved to where the parser expects them."""
    end = given.index("--") if "--" in given else len(given)
    moved = [word for word in given[:end] if word in EVERYWHERE]
    return moved + [word for word in given[:end] if word not in EVERYWHERE] + given[end:]


def _bug() -> int:
    """Write the trace to a file, name it, and return the exit code of a bug."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="smarketing-", suffix=".trace", delete=False, encoding="utf-8") as trace:
        traceback.print_exc(file=trace)
    complain(f"This is a mistake in Smarketing, not yours. What happened is written in {trace.name}")
    return 1
