"""Requests made up from the API's own description: none breaks the server, and no answer is one that was not described."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.web.desks import SCHEMA, desks

if TYPE_CHECKING:
    from django.test import Client

    from smarketing.actions.workspace import Workspace

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
EXAMPLES = 12
"""Requests of each sort and operation; enough to meet every parameter, few enough for a minute."""
Answer = Callable[..., Any]


@pytest.fixture(scope="module")
def company(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The company of `desks`."""
    with desks(tmp_path_factory.mktemp("desks") / "w", database_url) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def leader(company: Workspace) -> Client:
    """A browser in which a leader is signed in, who may read everything and act on everything."""
    from django.test import Client

    from smarketing.records.people import User

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(email="lea@hart.example"))
    return client


def described(client: Client) -> Any:
    """The API's description, as schemathesis reads it."""
    import schemathesis

    return schemathesis.openapi.from_dict(client.get(SCHEMA).json())


def sent(client: Client, case: Any) -> Any:
    """The answer to a request that was made up, as the whole site gives it, with the cookies and the token of a session."""
    from django.conf import settings as django
    from django.core.wsgi import get_wsgi_application
    from django.middleware.csrf import get_token
    from django.test import RequestFactory
    from schemathesis.transport.wsgi import WSGI_TRANSPORT

    request = RequestFactory().get("/")
    token = get_token(request)
    cookies = {
        django.SESSION_COOKIE_NAME: client.cookies[django.SESSION_COOKIE_NAME].value,
        django.CSRF_COOKIE_NAME: request.META["CSRF_COOKIE"],
    }
    case.cookies = {}
    return WSGI_TRANSPORT.send(
        case, base_url="http://localhost", app=get_wsgi_application(), headers={"X-CSRFToken": token}, cookies=cookies
    )


def checks() -> list[Any]:
    """No 5xx, no status, type or body that was not described."""
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

    return [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


OPERATIONS = [
    "GET /api/inbox", "GET /api/leads/{lead_id}/receipt", "GET /api/handoffs", "POST /api/leads/{lead_id}/acts", "POST /api/acts/{done}/undo",
    "GET /api/state", "GET /api/scoreboard", "GET /api/funnel", "GET /api/campaigns", "GET /api/attribution", "GET /api/reps", "GET /api/plan", "GET /api/leads",
    "GET /api/leads/{lead_id}", "GET /api/agreements", "GET /api/agreements/{number}", "GET /api/behind", "GET /api/status", "POST /api/facts",
]  # fmt: skip

ALL_BUT_GUESSED = {"GET /api/plan", "GET /api/behind", *(one for one in OPERATIONS if "{" in one)}
"""What is answered 200 only for names that nobody guesses, or with reps that this company has not."""


def test_every_operation_is_tried(leader: Client) -> None:
    found = {f"{method.upper()} {path}" for path, methods in leader.get(SCHEMA).json()["paths"].items() for method in methods}
    assert found == set(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_request_breaks_the_server_nor_is_answered_as_nobody_described(operation: str, leader: Client) -> None:
    method, path = operation.split()
    one = described(leader)[path][method]
    met: set[int] = set()
    for mode in modes():
        try_out(one.as_strategy(generation_mode=mode), leader, met)
    assert met, "nothing was sent"
    assert operation in ALL_BUT_GUESSED or 200 in met


def modes() -> list[Any]:
    """What the description allows, and what it does not."""
    from schemathesis.generation import GenerationMode

    return [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


def try_out(strategy: Any, client: Client, met: set[int]) -> None:
    """Send requests of this sort, the same ones at each run."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def try_one(case: Any) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            response = sent(client, case)
        met.add(response.status_code)
        case.validate_response(response, checks=checks())

    try_one()


def test_an_answer_that_was_not_described_would_be_seen(leader: Client) -> None:
    import schemathesis
    from schemathesis.core.failures import FailureGroup

    document = leader.get(SCHEMA).json()
    answers = document["paths"]["/api/state"]["get"]["responses"]
    answers.pop("200")
    one = schemathesis.openapi.from_dict(document)["/api/state"]["GET"]
    with pytest.raises(FailureGroup):
        try_out(one.as_strategy(), leader, set())
