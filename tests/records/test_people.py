"""Who may log in: made, changed, suspended; passwords are never kept, and weak ones refused."""

from __future__ import annotations

import pytest

from smarketing.vocabulary.errors import UsageError
from tests.records.test_facts import run

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("empty_records")]
GOOD = "a horse, a battery, a staple"


def test_somebody_is_let_in_by_whatever_capitals_they_type() -> None:
    from smarketing.actions.people import add_user, find_user
    from smarketing.records.people import User

    user = add_user(" Mia@Hart.Example ", name="Mia Hart", role="marketing", password=GOOD)
    assert (user.email, str(user), user.get_short_name()) == ("mia@hart.example", "Mia Hart", "Mia")
    assert find_user("MIA@hart.example") == User.objects.get_by_natural_key("Mia@hart.example") == user
    assert user.check_password(GOOD)
    assert GOOD not in str(run("SELECT user_account::text FROM user_account"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"email": "mia"}, "no e-mail address"),
        ({"role": "sale"}, 'Did you mean "sales"'),
        ({"password": "short"}, "at least 12 characters"),
        ({"password": "password1234567"}, "too easy to guess: it is made of a common password with something around it"),
        ({"password": "Hart sales 2026"}, "words that everybody here knows"),
        ({"password": "nur kleine buchstaben"}, None),
        ({"password": "🐎 🔋 📎 und noch drei"}, None),
        ({"password": "mia@hart.example"}, "too similar"),
        ({"password": "111111111111"}, "too common"),
    ],
)
def test_what_cannot_be_is_refused(changed: dict[str, str], said: str | None) -> None:
    from smarketing.actions.people import add_user, users

    given = {"email": "mia@hart.example", "name": "Mia", "role": "marketing", "password": GOOD} | changed
    email = given.pop("email")
    if said is None:
        add_user(email, **given)
        return
    with pytest.raises(UsageError, match=said):
        add_user(email, **given)
    assert users() == []


def test_an_address_has_one_user() -> None:
    from smarketing.actions.people import add_user, users

    add_user("mia@hart.example", name="Mia", role="marketing", password=GOOD)
    with pytest.raises(UsageError, match="has a user already"):
        add_user("MIA@hart.example", name="Another", role="sales", password=GOOD)
    assert [user.name for user in users()] == ["Mia"]


def test_a_password_is_replaced_and_somebody_suspended() -> None:
    from smarketing.actions.people import add_user, find_user, let_in, set_password

    add_user("mia@hart.example", name="", role="marketing", password=GOOD)
    before = find_user("mia@hart.example").password
    set_password("mia@hart.example", GOOD + "!")
    user = find_user("mia@hart.example")
    assert user.check_password(GOOD + "!")
    assert user.password != before, "whoever is logged in would stay so"
    assert let_in(user.email, active=False).is_active is False
    assert let_in(user.email, active=True).is_active is True
    assert user.name == "mia"
    with pytest.raises(UsageError, match='no user mai@hart.example. Did you mean "mia@hart.example"'):
        find_user("mai@hart.example")


def test_a_workspace_without_users_gets_one_once() -> None:
    from smarketing.actions.people import find_user, first_user

    entry = first_user()
    assert entry is not None
    assert (entry.role, find_user(entry.email).check_password(entry.password)) == ("operations", True)
    assert first_user() is None


def test_the_people_of_a_demo_share_a_password() -> None:
    from smarketing.actions.people import Entry, demo_users, find_user, new_password, users

    password = new_password()
    people = [Entry(f"{name}@a.example", name, role, password) for name, role in (("mia", "marketing"), ("sam", "sales"))]
    demo_users(people)
    demo_users(people)
    assert [user.email for user in users()] == ["mia@a.example", "sam@a.example"]
    assert find_user("sam@a.example").check_password(password)
    assert new_password() != password


def test_a_saved_view_has_one_name_for_each_page_of_a_user() -> None:
    from django.db import IntegrityError, transaction

    from smarketing.actions.people import add_user
    from smarketing.records.people import SavedView

    user = add_user("mia@hart.example", name="Mia", role="marketing", password=GOOD)
    SavedView.objects.create(user=user, name="A leads", page="/leads", query="grade=A")
    SavedView.objects.create(user=user, name="A leads", page="/funnel", shared=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(user=user, name="A leads", page="/leads")
    assert [str(view) for view in user.saved_views.all()] == ["A leads", "A leads"]
