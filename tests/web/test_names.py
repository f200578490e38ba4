"""Names are remembered with a state, and with what is shown with them; when somebody comes or goes both are made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import Entered

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace

pytestmark = [pytest.mark.postgres]


def test_what_is_remembered_with_names_in_it_goes_with_them(site: Workspace, entered: Entered) -> None:
    from smarketing.records.people import User
    from smarketing.web.held import keeper
    from smarketing.web.people import RESTS_ON_NAMES

    def remembered() -> set[str]:
        return {str(key[0]) for key in keeper().now.answers} & {*RESTS_ON_NAMES}

    leader = entered("leader")
    for page in ("/", "/leads", "/inbox"):
        assert leader.get(page).status_code == 200
    assert remembered() >= {*RESTS_ON_NAMES} - {"everybody"}
    User.objects.create(email="rosa@alderfinch.example", name="Rosa", role="viewer").delete()
    assert remembered() == set()
    assert leader.get("/leads").status_code == 200
    assert "lists of leads" in remembered(), "control: they are remembered anew"
