"""Ten looks of last month with a verdict of each, and reading that stands out."""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from audit.models import Event
from audit.record import record
from cases.sampling import draw_sample, judge_look, unusual
from tests.steps import refused

PAGE = "/inzage/steekproef/"


@pytest.fixture
def looks(cast, trajectory, frozen_clock):
    """Fourteen looks of October; two of them the director's own."""
    frozen_clock.move_to("2026-10-15T10:00:00+02:00")
    with acting(SYSTEM):
        for user in (*[cast.teacher] * 12, cast.director, cast.director):
            record("trajectory.looked", trajectory, by=user, ground="staff")
        record("entry.added", trajectory, by=cast.teacher)
        record("trajectory.listed", by=cast.teacher)
    frozen_clock.move_to("2026-11-24T10:10:00+01:00")
    with acting(SYSTEM):
        return {event.pk: event for event in Event.objects.filter(action="trajectory.looked")}


def test_a_sample_of_ten_is_drawn_once_and_stays(cast, looks, sign_in):
    client = sign_in(cast.director)
    assert "Trek steekproef" in client.get(PAGE).text
    client.post(PAGE, {"school": cast.school.pk})
    shown = [row[0] for row in client.get(PAGE).context["looks"]]
    again = client.post(PAGE, {"school": cast.school.pk}, follow=True)

    assert len(shown) == 10
    assert {looks[key].actor for key in shown} == {cast.teacher.pk}, "nobody draws looks of their own"
    assert "al getrokken" in again.text
    assert [row[0] for row in again.context["looks"]] == shown
    assert [row[0] for row in sign_in(cast.auditor).get(PAGE).context["looks"]] == shown, "the same for everyone"


def test_a_month_without_looks_has_no_sample(cast, looks):
    with acting(cast.director.pk), refused("no_looks"):
        draw_sample(school=cast.school, month=date(2026, 9, 1), by=cast.director)


def test_a_verdict_is_kept_in_the_record_with_who_found_it(cast, looks, sign_in):
    client = sign_in(cast.privacy_officer)
    client.post(PAGE, {"school": cast.school.pk})
    [key, *_rest] = [row[0] for row in client.get(PAGE).context["looks"]]
    client.post(reverse("cases:look_judge", args=[key]), {"verdict": "asked"})
    client.post(reverse("cases:look_judge", args=[key]), {"verdict": "none"})

    assert {row[0]: row[2] for row in client.get(PAGE).context["looks"]}[key] == (
        "geen reden gezien",
        cast.privacy_officer.full_name,
    )
    with acting(SYSTEM):
        assert [event.detail["verdict"] for event in Event.objects.filter(action="looks.judged").order_by("seq")] == [
            "asked",
            "none",
        ]


def test_nobody_judges_a_look_of_their_own_or_finds_nothing_at_all(cast, looks):
    own = next(event for event in looks.values() if event.actor == cast.director.pk)
    other = next(event for event in looks.values() if event.actor == cast.teacher.pk)
    with acting(cast.director.pk):
        with refused("own_look"):
            judge_look(event=own, verdict="reason", by=cast.director)
        with refused("no_verdict"):
            judge_look(event=other, verdict="", by=cast.director)


@pytest.mark.parametrize("name", ["stranger", "excluded", "coordinator", "teacher", "expert", "admin"])
def test_who_may_not_see_a_look_judges_none(name, cast, looks, sign_in):
    address = reverse("cases:look_judge", args=[next(iter(looks))])
    nothing = reverse("cases:look_judge", args=[uuid.uuid4()])
    client = sign_in(getattr(cast, name))

    assert client.post(address, {"verdict": "none"}).status_code == 404
    assert client.post(nothing, {"verdict": "none"}).status_code == 404


def test_the_sample_shows_who_is_kept_from_a_child_no_look_at_it(cast, looks, sign_in):
    sign_in(cast.auditor).post(PAGE, {"school": cast.school.pk})
    assert sign_in(cast.excluded).get(PAGE).context["looks"] == []


def test_many_cases_in_an_hour_and_many_refusals_stand_out_and_the_hour_of_the_day_does_not(
    cast, trajectory, frozen_clock
):
    with acting(SYSTEM):
        frozen_clock.move_to("2026-11-20T23:15:00+01:00")
        for _time in range(60):
            record("trajectory.looked", trajectory, by=cast.coordinator)
        frozen_clock.move_to("2026-11-21T11:15:00+01:00")
        for _time in range(21):
            record("trajectory.looked", by=cast.teacher, school=cast.school.pk, dossier=uuid.uuid4())
        for _time in range(20):
            record("trajectory.looked", by=cast.coordinator, school=cast.school.pk, dossier=uuid.uuid4())
        frozen_clock.move_to("2026-11-22T11:15:00+01:00")
        for _time in range(11):
            record("refused.404", by=cast.colleague, school=cast.school.pk)
        frozen_clock.move_to("2026-11-24T10:10:00+01:00")
    with acting(cast.auditor.pk):
        found = unusual(cast.school, cast.auditor)

    assert [(one.actor, one.on, one.count) for one in found] == [
        (cast.colleague.pk, date(2026, 11, 22), 11),
        (cast.teacher.pk, date(2026, 11, 21), 21),
    ]


def test_the_page_asks_a_constant_number_of_questions(cast, looks, sign_in, own_queries):
    client = sign_in(cast.director)
    client.post(PAGE, {"school": cast.school.pk})
    with own_queries() as asked:
        client.get(PAGE)

    assert len(asked) <= 15
