"""The doors: nothing tells what exists, and who may only read is told so."""

import re
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.doors import ReadOnly, Unseen, get_to_edit, get_to_see
from accounts.wall import SYSTEM, acting
from cases.actions.files import close_trajectory
from cases.models import Conversation, Pupil, Trajectory
from tests.conftest import TODAY
from tests.rows import one_of_each

OUTSIDE = ("colleague", "excluded", "admin", "safeguarding_lead", "stranger", "expert", "ended_expert")
NOBODYS = uuid.UUID(int=7)


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("door", [get_to_see, get_to_edit])
def test_not_yours_and_not_there_are_refused_in_the_same_words(name, door, cast, trajectory):
    user, refusals = getattr(cast, name), []
    with acting(user.pk):
        for key in (trajectory.pk, NOBODYS):
            with pytest.raises(Unseen) as refusal:
                door(Trajectory, user, key)
            refusals.append(str(refusal.value))
            assert isinstance(refusal.value, Http404)
            assert (refusal.value.kind, refusal.value.uuid) == ("cases.trajectory", key)

    assert refusals[0] == refusals[1]


@pytest.mark.parametrize("name", ["colleague", "stranger", "expert", "auditor"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_that_is_not_yours_answers_as_one_that_is_not_there(name, method, cast, trajectory, sign_in):
    client = sign_in(getattr(cast, name))

    def answer(page, key):
        reply = getattr(client, method)(reverse(page, args=[key]))
        words = re.sub(rb"\b\w{64}\b", b"", reply.content)  # the token of the forms is new each time
        return reply.status_code, words.replace(str(key).encode(), b""), sorted(reply.headers)

    for page, mine in (("cases:pupil_detail", cast.pupil.pk), ("cases:trajectory_close", trajectory.pk)):
        if (name, page) == ("auditor", "cases:trajectory_close"):
            continue  # may know that it is there: 403
        there, nowhere = answer(page, mine), answer(page, NOBODYS)
        assert there[0] in (404, 405)
        assert there == nowhere


def test_who_may_only_read_is_told_so_and_not_that_it_is_not_there(cast, trajectory, sign_in):
    one_of_each(cast, trajectory)
    for user in (cast.blind_expert, cast.auditor, cast.privacy_officer, cast.fg):
        with acting(user.pk):
            assert get_to_see(Trajectory, user, trajectory.pk).pk == trajectory.pk
            with pytest.raises(ReadOnly) as refusal:
                get_to_edit(Trajectory, user, trajectory.pk)
        assert isinstance(refusal.value, PermissionDenied)
        assert refusal.value.uuid == trajectory.pk
    assert sign_in(cast.auditor).get(reverse("cases:trajectory_close", args=[trajectory.pk])).status_code == 403


def test_a_row_of_a_closed_file_is_read_and_not_changed(cast, trajectory):
    rows = one_of_each(cast, trajectory)
    talk = rows["cases_conversation"]
    with acting(SYSTEM):
        rows["cases_grantedheading"].delete()
        rows["cases_trajectorygrant"].delete()
    with acting(cast.teacher.pk):
        assert get_to_edit(Conversation, cast.teacher, talk.pk)
        close_trajectory(trajectory=Trajectory.objects.get(), outcome="Klaar.", by=cast.teacher, on=TODAY)
        assert get_to_see(Conversation, cast.teacher, talk.pk)
        with pytest.raises(ReadOnly):
            get_to_edit(Conversation, cast.teacher, talk.pk)


def test_a_teacher_sees_a_pupil_and_changes_only_the_case(cast, trajectory):
    with acting(cast.teacher.pk):
        assert get_to_see(Pupil, cast.teacher, cast.pupil.pk)
        assert get_to_edit(Trajectory, cast.teacher, trajectory.pk)
        with pytest.raises(ReadOnly):
            get_to_edit(Pupil, cast.teacher, cast.pupil.pk)


def test_what_is_seen_carries_how_and_for_whom(cast, trajectory):
    with acting(cast.teacher.pk):
        row = get_to_see(Trajectory, cast.teacher, trajectory.pk)

    assert (row.reading, row.reader) == ("staff", cast.teacher.pk)


def test_the_door_to_change_looks_first_and_locks_then(cast, trajectory):
    with acting(cast.teacher.pk), CaptureQueriesContext(connection) as asked:
        get_to_edit(Trajectory, cast.teacher, trajectory.pk, "pupil", "level")

    locks = ["FOR NO KEY UPDATE" in query["sql"] for query in asked.captured_queries]
    assert locks == [False, True], "and the lock is on the row alone"
    assert 'OF "cases_trajectory"' in asked.captured_queries[1]["sql"]


def test_outside_acting_the_door_opens_nothing(cast, trajectory):
    with pytest.raises(Unseen):
        get_to_see(Trajectory, cast.teacher, trajectory.pk)


def test_in_somebody_elses_eyes_the_door_opens_nothing(cast, trajectory):
    """A deed that asks for the teacher while a stranger acts: the wall stands under the door."""
    with acting(cast.stranger.pk), pytest.raises(Unseen):
        get_to_see(Trajectory, cast.teacher, trajectory.pk)


def test_a_refusal_names_no_child(cast, trajectory):
    with acting(cast.auditor.pk):
        refused = ReadOnly(Trajectory.objects.get())

    assert "E.K." not in f"{refused} {refused!r} {Unseen(Trajectory, NOBODYS)!r}"
