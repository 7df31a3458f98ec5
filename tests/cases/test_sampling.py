"""Ten looks of last month with a verdict of each, and reading that stands out."""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from accounts.models import LookVerdict
from accounts.wall import SYSTEM, acting
from audit.models import Event
from audit.record import record
from cases.actions.files import add_member
from cases.looking import looks_for
from cases.sampling import draw_sample, judge_look, judge_unusual, verdicts
from cases.unusual import unusual
from tests.conftest import TODAY
from tests.rows import kept
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


def test_a_verdict_is_kept_with_its_note_and_the_record_holds_no_word_of_the_note(cast, looks, sign_in):
    client = sign_in(cast.privacy_officer)
    client.post(PAGE, {"school": cast.school.pk})
    [key, *_rest] = [row[0] for row in client.get(PAGE).context["looks"]]
    client.post(reverse("cases:look_judge", args=[key]), {"verdict": "asked"})
    client.post(reverse("cases:look_judge", args=[key]), {"verdict": "none", "note": "Zij wist het niet meer."})

    found = {row[0]: row[2] for row in client.get(PAGE).context["looks"]}[key]
    assert (found.words, found.who) == ("geen reden gezien", cast.privacy_officer.full_name)
    assert found.note == "Zij wist het niet meer."
    with acting(SYSTEM):
        events = Event.objects.filter(action="looks.judged").order_by("seq")
        assert [event.detail for event in events] == [{"verdict": "asked"}, {"verdict": "none"}]


def test_a_verdict_that_misses_shows_the_page_again_with_what_was_typed(cast, looks, sign_in):
    client = sign_in(cast.privacy_officer)
    client.post(PAGE, {"school": cast.school.pk})
    [key, *_rest] = [row[0] for row in client.get(PAGE).context["looks"]]
    again = client.post(reverse("cases:look_judge", args=[key]), {"verdict": "", "note": "Nog navragen."})

    assert again.status_code == 422
    assert "Nog navragen." in again.text
    assert "Kies wat je vond" in again.text
    assert "Nog navragen." not in client.get(PAGE).text


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
        found = unusual(cast.school, looks_for(cast.auditor))

    assert [(one.actor, one.on, one.count) for one in found] == [
        (cast.colleague.pk, date(2026, 11, 22), 11),
        (cast.teacher.pk, date(2026, 11, 21), 21),
    ]


@pytest.fixture
def untied(cast, trajectory, frozen_clock):
    """Reading of one day: by the ib'er, by the director, by a colleague whose part ended yesterday, by supervisors."""
    frozen_clock.move_to("2026-11-20T10:00:00+01:00")
    with acting(cast.coordinator.pk):
        add_member(
            trajectory=trajectory, user=cast.colleague, reason="denkt mee", from_on=date(2026, 11, 20),
            until_on=date(2026, 11, 20), by=cast.coordinator,
        )  # fmt: skip
    frozen_clock.move_to("2026-11-21T10:00:00+01:00")
    with acting(SYSTEM):
        for user in (cast.coordinator, cast.director, cast.director, cast.teacher):
            record("trajectory.looked", trajectory, by=user, ground="staff")
        record("trajectory.looked", trajectory, by=cast.fg, ground="trace")
        record("trajectory.looked", trajectory, by=cast.auditor, ground="glass:12345678")
        record("refused.404", by=cast.colleague, school=cast.school.pk, dossier=trajectory.pk)
        record("refused.404", by=cast.admin, school=cast.school.pk, dossier=trajectory.pk)
        Event.objects.create(
            action="safeguarding.looked", kind="cases.safeguarding", school=cast.school.pk, dossier=trajectory.pk,
            actor=cast.safeguarding_lead.pk, actor_name="Sanne", actor_role="safeguarding_lead",
        )  # fmt: skip
    frozen_clock.move_to("2026-11-24T10:10:00+01:00")
    return date(2026, 11, 21)


def test_reading_without_a_tie_to_the_child_or_after_it_ended_stands_out_and_so_do_restricted_kinds(cast, untied):
    with acting(cast.fg.pk):
        found = {(one.actor, one.why): (one.on, one.count) for one in unusual(cast.school, looks_for(cast.fg))}

    assert found == {
        (cast.director.pk, "no_relation"): (untied, 1),
        (cast.colleague.pk, "after_end"): (untied, 1),
        (cast.safeguarding_lead.pk, "restricted"): (untied, 1),
    }


