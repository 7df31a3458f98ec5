"""No page without an event: whatever shows or changes something is written down, in the same transaction.

That every address does so is looked at in test_doors.
"""

import pytest
from django.db import connection
from django.urls import reverse

from accounts.wall import SYSTEM, acting, as_owner
from audit.models import Event
from cases.models import Trajectory
from tests.conftest import SecureClient, enter


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
