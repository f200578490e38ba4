"""The files that browsers load: found in the apps, made for charts, laid out under names that carry their hash."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

URLS_OF_CSS = HashedFilesMixin.patterns[0][1][:2]
IMPORTS_OF_JS = HashedFilesMixin._js_module_import_aggregation_patterns[1]  # type: ignore[attr-defined]
CHARTS = "charts/vega.js"
MARK = "collected"
"""The file that says what the folder was collected from."""
NOT_SERVED = ("*.map", "redoc.*", "htmax-*", "htmx-4*")


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names with hashes, also where a stylesheet or one of our modules names another file; compressed beside the original.

    Not the maps that bundles of others name: they are not served.
    """

    patterns = (("*.css", URLS_OF_CSS), ("js/*.js", IMPORTS_OF_JS))


def collect() -> None:
    """Lay the files out in STATIC_ROOT, unless what is there was made from the same ones."""
    from django.conf import settings
    from django.core.management import call_command

    make()
    root = Path(str(settings.STATIC_ROOT))
    digest = _digest()
    mark = root.with_name(f"{root.name}.{MARK}")
    if root.is_dir() and mark.is_file() and mark.read_text(encoding="utf-8") == digest:
        return
    shutil.rmtree(root, ignore_errors=True)
    with redirect_stdout(io.StringIO()):
        call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=list(NOT_SERVED))
    mark.write_text(digest, encoding="utf-8")


def make() -> None:
    """Write the script that draws charts to the folder of what is made, unless this version of it is there. Raises MissingExtra."""
    from importlib.metadata import version

    from django.conf import settings

    from smarketing.reports.charts.page import bundle

    for folder in map(Path, settings.STATICFILES_DIRS):
        script, mark = folder / CHARTS, folder.with_name(f"{folder.name}.version")
        wanted = f"{version('vl-convert-python')} {version('smarketing')}"
        if script.is_file() and mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
            continue
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(bundle(), encoding="utf-8")
        mark.write_text(wanted, encoding="utf-8")


def _digest() -> str:
    seen = hashlib.sha256()
    for path in sorted(_files()):
        told = path.stat()
        seen.update(f"{path}:{told.st_size}:{told.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def _files() -> Iterator[Path]:
    from django.contrib.staticfiles.finders import get_finders

    for finder in get_finders():
        for name, storage in finder.list(list(NOT_SERVED)):
            yield Path(storage.path(name))