def test_who_did_something_in_a_file_has_to_do_with_it(cast, trajectory, untied):
    with acting(SYSTEM):
        record("entry.added", trajectory, by=cast.director)
    with acting(cast.fg.pk):
        assert "no_relation" not in {one.why for one in unusual(cast.school, looks_for(cast.fg))}


def test_a_director_is_told_of_no_restricted_kind_and_who_is_kept_from_a_child_of_nothing_about_it(cast, untied):
    with acting(cast.director.pk):
        assert {one.why for one in unusual(cast.school, looks_for(cast.director))} == {"no_relation", "after_end"}
    with acting(cast.excluded.pk):
        assert unusual(cast.school, looks_for(cast.excluded)) == []


def test_the_database_tells_nobody_else_what_ties_people_to_children(cast, trajectory):
    from cases.unusual import _ties

    asked = [(trajectory.pk, cast.teacher.pk, TODAY)]
    for user, told in ((cast.fg, ["holds"]), (cast.director, ["holds"]), (cast.teacher, []), (cast.excluded, [])):
        with acting(user.pk):
            assert list(_ties(asked).values()) == told


def test_what_stood_out_gets_a_verdict_with_a_note(cast, untied, sign_in):
    client = sign_in(cast.privacy_officer)
    [row] = [row for row in client.get(PAGE).context["unusual"] if row[0].why == "after_end"]
    data = {"school": cast.school.pk, "about": row[0].actor, "on": row[0].on.isoformat(), "why": row[0].why}
    judge = reverse("cases:look_unusual_judge")
    missing = client.post(judge, data | {"verdict": "", "note": "Oude bladwijzer."})
    client.post(judge, data | {"verdict": "reason", "note": "Oude bladwijzer."})

    assert missing.status_code == 422
    assert "Oude bladwijzer." in missing.text
    [row] = [row for row in client.get(PAGE).context["unusual"] if row[0].why == "after_end"]
    assert (row[1].words, row[1].note) == ("reden gezien", "Oude bladwijzer.")
    with acting(SYSTEM):
        [event] = Event.objects.filter(action="looks.judged")
        assert event.detail == {"verdict": "reason", "why": "after_end", "person": str(cast.colleague.pk)}


def test_nobody_judges_what_does_not_stand_out_or_is_their_own(cast, untied):
    place = (cast.director.pk, untied, "no_relation")
    with acting(cast.director.pk), refused("own_look"):
        judge_unusual(school=cast.school, place=place, verdict="reason", by=cast.director)
    with acting(cast.fg.pk), refused("no_finding"):
        judge_unusual(school=cast.school, place=(cast.teacher.pk, untied, "no_relation"), verdict="none", by=cast.fg)


def test_a_director_reads_no_verdict_on_own_looking_and_who_is_kept_from_a_child_none_on_a_look_at_it(
    cast, trajectory, untied
):
    with acting(cast.fg.pk):
        place = (cast.director.pk, untied, "no_relation")
        judge_unusual(school=cast.school, place=place, verdict="asked", note="Gevraagd.", by=cast.fg)
    with acting(SYSTEM):
        about = {"about": cast.teacher.pk, "on": untied, "verdict": "none", "judged_by": cast.fg}
        kept(LookVerdict(school=cast.school, event=uuid.uuid4(), dossier=trajectory.pk, **about))
    for user, seen in ((cast.fg, 2), (cast.director, 1), (cast.excluded, 1), (cast.coordinator, 0)):
        with acting(user.pk):
            assert LookVerdict.objects.count() == seen
    with acting(cast.director.pk):
        assert verdicts(cast.school, [], cast.director) == {}


def test_the_page_asks_a_constant_number_of_questions(cast, looks, untied, sign_in, own_queries):
    client = sign_in(cast.director)
    client.post(PAGE, {"school": cast.school.pk})
    client.get(PAGE)
    with own_queries() as asked:
        client.get(PAGE)

    assert len(asked) <= 15
