"""A CLB day: a group of known children only, the others apart; and an agenda that names nobody (R48, R54)."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from accounts.actions import saved
from accounts.wall import SYSTEM, acting
from cases.actions.files import take_over_trajectory
from cases.actions.school import level_of
from cases.models import Entry
from cases.names import find_names
from cases.today import tasks
from consent.actions import (
    cancel_day,
    end_engagement,
    free_place,
    place_case,
    plan_day,
    record_choice,
    record_outcomes,
)
from consent.days import day_page, guided_day, heading_of_outcomes
from consent.models import ClbDay, ClbPlace
from tests.conftest import TODAY, make_guardian, make_pupil
from tests.steps import at_level, engaged, fresh, prepared, refused

pytestmark = pytest.mark.django_db

NEXT_WEEK = TODAY + timedelta(days=7)
NAMES = ["Emma", "Kaya", "Yara", "Bos", "E.K.", "Y.B."]


@pytest.fixture
def known(cast):
    """Emma, whom the expert may know."""
    return engaged(cast, at_level(cast, 2), says="known")


@pytest.fixture
def nameless(cast):
    """Yara, whom the same expert may not know."""
    with acting(SYSTEM):
        pupil = make_pupil(cast.school, cast.group, "Yara", "Bos")
        make_guardian(pupil, "Ruth", "Bos")
    with acting(cast.coordinator.pk):
        case = take_over_trajectory(
            pupil=pupil, question="Hoe praat zij?", level=level_of(cast.school, 2), because="liep al",
            by=cast.coordinator, on=TODAY,
        )  # fmt: skip
    return engaged(cast, case, says="anonymous", question="Hoe help ik in de kring?")


@pytest.fixture
def day(cast):
    """A day of the expert, next week."""
    with acting(cast.coordinator.pk):
        return plan_day(school=cast.school, expert=cast.expert, held_on=NEXT_WEEK, by=cast.coordinator, on=TODAY)


def place(cast, day, *engagements):
    """Put these on the day."""
    with acting(cast.coordinator.pk):
        return [place_case(day=day, engagement=fresh(row), by=cast.coordinator, on=TODAY) for row in engagements]


def shown(cast, day, who="coordinator", **how):
    """The day as somebody of the school reads it."""
    user = getattr(cast, who)
    with acting(user.pk):
        row = ClbDay.objects.for_user(user).select_related("school", "expert__expert").get(pk=day.pk)
        return day_page(row, user=user, **how)


def children(lines):
    """Whom these lines are about."""
    return [line.child for line in lines]


# --- planning


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"held_on": TODAY - timedelta(days=1)}, "past"), ({"held_on": NEXT_WEEK}, "day_twice")],
)
def test_a_day_is_yet_to_come_and_planned_once(fields, code, cast, day):
    with acting(cast.coordinator.pk), refused(code):
        plan_day(school=cast.school, expert=cast.expert, by=cast.coordinator, on=TODAY, **fields)


def test_only_an_expert_of_this_school_comes(cast):
    with acting(cast.stranger.pk), refused("not_of_this_school"):
        plan_day(school=cast.other_school, expert=cast.expert, held_on=NEXT_WEEK, by=cast.stranger, on=TODAY)


def test_after_a_day_is_called_off_it_can_be_planned_again(cast, day):
    with acting(cast.coordinator.pk):
        cancel_day(day=day, by=cast.coordinator, on=TODAY)
        again = plan_day(school=cast.school, expert=cast.expert, held_on=NEXT_WEEK, by=cast.coordinator, on=TODAY)
        with refused("cancelled"):
            cancel_day(day=day, by=cast.coordinator, on=TODAY)

    assert again.pk != day.pk


# --- the group


def test_known_children_stand_in_the_group_and_the_others_apart(cast, day, known, nameless):
    rows = place(cast, day, known, nameless)

    assert [row.in_group for row in rows] == [True, False]
    page = shown(cast, day)
    assert (children(page.known), children(page.nameless)) == (["Emma Kaya"], ["Yara Bos"])
    assert (page.known[0].short, page.nameless[0].short) == ("E.K.", nameless.case_code)


def test_the_model_refuses_an_anonymous_child_in_the_group(cast, day, nameless):
    with acting(cast.coordinator.pk):
        row = ClbPlace(
            school=cast.school, trajectory_id=nameless.trajectory_id, day=day, engagement=fresh(nameless), in_group=True
        )
        with refused("anonymous_in_group"):
            saved(row, by=cast.coordinator, why="placed")


def test_a_child_that_turns_anonymous_stands_apart_at_once(cast, day, known):
    place(cast, day, known)
    with acting(cast.coordinator.pk):
        choice = known.choices.get()
        record_choice(choice=choice, answer="anonymous", how="phone", by=cast.coordinator, on=TODAY)
        assert ClbPlace.objects.get().in_group, "what was stored is not what counts"

    page = shown(cast, day)
    assert (children(page.known), [line.code for line in page.nameless]) == ([], [known.case_code])
    with acting(cast.expert.pk):
        theirs = guided_day(the_day(day), user=cast.expert)
    assert (children(theirs.known), children(theirs.nameless)) == ([], [known.alias])


def test_who_got_gezag_since_keeps_the_child_out_of_the_group(cast, day, known):
    with acting(cast.coordinator.pk):
        make_guardian(cast.pupil, "Bilal", "Demir", "de heer", street="Kerkweg 3")

    assert [row.in_group for row in place(cast, day, known)] == [False]


def test_only_what_runs_until_that_day_is_put_on_it(cast, day):
    case = at_level(cast, 2)
    waiting = prepared(cast, case)
    short = engaged(cast, case, until=NEXT_WEEK - timedelta(days=1))
    other = engaged(cast, case, expert=cast.blind_expert)

    for engagement, code in ((waiting, "not_running"), (short, "not_running"), (other, "other_expert")):
        with refused(code):
            place(cast, day, engagement)


def test_after_the_end_a_child_is_off_the_agenda(cast, day, known, nameless):
    place(cast, day, known, nameless)
    with acting(cast.coordinator.pk):
        end_engagement(engagement=fresh(known), by=cast.coordinator, on=TODAY)

    page = shown(cast, day)
    assert (children(page.known), children(page.nameless), children(page.gone)) == ([], ["Yara Bos"], [])


def test_a_child_is_taken_off_and_put_on_again(cast, day, known):
    (row,) = place(cast, day, known)
    with acting(cast.coordinator.pk):
        free_place(place=row, by=cast.coordinator, on=TODAY)
    assert shown(cast, day).known == ()

    place(cast, day, known)
    assert children(shown(cast, day).known) == ["Emma Kaya"]


# --- pages


def the_day(day):
    """The day, with what its page needs."""
    return ClbDay.objects.select_related("school", "expert__expert").get(pk=day.pk)


def test_one_click_puts_all_that_runs_on_the_agenda(cast, day, known, nameless, sign_in):
    client = sign_in(cast.coordinator)
    address = reverse("consent:day_detail", args=[day.pk])
    assert "Zet alle lopende begeleidingen op de agenda" in client.get(address).text

    page = client.post(reverse("consent:day_place", args=[day.pk]), follow=True)

    assert "Alles wat met deze expert loopt, staat op de agenda." in page.text
    assert children(page.context["day"].known) == ["Emma Kaya"]
    assert children(page.context["day"].nameless) == ["Yara Bos"]


def test_one_is_added_and_taken_off_by_its_own_button(cast, day, known, nameless, sign_in):
    client = sign_in(cast.coordinator)
    client.post(reverse("consent:day_place", args=[day.pk]), {"begeleiding": str(nameless.pk)})
    (line,) = shown(cast, day).nameless
    assert shown(cast, day).known == ()

    client.post(reverse("consent:day_free", args=[day.pk]), {"plaats": str(line.place)})

    assert shown(cast, day).nameless == ()


def test_a_day_is_planned_on_its_page(cast, sign_in):
    client = sign_in(cast.coordinator)
    address = reverse("consent:day_plan")
    key = f"{cast.school.pk}:{cast.expert.pk}"

    assert client.post(address, {"place": key, "held_on": "1-1-2020"}).status_code == 422
    page = client.post(address, {"place": key, "held_on": "1-12-2026"}, follow=True)
    assert "CLB-dag 1 december 2026" in page.text
    assert client.post(address, {"place": key, "held_on": "1-12-2026"}).context["form"].errors["held_on"]
    assert "1 december 2026" in client.get(reverse("consent:day_list")).text


def test_a_teacher_finds_on_the_day_the_own_pupils_alone(cast, day, known, nameless, sign_in):
    place(cast, day, known, nameless)

    page = sign_in(cast.colleague).get(reverse("consent:day_detail", args=[day.pk]))
    assert page.status_code == 200
    assert not any(name in page.text for name in NAMES)
    assert children(shown(cast, day, "teacher").known) == ["Emma Kaya"]
    assert children(shown(cast, day, "excluded").nameless) == ["Yara Bos"]
    assert shown(cast, day, "excluded", offers=True).known == ()


def test_the_expert_reads_known_children_by_name_and_the_others_by_alias_and_code(cast, day, known, nameless, sign_in):
    place(cast, day, known, nameless)

    page = sign_in(cast.expert).get(reverse("consent:guided_day", args=[day.pk])).text

    assert "Emma Kaya" in page
    assert nameless.alias in page
    assert nameless.case_code in page
    assert not any(word in page for word in ("Yara", "Bos", "Y.B.", "Vlinders"))


@pytest.mark.parametrize("who", ["stranger", "blind_expert", "ended_expert", "coordinator", "auditor"])
def test_the_day_of_an_expert_is_that_expert_s_alone(who, cast, day, known, sign_in):
    place(cast, day, known)

    assert sign_in(getattr(cast, who)).get(reverse("consent:guided_day", args=[day.pk])).status_code == 404


def test_a_day_that_was_called_off_is_gone_for_the_expert(cast, day, known, sign_in):
    place(cast, day, known)
    sign_in(cast.coordinator).post(reverse("consent:day_cancel", args=[day.pk]))

    assert sign_in(cast.expert).get(reverse("consent:guided_day", args=[day.pk])).status_code == 404


@pytest.mark.parametrize("name", ["consent:day_detail", "consent:guided_day"])
def test_the_page_of_a_day_asks_as_much_for_one_child_as_for_more(
    name, cast, day, known, nameless, sign_in, own_queries
):
    client = sign_in(cast.expert if name == "consent:guided_day" else cast.coordinator)
    asked = []
    for engagement in (known, nameless):
        place(cast, day, engagement)
        with own_queries() as queries:
            assert client.get(reverse(name, args=[day.pk])).status_code == 200
        asked.append(len(queries))

    assert asked[1] <= 15
    assert asked[1] - asked[0] <= 1  # a first child without a name reads nothing that the second does again


# --- the agenda


def test_the_agenda_names_nobody_in_text_title_and_file_name(cast, day, known, nameless, sign_in):
    place(cast, day, known, nameless)

    answer = sign_in(cast.coordinator).get(reverse("letters:agenda_pdf", args=[day.pk]))
    paper = PdfReader(BytesIO(answer.content))
    text = " ".join(page.extract_text() for page in paper.pages)

    assert answer["Content-Disposition"] == 'attachment; filename="agenda-2026-12-01.pdf"'
    assert paper.metadata.title == "Agenda CLB-dag 01-12-2026"
    assert not find_names(text, ["Emma", "Kaya", "Yara", "Bos", "Y.B."])
    for words in ("E.K.", nameless.alias, nameless.case_code, "Hoe help ik in de kring?"):
        assert words in text


def test_the_agenda_is_made_by_who_leads_the_school_alone(cast, day, sign_in):
    address = reverse("letters:agenda_pdf", args=[day.pk])

    assert [sign_in(user).get(address).status_code for user in (cast.teacher, cast.stranger, cast.expert)] == [
        403, 404, 404,
    ]  # fmt: skip


# --- Vandaag, and afterwards


@pytest.mark.parametrize(("days", "is_told"), [(0, True), (7, True), (8, False)])
def test_who_leads_is_told_of_a_day_within_a_week(days, is_told, cast):
    with acting(cast.coordinator.pk):
        plan_day(
            school=cast.school, expert=cast.expert, held_on=TODAY + timedelta(days=days), by=cast.coordinator, on=TODAY
        )
        found = [task.kind for task in tasks(cast.coordinator, TODAY)]
    with acting(cast.teacher.pk):
        teachers = [task.kind for task in tasks(cast.teacher, TODAY)]

    assert ("clb_day" in found) == is_told
    assert "clb_day" not in teachers


def test_afterwards_one_screen_writes_a_note_for_each_child(cast, day, known, nameless, sign_in, frozen_clock):
    rows = place(cast, day, known, nameless)
    with acting(cast.coordinator.pk), refused("not_yet"):
        record_outcomes(
            day=day, outcomes=[(rows[0], "x")], heading=heading_of_outcomes(cast.school.pk), by=cast.coordinator,
            on=TODAY,
        )  # fmt: skip
    frozen_clock.move_to(f"{NEXT_WEEK.isoformat()}T16:00:00+01:00")

    page = sign_in(cast.coordinator).post(
        reverse("consent:day_outcomes", args=[day.pk]), {f"child_{rows[0].pk.hex}": "Begin met een som samen."}
    )

    assert page.status_code == 302
    with acting(cast.coordinator.pk):
        note = Entry.objects.select_related("heading").get()
        assert (note.trajectory_id, note.text, note.observed_on) == (
            known.trajectory_id, "Begin met een som samen.", NEXT_WEEK,
        )  # fmt: skip
        assert note.heading.name == "CLB"
