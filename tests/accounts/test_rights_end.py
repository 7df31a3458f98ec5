"""Rights end by the clock and by a deed, from the next request on: no job runs, and nothing half done is saved."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.models import Membership, Role
from accounts.wall import SYSTEM, acting
from cases.actions.people import exclude_colleague
from cases.models import Conversation, GroupTeacher, Pupil, Trajectory
from consent.actions import end_engagement
from consent.models import CoachingNote, Engagement
from tests.conftest import TODAY
from tests.rows import kept
from tests.steps import at_level, engaged

# The last minute of a day here, and the first of the next: in winter, and over both changes of the clock. The clock
# goes back on 25 October 2026 and forward on 28 March 2027; the day in between has 25 hours, or 23.
MIDNIGHTS = [
    (date(2026, 11, 30), "2026-11-30T23:59:00+01:00", "2026-12-01T00:01:00+01:00"),
    (date(2026, 10, 24), "2026-10-24T23:59:00+02:00", "2026-10-25T00:01:00+02:00"),
    (date(2026, 10, 25), "2026-10-25T23:59:00+01:00", "2026-10-26T00:01:00+01:00"),
    (date(2027, 3, 27), "2027-03-27T23:59:00+01:00", "2027-03-28T00:01:00+01:00"),
    (date(2027, 3, 28), "2027-03-28T23:59:00+02:00", "2027-03-29T00:01:00+02:00"),
]


def sees(user, client, page):
    """Whether the page opens, and whether the database shows the case: both walls."""
    opens = client.get(page).status_code == 200
    with acting(user.pk):
        shows = Trajectory.objects.exists()
    return opens, shows


def ends(row, day):
    """Let a dated row end on this day."""
    row.until_on = day
    kept(row)


@pytest.fixture
def end_of(cast):
    """{what: let it end on a day, for whom}."""

    def role(day):
        ends(Membership.objects.get(user=cast.coordinator), day)
        return cast.coordinator

    def assignment(day):
        ends(GroupTeacher.objects.get(user=cast.teacher), day)
        return cast.teacher

    return {"role": role, "assignment": assignment}


@pytest.mark.parametrize("what", ["role", "assignment"])
@pytest.mark.parametrize(("last", "before", "after"), MIDNIGHTS, ids=[str(row[0]) for row in MIDNIGHTS])
def test_a_right_holds_on_its_last_day_and_not_a_minute_after_midnight(
    what, last, before, after, cast, trajectory, end_of, sign_in, frozen_clock
):
    page = reverse("cases:trajectory_detail", args=[trajectory.pk])
    with acting(SYSTEM):
        user = end_of[what](last)

    frozen_clock.move_to(before)
    assert timezone.localdate() == last
    client = sign_in(user)
    assert sees(user, client, page) == (True, True)
    frozen_clock.move_to(after)
    assert sees(user, sign_in(user), page) == (False, False)


@pytest.mark.parametrize(("last", "before", "after"), MIDNIGHTS[0:1] + MIDNIGHTS[3:], ids=str)
def test_an_experts_view_ends_with_the_guidance_though_nothing_runs_at_night(
    last, before, after, cast, sign_in, frozen_clock
):
    case = at_level(cast, 2)
    engaged(cast, case, until=last)
    page = reverse("consent:guided_detail", args=[case.pk])

    frozen_clock.move_to(before)
    assert sees(cast.expert, sign_in(cast.expert), page) == (True, True)
    frozen_clock.move_to(after)
    assert sees(cast.expert, sign_in(cast.expert), page) == (False, False)


def test_the_hour_that_comes_twice_and_the_hour_that_is_not_there_are_of_their_own_day(cast, frozen_clock):
    days = []
    for moment in (
        "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2027-03-28T01:59:00+01:00",
        "2027-03-28T03:00:00+02:00",
    ):  # fmt: skip
        frozen_clock.move_to(moment)
        days.append(timezone.localdate())

    assert days == [date(2026, 10, 25)] * 2 + [date(2027, 3, 28)] * 2


# --- a right that goes between opening a form and saving it ----------------------------------------------------------

TALK = {"held_on": "24-11-2026", "text": "Te laat getypt."}


def _role_ended(cast):
    ends(Membership.objects.get(user=cast.coordinator), TODAY - timedelta(days=1))


def _assignment_ended(cast):
    ends(GroupTeacher.objects.get(user=cast.teacher), TODAY - timedelta(days=1))


def _exclusion_added(cast):
    exclude_colleague(pupil=cast.pupil, user=cast.teacher, reason="buurkind", from_on=TODAY, by=SYSTEM)


def _role_changed(cast):
    ends(Membership.objects.get(user=cast.teacher), TODAY - timedelta(days=1))
    actions.give_role(user=cast.teacher, role=Role.PRIVACY_OFFICER, school=cast.school, from_on=TODAY, by=SYSTEM)


def _on_leave(cast):
    actions.give_leave(user=cast.teacher, school=cast.school, from_on=TODAY, by=SYSTEM)


@pytest.mark.parametrize(
    ("goes", "who", "status"),
    [
        (_role_ended, "coordinator", 404),
        (_assignment_ended, "teacher", 404),
        (_exclusion_added, "teacher", 404),
        (_role_changed, "teacher", 403),  # a supervisor knows that the case exists
        (_on_leave, "teacher", 404),
    ],
)
def test_a_right_that_goes_while_somebody_types_saves_nothing_and_is_answered_plainly(
    goes, who, status, cast, trajectory, sign_in
):
    client, page = sign_in(getattr(cast, who)), reverse("cases:conversation_log", args=[trajectory.pk])
    guardian = f"g-{cast.mother.guardian_id}"
    assert client.get(page).status_code == 200

    with acting(SYSTEM):
        goes(cast)
    answer = client.post(page, TALK | {"present": [guardian]})

    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert "Emma" not in answer.text
    with acting(SYSTEM):
        assert not Conversation.objects.exists()
        assert not Conversation.history.exists()


def test_the_same_talk_is_saved_while_the_right_stands(cast, trajectory, sign_in):
    page = reverse("cases:conversation_log", args=[trajectory.pk])

    answer = sign_in(cast.teacher).post(page, TALK | {"present": [f"g-{cast.mother.guardian_id}"]})

    assert answer.status_code == 302
    with acting(SYSTEM):
        assert Conversation.objects.count() == 1


def test_an_expert_whose_guidance_ends_while_she_writes_saves_nothing(cast, sign_in):
    case = at_level(cast, 2)
    engaged(cast, case)
    page = reverse("consent:note_write", args=[case.pk])
    client = sign_in(cast.expert)
    assert client.get(page).status_code == 200

    with acting(cast.coordinator.pk):
        end_engagement(engagement=Engagement.objects.get(expert=cast.expert), by=cast.coordinator, on=TODAY)
    answer = client.post(page, {"teacher": str(cast.teacher.pk), "text": "Begin de les rustig."})

    assert answer.status_code == 404
    with acting(SYSTEM):
        assert not CoachingNote.objects.exists()


def test_who_may_no_longer_give_a_role_gives_none_from_a_form_that_stood_open(cast, sign_in):
    client = sign_in(cast.coordinator)
    page = reverse("cases:role_give", args=[cast.school.pk, cast.auditor.pk])
    assert client.get(page).status_code == 200

    with acting(SYSTEM):
        _role_ended(cast)
    answer = client.post(page, {"role": "teacher", "from_on": "24-11-2026", "until_on": ""})

    assert answer.status_code == 404
    assert not Membership.objects.filter(user=cast.auditor, role=Role.TEACHER).exists()


def test_a_list_that_stood_open_holds_nothing_of_a_right_that_ended(cast, trajectory, sign_in):
    client = sign_in(cast.teacher)
    page = reverse("cases:pupil_list")
    assert "Kaya" in client.get(page).text

    with acting(SYSTEM):
        _assignment_ended(cast)
    assert "Kaya" not in client.get(page).text
    with acting(cast.teacher.pk):
        assert not Pupil.objects.exists()
