"""Imports that were asked for on the page: one after the other, in a thread, each with a folder for what came of it."""

from __future__ import annotations

import json
import logging
import secrets
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smarketing.actions.import_into import import_into
from smarketing.actions.workspace import Workspace
from smarketing.vocabulary.errors import SmarketingError

FOLDER, RECORD, GIVEN, MAPPING = "imports", "import.json", "files", "mapping.yaml"
SHOWN = 20
OURS = "This is a mistake in Smarketing, not yours. What happened is written in the server's log."
logger = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()
_running: dict[str, Import] = {}


@dataclass
class Import:
    """One import: its `number`, who asked for it when, its files, and what became of it.

    `state`: waiting | reading | deriving | done | failed; `share` of the bytes is read; `result` as `--format json` shows it, but for
    paths; `rejects` are names of files in its folder; `problems` are sentences.
    """

    number: str
    by: str
    at: str
    files: list[str]
    dry_run: bool = False
    state: str = "waiting"
    share: float = 0.0
    result: dict[str, Any] = field(default_factory=dict)
    rejects: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def percent(self) -> int:
        """How much is read."""
        return round(100 * self.share)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed")


@dataclass(frozen=True)
class Upload:
    """A file that came with a form: its `name`, and how to write it somewhere."""

    name: str
    write: Callable[[Path], None]


def begin(
    workspace: Workspace, uploads: Sequence[Upload], *, by: str, mapping: Upload | Path | None, keep: bool, dry_run: bool,
    then: Callable[[], None],
) -> Import:  # fmt: skip
    """Take the files in and import them in a thread; `then` is called when facts came in, before it is done.

    `mapping`: one that came along, one of the workspace's, or None for all of those; `keep` puts one that came along into the
    workspace's when it worked.
    """
    number = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    folder = workspace.data / FOLDER / number
    (folder / GIVEN).mkdir(parents=True)
    paths = [_written(upload, folder / GIVEN) for upload in uploads]
    names = [path.name for path in paths]
    if isinstance(mapping, Upload):
        mapping.write(folder / MAPPING)
    chosen = [folder / MAPPING] if isinstance(mapping, Upload) else [mapping] if mapping else []
    one = Import(number, by, datetime.now(UTC).isoformat(), names, dry_run)
    _running[number] = one
    kept = mapping.name if keep and isinstance(mapping, Upload) else ""
    threading.Thread(target=_run, args=(workspace, one, paths, chosen, kept, then), name="import", daemon=True).start()
    return one


def find(workspace: Workspace, number: str) -> Import | None:
    """The import of this number; None where there was none."""
    if number in _running:
        return _running[number]
    record = workspace.data / FOLDER / number / RECORD
    return Import(**json.loads(record.read_text(encoding="utf-8"))) if record.is_file() else None


def latest(workspace: Workspace) -> list[Import]:
    """The last imports, the newest first."""
    folder = workspace.data / FOLDER
    numbers = {path.parent.name for path in folder.glob(f"*/{RECORD}")} | set(_running)
    found = (find(workspace, number) for number in sorted(numbers, reverse=True)[:SHOWN])
    return [one for one in found if one is not None]


def rejects_of(workspace: Workspace, one: Import, place: int) -> Path | None:
    """The file with the rejected rows of one of its files."""
    return workspace.data / FOLDER / one.number / one.rejects[place] if place < len(one.rejects) else None


def _written(upload: Upload, folder: Path) -> Path:
    """Write a file under its own name, whatever else is there."""
    path = folder / (Path(upload.name.replace("\\", "/")).name.lstrip(".") or "file.csv")
    while path.exists():
        path = path.with_name(f"{path.stem}-2{path.suffix}")
    upload.write(path)
    return path


def _run(workspace: Workspace, one: Import, paths: list[Path], mappings: list[Path], kept: str, then: Callable[[], None]) -> None:
    from django.db import connections

    folder = workspace.data / FOLDER / one.number
    try:
        with _one_at_a_time:
            _import(workspace, one, paths, mappings, folder)
            if kept:
                _keep(workspace, folder / MAPPING, kept)
            if not one.dry_run:
                one.state = "deriving"
                then()
        one.state = "done"
    except SmarketingError as problem:
        one.problems, one.state = [_without_folder(line, folder) for line in str(problem).splitlines()], "failed"
    except Exception:
        logger.exception("The import %s was not finished", one.number)
        one.problems, one.state = [OURS], "failed"
    finally:
        shutil.rmtree(folder / GIVEN, ignore_errors=True)
        (folder / RECORD).write_text(json.dumps(asdict(one)), encoding="utf-8")
        connections.close_all()
        _running.pop(one.number, None)


def _import(workspace: Workspace, one: Import, paths: list[Path], mappings: list[Path], folder: Path) -> None:
    one.state = "reading"

    def progress(total: int) -> Callable[[float], None]:
        def more(size: float) -> None:
            one.share = min(1.0, one.share + (size / total if total else 0.0))

        return more

    told = import_into(workspace, paths, mappings=mappings, dry_run=one.dry_run, progress=progress)
    one.share = 1.0
    for path in told.rejects:
        shutil.move(path, folder / path.name)
    one.rejects = [path.name for path in told.rejects]
    one.problems = [_without_folder(str(problem), folder) for problem in told.problems]
    shown = told.as_json()
    one.result = shown | {
        "files": [{**file, "file": Path(file["file"]).name} for file in shown["files"]],
        "ignored_files": [Path(name).name for name in shown["ignored_files"]],
        "rejects": one.rejects,
    }


def _keep(workspace: Workspace, mapping: Path, name: str) -> None:
    """Put a mapping that worked beside the workspace's others, and over none of them."""
    target = workspace.folder / "mappings" / f"{Path(name.replace(chr(92), '/')).stem.lstrip('.') or 'mapping'}.yaml"
    target.parent.mkdir(exist_ok=True)
    while target.exists():
        if target.read_bytes() == mapping.read_bytes():
            return
        target = target.with_name(f"{target.stem}-2.yaml")
    shutil.copyfile(mapping, target)


def _without_folder(text: str, folder: Path) -> str:
    """A sentence about files, by their names alone."""
    return text.replace(f"{folder / GIVEN}/", "").replace(f"{folder}/", "")
