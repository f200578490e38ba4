"""A workspace: made, found, its settings read; what is wrong is named before anything starts."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import pytest

from smarketing.actions.init import make_workspace
from smarketing.actions.settings import SETTINGS, Settings, read_settings
from smarketing.actions.workspace import Workspace, find_workspace, is_workspace
from smarketing.agreement.checks import check_agreement
from smarketing.vocabulary.errors import DocumentError, UsageError

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_new_workspace_has_a_place_for_everything_and_an_agreement_that_passes(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w", today=date(2026, 11, 22))
    assert sorted(path.name for path in workspace.folder.iterdir()) == [".env", "agreement", "data", "mappings", "tables"]
    agreement, problems = check_agreement(workspace.folder / "agreement" / "agreement.yaml")
    assert problems == []
    assert agreement is not None
    assert (agreement.in_force.from_, agreement.in_force.trial_until) == (date(2026, 11, 1), date(2027, 2, 1))
    assert workspace.settings == Settings()


def test_your_own_agreement_is_copied(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w", agreement=EXAMPLES / "olist" / "agreement.yaml")
    assert len(workspace.agreements()) == 1
    assert (workspace.folder / "agreement" / "agreement.yaml").read_bytes() == (
        EXAMPLES / "olist" / "agreement.yaml"
    ).read_bytes()


def test_a_broken_agreement_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: half an agreement\nstagse: []\n", encoding="utf-8")
    with pytest.raises(DocumentError) as error:
        make_workspace(tmp_path / "w", agreement=tmp_path / "a.yaml")
    assert error.value.exit_code == 10
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize("what", ["nothing.yaml", "empty"])
def test_an_agreement_that_is_not_there_makes_nothing(tmp_path: Path, what: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError):
        make_workspace(tmp_path / "w", agreement=tmp_path / what)
    assert not (tmp_path / "w").exists()


def test_a_workspace_is_not_made_twice(tmp_path: Path) -> None:
    make_workspace(tmp_path)
    before = (tmp_path / "agreement" / "agreement.yaml").read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="is a workspace already"):
        make_workspace(tmp_path, agreement=EXAMPLES / "hart" / "agreement.yaml")
    assert (tmp_path / "agreement" / "agreement.yaml").read_text(encoding="utf-8") == before


def test_the_nearest_workspace_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_workspace(tmp_path / "w")
    monkeypatch.chdir(tmp_path / "w" / "data")
    assert find_workspace() == Workspace(tmp_path / "w")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="smarketing init"):
        find_workspace()
    assert not is_workspace(tmp_path)
    with pytest.raises(UsageError, match="is no workspace"):
        find_workspace(tmp_path / "data")


def test_settings_come_from_the_environment_and_from_the_file_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        '# ours\n\nexport SMARKETING_PORT=8001\nSMARKETING_HOST = "0.0.0.0"  \nSMARKETING_URL=https://smk.example.com/ # TLS\n'
        "SMARKETING_SECRET_KEY=\nSMARKETING_SECRET_KEY_FILE=key\nSMARKETING_ALLOWED_HOSTS='a.example, b.example'\n",
        encoding="utf-8",
    )
    found = read_settings(
        tmp_path, {"SMARKETING_PORT": "0", "SMARKETING_DEVELOPMENT": "yes", "HOME": "/", "SMARKETING_AS_OF": ""}
    )
    assert found == Settings(
        port=0, host="0.0.0.0", url="https://smk.example.com", secret_key_file=tmp_path / "key", development=True,
        allowed_hosts=("a.example", "b.example"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("SMARKETING_PROT=1", 'environment: SMARKETING_PROT: there is no such setting. Did you mean "SMARKETING_PORT"?'),
        ("SMARKETING_PORT=http", "write a number up to 65535"),
        ("SMARKETING_PORT=70000", "write a number up to 65535"),
        ("SMARKETING_URL=smk.example.com", "https://smarketing.example.com"),
        ("SMARKETING_DATABASE_URL=mysql://x", "postgresql://user@host/name"),
        ("SMARKETING_SECRET_KEY=short", "at least 32"),
        ("SMARKETING_ALLOWED_HOSTS=*", "no name of a host"),
        ("SMARKETING_AS_OF=yesterday", "is not a time"),
        ("SMARKETING_DEVELOPMENT=1", "neither yes nor no"),
    ],
)
def test_a_wrong_setting_is_named_with_what_would_be_right(tmp_path: Path, line: str, said: str) -> None:
    name, _, value = line.partition("=")
    with pytest.raises(UsageError) as error:
        read_settings(tmp_path, {name: value})
    assert said in str(error.value)
    assert value not in str(error.value) or "SECRET" not in name


def test_every_wrong_setting_is_listed_with_its_place(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SMARKETING_PORT=x\nNAME=1\n", encoding="utf-8")
    with pytest.raises(UsageError) as error:
        read_settings(tmp_path, {"SMARKETING_AS_OF": "x"})
    lines = str(error.value).splitlines()
    assert [line.partition(": ")[0] for line in lines] == [f"{tmp_path}/.env:1", f"{tmp_path}/.env:2", "environment"]
    (tmp_path / ".env").write_text("what is this\n", encoding="utf-8")
    with pytest.raises(UsageError, match="is no setting; a line is NAME=value"):
        read_settings(tmp_path, {})


def test_every_setting_has_a_name_that_is_a_field() -> None:
    assert {name.removeprefix("SMARKETING_").lower() for name in SETTINGS} == set(Settings.__dataclass_fields__)


def test_the_secret_key_is_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    key = workspace.secret_key()
    assert len(key) >= 50
    assert workspace.secret_key() == key == Workspace(workspace.folder).secret_key()
    assert stat.S_IMODE((workspace.data / "secret-key").stat().st_mode) == 0o600
    assert make_workspace(tmp_path / "other").secret_key() != key


def test_a_secret_key_of_your_own_is_taken(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    (workspace.folder / ".env").write_text("SMARKETING_SECRET_KEY_FILE=key\n", encoding="utf-8")
    with pytest.raises(UsageError, match="which is not there"):
        workspace.secret_key()
    (workspace.folder / "key").write_text("k" * 40 + "\n", encoding="utf-8")
    assert workspace.secret_key() == "k" * 40
    (workspace.folder / ".env").write_text(f"SMARKETING_SECRET_KEY={'s' * 40}\n", encoding="utf-8")
    assert Workspace(workspace.folder).secret_key() == "s" * 40


def test_now_is_when_the_workspace_stands_still_in_the_zone_of_the_agreement(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    (workspace.folder / ".env").write_text("SMARKETING_AS_OF=2026-06-01\n", encoding="utf-8")
    assert workspace.now().isoformat() == "2026-05-31T22:00:00+00:00"


def test_a_workspace_without_an_agreement_says_so(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    (workspace.folder / "agreement" / "agreement.yaml").unlink()
    with pytest.raises(UsageError, match="no agreement"):
        workspace.agreements()


def test_the_stamp_changes_with_what_stands_beside_the_facts(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    stamps = {workspace.stamp()}
    (workspace.folder / "tables" / "reps.csv").write_text("rep\n", encoding="utf-8")
    stamps.add(workspace.stamp())
    (workspace.folder / "agreement" / "next.yaml").write_text("name: x\n", encoding="utf-8")
    stamps.add(workspace.stamp())
    (workspace.folder / "mappings" / "m.yaml").write_text("files: []\n", encoding="utf-8")
    assert workspace.stamp() in stamps
    assert len(stamps) == 3
