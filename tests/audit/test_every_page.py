"""No page without an event: whatever shows or changes something is written down, in the same transaction."""

import pytest
from django.db import connection, transaction
from django.urls import reverse

from accounts.wall import SYSTEM, acting, as_owner
from audit.models import Event
from cases.models import Trajectory
from tests.conftest import SecureClient, enter
from tests.doors import table
from tests.test_doors import address_of
from tests.test_doors import rows as rows  # noqa: PLC0414 - the fixture

OPEN = {"accounts:livez", "accounts:readyz", "accounts:invitation_accept", "account_inactive", "account_login"}


def events_of(client, address):
    """(status, method, events): what one request answered and left behind. What it did is taken back."""
    with acting(SYSTEM):
        before = set(Event.objects.values_list("pk", flat=True))
    with transaction.atomic():
        answer, method = client.get(address), "GET"
        if answer.status_code == 405:
            answer, method = client.post(address), "POST"
        with acting(SYSTEM):
            left = list(Event.objects.exclude(pk__in=before))
        transaction.set_rollback(True)
    return answer.status_code, method, left


@pytest.mark.parametrize("who", ["coordinator", "expert"])
def test_every_page_that_is_shown_and_every_deed_leaves_an_event(who, rows, cast, client):
    silent, asked = [], 0
    for name, answers in table().items():
        if answers[who] not in (200, 302, 422) or name in OPEN or name == "account_logout":
            continue
        enter(client, getattr(cast, who))
        status, method, left = events_of(client, address_of(name, rows, cast))
        if method == "POST" or status in (200, 422):
            asked += 1
            if not [event for event in left if event.request and event.session]:
                silent.append((name, status))
    assert silent == []
    assert asked > (80 if who == "coordinator" else 10)


def test_what_a_view_does_not_write_down_is_written_down_for_it(cast, trajectory, sign_in):
    sign_in(cast.teacher).get(reverse("cases:conversation_log", args=[trajectory.pk]))
    with acting(SYSTEM):
        [event] = Event.objects.filter(action="page.looked")

    assert (event.subject, event.dossier, event.detail) == (
        trajectory.pk,
        trajectory.pk,
        {"page": "cases:conversation_log"},
    )
    assert event.actor_role == "teacher"


def test_a_form_that_was_refused_was_shown_all_the_same(cast, trajectory, sign_in):
    answer = sign_in(cast.teacher).post(reverse("cases:entry_add", args=[trajectory.pk]), {"text": ""})
    with acting(SYSTEM):
        [event] = Event.objects.filter(action="page.sent")

    assert answer.status_code == 422
    assert event.detail == {"page": "cases:entry_add", "refused": True}


def test_events_of_one_click_share_a_number_and_those_of_one_sitting_a_session_that_is_no_key(cast, trajectory):
    one, other = SecureClient(), SecureClient()
    for client in (one, other):
        enter(client, cast.coordinator)
        for _time in range(2):
            client.get(reverse("cases:trajectory_detail", args=[trajectory.pk]))
    with acting(SYSTEM):
        looks = list(Event.objects.filter(action="trajectory.looked").order_by("seq"))

    assert len({event.request for event in looks}) == 4
    assert [looks[0].session == event.session for event in looks] == [True, True, False, False]
    assert one.session.session_key not in {event.session for event in looks}
    with acting(SYSTEM):
        assert Event.objects.filter(actor=None, request=None, session=None).exists(), "the system asks for no page"


@pytest.fixture
def owners_eyes(django_db_setup):
    """The whole test runs as the role that owns the tables: nobody else makes the record fail."""
    with as_owner():
        yield


def told_to(statement):
    """Change the table of the record, as its owner."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_no_event_no_page_and_nothing_saved(owners_eyes, cast, trajectory):
    """The record fails (its table refuses): the page fails with it, and what the deed wrote is gone."""
    told_to("alter table audit_event add constraint fails check (actor is null) not valid")
    browser = SecureClient(raise_request_exception=False)
    enter(browser, cast.teacher)
    page = reverse("cases:trajectory_detail", args=[trajectory.pk])
    deed = reverse("cases:trajectory_rest", args=[trajectory.pk])
    shown = browser.get(page)
    form = browser.get(reverse("cases:conversation_log", args=[trajectory.pk]))
    saved = browser.post(deed)

    assert (shown.status_code, form.status_code, saved.status_code) == (500, 500, 500)
    assert "Emma" not in shown.text + form.text
    assert Trajectory.objects.get(pk=trajectory.pk).state == Trajectory.State.OPEN
    told_to("alter table audit_event drop constraint fails")
    assert browser.post(deed).status_code == 302
    assert Trajectory.objects.get(pk=trajectory.pk).state == Trajectory.State.RESTING
