"""Make a workspace: its folders, an agreement to begin with, a place for its settings."""

from __future__ import annotations

import shutil
from datetime import date
from importlib import resources
from pathlib import Path

from smarketing.actions.settings import FILE
from smarketing.actions.workspace import AGREEMENT, DATA, MAPPINGS, TABLES, Workspace, is_workspace
from smarketing.agreement.checks import load_agreement
from smarketing.vocabulary.errors import UsageError

TRIAL_MONTHS = 3
NOT_TO_BE_SHARED = "# What the workspace keeps by itself: the database, locks, logs, the secret key.\n*\n"
NO_SETTINGS = """# The settings of this workspace, one NAME=value on each line; see docs/reference/settings.md.
#SMARKETING_PORT=8000
#SMARKETING_URL=https://smarketing.example.com
"""


def make_workspace(folder: Path, *, agreement: Path | None = None, today: date | None = None) -> Workspace:
    """Make a workspace in this folder, which may hold other things but no workspace yet.

    `agreement`: a file, or a folder of versions, that is copied into it; left out, a commented example. Raises DocumentError with
    all problems of the agreement, UsageError for a folder that is a workspace already; nothing is made then.
    """
    if is_workspace(folder):
        raise UsageError(f"{folder} is a workspace already")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; a workspace is a folder")
    files = _versions(agreement) if agreement is not None else []
    for name in (AGREEMENT, TABLES, MAPPINGS, DATA):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for file in files:
        name = file.name if file.suffix in (".yaml", ".yml") else f"{file.stem}.yaml"
        shutil.copyfile(file, folder / AGREEMENT / name)
    if not files:
        (folder / AGREEMENT / "agreement.yaml").write_text(example_agreement(today or date.today()), encoding="utf-8")
    _write_where_none(folder / DATA / ".gitignore", NOT_TO_BE_SHARED)
    _write_where_none(folder / FILE, NO_SETTINGS)
    return Workspace(folder.resolve())


def example_agreement(today: date) -> str:
    """The commented example, in force from the first day of this month, on trial for three."""
    text = resources.files("smarketing.actions").joinpath("templates", "agreement.yaml").read_text(encoding="utf-8")
    month = today.year * 12 + today.month - 1
    begins, ends = (date(number // 12, number % 12 + 1, 1).isoformat() for number in (month, month + TRIAL_MONTHS))
    return text.replace("{{FROM}}", begins).replace("{{TRIAL_UNTIL}}", ends)


def _versions(path: Path) -> list[Path]:
    """The files of the agreement, each of them good. Raises DocumentError, UsageError."""
    if not path.exists():
        raise UsageError(f"{path} does not exist")
    files = [path] if path.is_file() else sorted({*path.glob("*.yaml"), *path.glob("*.yml")})
    if not files:
        raise UsageError(f"there is no agreement (*.yaml) in {path}")
    for file in files:
        load_agreement(file)
    return files


def _write_where_none(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text, encoding="utf-8")
