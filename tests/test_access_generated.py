"""Every address × who has no business there × every method: people of another school, roles that ended, rows that are
not there. What the cast itself is answered stands in tests/doors.py; here nobody gets through, by no method.
"""

import uuid
from datetime import timedelta

import pytest
from django.urls import get_resolver

from accounts.actions import give_role
from accounts.models import LEADING, Role
from accounts.wall import SYSTEM, acting
from tests.canaries import Watch
from tests.conftest import LONG_AGO, TODAY, enter, staff
from tests.doors import CAST, table
from tests.test_doors import address_of, cast, house, patterns, rows, told

__all__ = ["cast", "house", "rows", "told"]  # the fixtures

METHODS = ("get", "post", "head", "put", "delete", "options")
# Answered alike to everybody: signing in, health, links that carry their own key.
OPEN = {name for name, answers in table().items() if answers["nobody"] == 200} | {"account_login"}
NUMBERED = {name for name, pattern in patterns(get_resolver()) if "<uuid:" in pattern}
ROLES = (
    Role.COORDINATOR, Role.DIRECTOR, Role.TEACHER, Role.AUDITOR, Role.PRIVACY_OFFICER, Role.FG, Role.ADMIN,
    Role.SAFEGUARDING_LEAD,
)  # fmt: skip


def entered(client, user):
    """The browser of somebody who is signed in."""
    enter(client, user)
    return client


def body_of(answer):
    """The page without the token that is new each time."""
    token = str(answer.context.get("csrf_token", "")) if answer.context else ""
    return answer.content.replace(token.encode(), b"") if token else b""


@pytest.mark.parametrize("role", ROLES)
def test_a_role_elsewhere_and_a_role_that_ended_open_no_row(role, house, cast, rows, client):
    with acting(SYSTEM):
        user = cast.somebody = staff("somebody", cast.other_school, role)
        at = {"board": cast.school.board} if role == Role.FG else {"school": cast.school}
        give_role(user=user, role=role, from_on=LONG_AGO, until_on=TODAY - timedelta(days=1), by=SYSTEM, **at)
    watch, bodies, got = Watch("somebody", house.field), set(), {}
    # This person's own school is the other one: there the same role opens what it opens.
    watch.field.lead_elsewhere = "somebody" if role in LEADING else ""
    entered(client, user)
    for name in sorted(NUMBERED - OPEN):
        answer = watch.ask(client, "get", address_of(name, rows, cast), name)
        if answer.status_code == 405:
            answer = watch.ask(client, "post", address_of(name, rows, cast), name)
        got[name] = answer.status_code
        bodies.add(body_of(answer))

    assert {name: status for name, status in got.items() if status != 404} == {}
    assert not watch.wrong
    assert len(bodies) == 1, "one 404 tells more than another"


@pytest.mark.parametrize("who", ["coordinator", "expert"])
def test_what_is_not_there_is_answered_like_what_is_not_yours(who, house, cast, rows, client):
    watch = Watch(who, house.field)
    entered(client, getattr(cast, who))
    nothing = {name: uuid.uuid4() for name in rows}
    hidden = [name for name in sorted(NUMBERED - OPEN) if table()[name][who] == 404]
    theirs, absent = set(), {}
    for name in sorted(NUMBERED - OPEN):
        if name in hidden[:25]:
            theirs.add(body_of(watch.ask(client, "get", address_of(name, rows, cast), name)) or None)
        answer = watch.ask(client, "get", address_of(name, nothing, cast), name)
        if answer.status_code == 405:
            answer = watch.ask(client, "post", address_of(name, nothing, cast), name)
        absent[name] = answer.status_code
        theirs.add(body_of(answer))

    assert {name: status for name, status in absent.items() if status != 404} == {}
    assert len(theirs - {None}) == 1
    assert not watch.wrong


@pytest.mark.parametrize("who", ["nobody", "blind_expert", "coordinator"])
def test_by_no_method_does_an_address_tell_or_do_more_than_its_table_says(who, house, cast, rows, client):
    watch = Watch(who, house.field)
    if who != "nobody":
        entered(client, getattr(cast, who))
    wrong = []
    for name, answers in table().items():
        if name.startswith(("account", "mfa_", "usersessions_")):
            continue
        address = address_of(name, rows, cast)
        # What the coordinator is answered to a GET and a POST, many tests look at.
        methods = METHODS[3:] if who == "coordinator" else METHODS
        got = {method: watch.ask(client, method, address, name).status_code for method in methods}
        if not in_order(got, answers[who], who):
            wrong.append(f"{name}: {got}")

    assert not wrong
    assert not watch.wrong


def in_order(got, declared, who):
    """Whether these statuses belong to a page or a deed of which the table says this."""
    others = {got["put"], got["delete"], got["options"]}
    if "get" not in got:
        return others == {405}
    if who == "nobody" and declared == 302:
        # A form that comes too late gets its own text back.
        return set(got.values()) - {got["get"]} <= {403, 405} and got["get"] in (302, 405)
    looks = got["head"] in (got["get"], 405)
    if declared in (403, 404):  # refused by every method that there is
        return looks and set(got.values()) <= {declared, 405}
    return looks and others == {405} and declared in (got["get"], got["post"])


def test_the_whole_cast_stands_in_the_table_of_every_address():
    assert all(set(answers) == set(CAST) for answers in table().values())
    assert len(table()) * (len(CAST) + len(ROLES)) + len(table()) * 2 * len(METHODS) > 3000
