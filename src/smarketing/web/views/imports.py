"""`/imports/new`: files of both sides become facts; `/imports/<number>`: what became of each row."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from smarketing.actions.trail import note
from smarketing.actions.workspace import Workspace
from smarketing.web.answer import took_away
from smarketing.web.importing import Import, Upload, begin, find, latest, rejects_of
from smarketing.web.network import network_of
from smarketing.web.states import place, refresh_now
from smarketing.web.tables.exports import harmless_file

ALL = ""
NO_MAPPING = "Choose what the rows mean: a mapping of the workspace, or a file of your own."
MOST_FILES = 20


class Several(forms.ClearableFileInput):
    """A field for files, not for one."""

    allow_multiple_selected = True


class Files(forms.FileField):
    """Several files."""

    widget = Several

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Each of them."""
        given = list(data) if isinstance(data, (list, tuple)) else [data] if data else []
        if not given:
            raise forms.ValidationError("Choose at least one file.")
        if len(given) > MOST_FILES:
            raise forms.ValidationError(f"At most {MOST_FILES} files at once.")
        return [super(Files, self).clean(one, initial) for one in given]


class NewImport(forms.Form):
    """Files, and what their rows mean."""

    given = Files(label="Files", help_text="CSV or Parquet, as your tools export them; several at once.")
    chosen = forms.ChoiceField(label="Mapping", required=False, help_text="What the rows of each file mean.")
    mapping = forms.FileField(
        label="Or a mapping of your own", required=False, help_text="A YAML file that says what the rows mean."
    )
    keep = forms.BooleanField(label="Keep this mapping for the next time", required=False, initial=True)
    dry_run = forms.BooleanField(label="Only try: read and count everything, keep nothing", required=False)

    def __init__(self, *args: Any, workspace: Workspace, **options: Any) -> None:
        super().__init__(*args, **options)
        self.known = {path.name: path for path in workspace.mappings()}
        every = [(ALL, "All mappings of the workspace")] if self.known else [(ALL, "None yet")]
        if not self.known:
            own = self.fields["mapping"]
            own.label, own.required, own.error_messages["required"] = "Mapping", True, NO_MAPPING
            own.help_text = (
                "A YAML file that says what the rows mean. This workspace has none yet, so the first import brings one."
            )
        chosen: Any = self.fields["chosen"]
        chosen.choices = [*every, *((name, name) for name in self.known)]

    def clean(self) -> dict[str, Any]:
        """There is a mapping."""
        said = super().clean() or {}
        if not said.get("mapping") and not self.known and "mapping" not in self.errors:
            self.add_error("mapping", NO_MAPPING)
        return said

    def mapping_to_use(self) -> Upload | Path | None:
        """The one that came along, else the one chosen, else None for all of the workspace's."""
        given = self.cleaned_data.get("mapping")
        return as_upload(given) if given else self.known.get(self.cleaned_data.get("chosen") or "")


def as_upload(file: UploadedFile[Any]) -> Upload:
    """A file of a form."""

    def write(path: Path) -> None:
        with path.open("wb") as out:
            for chunk in file.chunks():
                out.write(chunk)

    return Upload(file.name or "file.csv", write)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form; sent, the import begins and its page shows how far it is."""
    workspace = place()
    sent = request.method == "POST"
    form = NewImport(request.POST if sent else None, request.FILES if sent else None, workspace=workspace)
    if sent and form.is_valid():
        said = form.cleaned_data
        user: Any = request.user
        one = begin(
            workspace,
            [as_upload(file) for file in said["given"]],
            by=str(user),
            mapping=form.mapping_to_use(),
            keep=said["keep"],
            dry_run=said["dry_run"],
            then=refresh_now,
        )
        names = ", ".join(file.name or "" for file in said["given"])
        note(user.email, "tried an import" if said["dry_run"] else "imported", names, now=datetime.now(UTC), network=network_of(request),
             number=one.number)  # fmt: skip
        return redirect("import", number=one.number)
    context = {"form": form, "imports": latest(workspace)}
    return render(request, "pages/import_new.html", context, status=400 if form.errors else 200)


@require_safe
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One import: how far it is, or what became of each row; htmx asks for its changing part alone."""
    found = _found(number)
    whole = request.headers.get("HX-Request") != "true"
    return render(request, "pages/import.html" if whole else "parts/import.html", {"one": found})


@require_safe
def rejects(request: HttpRequest, number: str, place: int) -> HttpResponse | FileResponse:
    """The rejected rows of one file, each with its reason; `?raw=1` as they came, to be mended and imported again."""
    path = rejects_of(_workspace(), _found(number), place)
    if path is None or not path.is_file():
        raise Http404
    took_away(request, path.name, form="csv", number=number)
    if request.GET.get("raw") == "1":
        return FileResponse(path.open("rb"), as_attachment=True, filename=path.name, content_type="text/csv; charset=utf-8")
    return harmless_file(path)


def _workspace() -> Workspace:
    return place()


def _found(number: str) -> Import:
    found = find(_workspace(), number)
    if found is None:
        raise Http404
    return found
