"""The parents' choice: what answers come to, when an expert may begin, and that nothing opens more than they allow."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.actions import add_holiday, create_expert, saved
from accounts.wall import SYSTEM, acting
from cases.access import Reading, Sheet
from cases.actions.files import close_trajectory, reopen_trajectory
from cases.actions.papers import add_document, add_entry
from cases.actions.people import create_group, end_guardianship
from cases.models import (
    Conversation,
    Entry,
    Guardian,
    Heading,
    KeptFile,
    LeftOutItem,
    Pupil,
    SharedItem,
    Trajectory,
    TrajectoryGrant,
)
from cases.uploads import Accepted
from consent.actions import (
    accept_arrangement,
    adopt_old_letter,
    ask_choices,
    cancel_engagement,
    close_part,
    end_engagement,
    end_of_school_year,
    leave_out,
    newest_arrangement,
    offer_arrangement,
    record_choice,
    record_consultation,
    share_item,
    start_engagement,
    suggest_alias,
    withdraw_choice,
)
from consent.grants import allowed
from consent.models import Acceptance, Engagement, EngagementPart, Outcome, ParentChoice
from tests.conftest import LONG_AGO, TODAY, make_guardian, make_pupil
from tests.steps import answer, ask, at_level, engaged, fresh, prepared, refused

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
NAMES = ("Emma", "emma's", "Kaya", "Ayse", "E.K.")


@pytest.fixture
def case(cast):
    """Emma's case at the level of the expert."""
    return at_level(cast, 2)


@pytest.fixture
def father(cast):
    """A second parent with gezag, at an address of his own."""
    with acting(SYSTEM):
        return make_guardian(cast.pupil, "Bilal", "Demir", "de heer", street="Kerkweg 3").guardian


def marked(user, case):
    """The mark with which this reader sees the case, or None. To be asked while the reader acts."""
    return Trajectory.objects.for_user(user).filter(pk=case.pk).values_list("reading", flat=True).first()


def reading_of(user, case):
    """How this reader sees the case, or None. A pupil's row is there for who knows the child, and no row inside."""
    with acting(user.pk):
        reading = marked(user, case)
        assert Pupil.objects.filter(pk=case.pupil_id).exists() == (reading == Reading.DOSSIER)
        for model in (Guardian, Conversation, KeptFile, Engagement, ParentChoice):
            assert not model.objects.exists(), model
    return reading


def grants_are_settled(case):
    """Whether the grants of this case are what answers and engagements come to."""
    with acting(SYSTEM):
        standing = {row.user_id: row for row in TrajectoryGrant.objects.filter(content_object=case)}
        wanted = allowed(fresh(case), TODAY)
        return standing.keys() == wanted.keys() and all(
            all(getattr(standing[reader], name) == value for name, value in fields.items())
            and {row.heading_id: row.from_on for row in standing[reader].headings.all()} == headings
            for reader, (fields, headings) in wanted.items()
        )


def choices_of(cast, engagement):
    """The choices of an engagement by the first name of who was asked; "" is the pupil."""
    with acting(cast.coordinator.pk):
        rows = engagement.choices.select_related("guardian")
        return {row.guardian.first_name if row.guardian else "": row for row in rows}


# What the answers come to: the table

A, B, TALK, OBJECTS, SILENT = "anonymous", "known", "talk_first", "objects", ""
BOTH = "known for both"
BEFORE, ON_THE_DAY, AFTER = -1, 0, 1

TABLE = [  # mother, father, the term (of letters at two addresses, unless both had one letter), what it comes to
    (A, A, BEFORE, Outcome.ANONYMOUS),
    (A, B, BEFORE, Outcome.ANONYMOUS),
    (A, SILENT, BEFORE, Outcome.ANONYMOUS),
    (A, SILENT, AFTER, Outcome.ANONYMOUS),
    (B, B, BEFORE, Outcome.KNOWN),
    (B, B, AFTER, Outcome.KNOWN),
    (B, SILENT, BEFORE, Outcome.WAITING),
    (B, SILENT, ON_THE_DAY, Outcome.WAITING),
    (B, SILENT, AFTER, Outcome.SILENT),
    (SILENT, SILENT, BEFORE, Outcome.WAITING),
    (SILENT, SILENT, AFTER, Outcome.SILENT),
    (TALK, SILENT, BEFORE, Outcome.TALK),
    (TALK, SILENT, AFTER, Outcome.TALK),
    (TALK, A, BEFORE, Outcome.TALK),
    (TALK, B, AFTER, Outcome.TALK),
    (OBJECTS, SILENT, BEFORE, Outcome.OBJECTS),
    (OBJECTS, A, BEFORE, Outcome.OBJECTS),
    (OBJECTS, B, AFTER, Outcome.OBJECTS),
    (OBJECTS, TALK, BEFORE, Outcome.OBJECTS),
    (BOTH, SILENT, BEFORE, Outcome.WAITING),
    (BOTH, SILENT, AFTER, Outcome.SILENT),
]
ONE_LETTER = [  # the same, of one letter to both at one address
    (BOTH, SILENT, BEFORE, Outcome.KNOWN),
    (BOTH, SILENT, AFTER, Outcome.KNOWN),
    (BOTH, A, BEFORE, Outcome.ANONYMOUS),
    (BOTH, TALK, BEFORE, Outcome.TALK),
    (BOTH, OBJECTS, BEFORE, Outcome.OBJECTS),
    (B, SILENT, BEFORE, Outcome.WAITING),
    (B, SILENT, AFTER, Outcome.SILENT),
]
EACH = [(*row, True) for row in ONE_LETTER] + [(*row, False) for row in TABLE]
READINGS = {Outcome.KNOWN: Reading.DOSSIER, Outcome.OBJECTS: None}  # all else, once it runs: without a name


@pytest.mark.parametrize(("mother", "father", "when", "outcome", "shares_letter"), EACH)
def test_what_two_answers_come_to(mother, father, when, outcome, shares_letter):
    engagement = Engagement(asked_on=YESTERDAY, started_on=YESTERDAY, until=TOMORROW + timedelta(days=9))
    engagement._prefetched_objects_cache = {
        "choices": [
            ParentChoice(
                choice=says.removesuffix(" for both"),
                for_both=says == BOTH,
                letter_of="B-1" if shares_letter else f"B-{number}",
                asked_on=YESTERDAY,
                due_on=TODAY,
            )
            for number, says in enumerate((mother, father))
        ]
    }
    day = TODAY + timedelta(days=when)

    assert engagement.outcome(day) == outcome
    assert engagement.reading(day) == READINGS.get(outcome, Reading.ANONYMOUS)


def test_the_expert_sees_what_the_table_says_after_every_answer(cast, case, father):
    engagement = engaged(cast, case, says=A)
    rows = choices_of(cast, engagement)

    for mother, his, _when, outcome in TABLE:
        if _when != BEFORE:
            continue
        for choice, says in ((rows["Ayse"], mother), (rows["Bilal"], his)):
            if says == SILENT:
                with acting(cast.coordinator.pk):
                    withdraw_choice(choice=choice, by=cast.coordinator)
            else:
                answer(cast, choice, says.removesuffix(" for both"), for_both=says == BOTH)
        assert reading_of(cast.expert, case) == READINGS.get(outcome, Reading.ANONYMOUS), (mother, his)
        assert grants_are_settled(case)


def test_nobody_asked_comes_to_nothing(cast, case):
    engagement = prepared(cast, case)

    with acting(cast.coordinator.pk):
        assert engagement.outcome(TODAY) == Outcome.NOT_ASKED


def test_the_state_of_a_guidance_follows_from_what_was_done_and_answered(cast, case):
    def state():
        with acting(cast.coordinator.pk):
            return fresh(engagement).state(TODAY)

    engagement = prepared(cast, case)
    states = [state()]
    (choice,) = ask(cast, engagement)
    states.append(state())
    answer(cast, choice, TALK)
    states.append(state())
    answer(cast, choice, B)
    states.append(state())
    with acting(cast.coordinator.pk):
        start_engagement(engagement=fresh(engagement), by=cast.coordinator, on=TODAY)
        states.append(state())
        end_engagement(engagement=fresh(engagement), by=cast.coordinator, on=TODAY)
        states.append(state())
        given_up = prepared(cast, case)
        cancel_engagement(engagement=given_up, by=cast.coordinator, on=TODAY)

    assert states == ["prepared", "waiting", "talk", "known", "active", "closed"]
    assert given_up.state(TODAY) == "cancelled"


# Asking


@pytest.mark.parametrize(
    ("asked_on", "due_on"),
    [
        (TODAY, date(2026, 12, 8)),
        (date(2026, 11, 21), date(2026, 12, 7)),  # a Saturday: the Monday after
        (date(2026, 12, 15), date(2027, 1, 14)),  # three days before the holiday, eleven after
        (
            date(2026, 12, 22),
            date(2027, 1, 18),
        ),  # counts from the first day of school; ends on a Sunday
    ],
)
def test_the_term_skips_holidays_and_ends_on_a_school_day(asked_on, due_on, cast, case):
    with acting(SYSTEM):
        add_holiday(school=cast.school, name="Kerst", from_on=date(2026, 12, 19), until_on=date(2027, 1, 3), by=SYSTEM)

    (choice,) = ask(cast, prepared(cast, case), on=asked_on)

    assert choice.due_on == due_on


def test_everyone_with_gezag_gets_the_letter(cast, case, father):
    engagement = prepared(cast, case)

    with acting(cast.coordinator.pk), refused("somebody_left_out"):
        ask_choices(engagement=engagement, letters={father: "B-1"}, by=cast.coordinator, on=TODAY)
    rows = ask(cast, engagement)

    assert {row.guardian for row in rows} == {father, cast.mother.guardian}
    assert len({row.letter_of for row in rows}) == 2


def test_without_anyone_with_gezag_nobody_can_be_asked(cast, case):
    with acting(cast.coordinator.pk):
        end_guardianship(guardianship=cast.mother, on=YESTERDAY, by=cast.coordinator)
    engagement = prepared(cast, case)

    with refused("nobody_to_ask"):
        ask(cast, engagement)


def test_one_person_is_asked_once_for_one_guidance(cast, case):
    engagement = prepared(cast, case)
    ask(cast, engagement)
    again = ParentChoice(
        school=cast.school, trajectory=case, engagement=engagement, guardian=cast.mother.guardian, asked_on=TODAY
    )

    with acting(cast.coordinator.pk), pytest.raises(ValidationError):
        saved(again, by=cast.coordinator, why="asked")


def test_an_answer_says_when_and_how_it_came_in(cast, case):
    (choice,) = ask(cast, prepared(cast, case))
    choice.choice = A

    with acting(cast.coordinator.pk), refused("how_missing"):
        saved(choice, by=cast.coordinator, why="answered")


def test_an_answer_to_a_guidance_that_has_ended_is_refused(cast, case):
    running = engaged(cast, case)
    with acting(cast.coordinator.pk):
        end_engagement(engagement=running, by=cast.coordinator, on=TODAY)
    given_up = prepared(cast, case)
    (choice,) = ask(cast, given_up)
    with acting(cast.coordinator.pk):
        cancel_engagement(engagement=fresh(given_up), by=cast.coordinator, on=TODAY)
        rows = [fresh(choice), running.choices.get()]

    for row in rows:
        with refused("ended"):
            answer(cast, row, B)


def test_what_a_parent_lets_be_shared_without_a_name_names_nobody(cast, case):
    (choice,) = ask(cast, prepared(cast, case))

    with refused("names_child"):
        answer(cast, choice, A, items="de toetsen van Emma")


def test_nothing_is_ticked_beforehand_and_the_picker_asks_back(cast, case, sign_in):
    page = sign_in(cast.coordinator).get(reverse("consent:engagement_prepare", args=[case.pk]))

    parts = page.context["form"]["parts"]
    assert parts.field.queryset.count() == 6  # what parents signed for others never opens
    assert not parts.value()
    assert str(parts.help_text) in page.text
    assert not prepared(cast, case).parts.exists()


def test_an_answer_is_not_older_than_the_letter(cast, case):
    (choice,) = ask(cast, prepared(cast, case))

    with refused("before_the_letter"):
        answer(cast, choice, B, on=YESTERDAY)
    assert answer(cast, choice, B, on=TODAY).choice == B


def test_what_belongs_to_the_other_answer_is_not_kept(cast, case):
    (choice,) = ask(cast, prepared(cast, case))

    choice = answer(cast, choice, A, class_visit="class", items="de toetsen", observe=True)
    assert (choice.class_visit, choice.items, choice.observe) == ("class", "de toetsen", None)

    choice = answer(cast, choice, B, class_visit="class", items="de toetsen", observe=True)
    assert (choice.class_visit, choice.items, choice.observe) == ("", None, True)


def old_paper(cast, case):
    """A paper in the file."""
    with acting(cast.coordinator.pk):
        return add_document(
            trajectory=case,
            heading=Heading.objects.filter(school=cast.school).first(),
            title="Oude brief",
            received_on=LONG_AGO,
            accepted=Accepted(b"%PDF-", "application/pdf"),
            by=cast.coordinator,
        )


def test_an_answer_on_an_old_letter_brings_its_scan(cast, case):
    engagement, paper = prepared(cast, case), old_paper(cast, case)
    with acting(cast.coordinator.pk):
        (choice,) = adopt_old_letter(engagement=engagement, document=paper, by=cast.coordinator, on=LONG_AGO)

    with refused("scan_missing"):
        answer(cast, choice, B, how="old_letter")
    assert answer(cast, choice, B, how="old_letter", on=LONG_AGO, scan=paper).choice == B


def test_an_old_letter_of_another_case_does_not_count(cast, case):
    engagement, paper = prepared(cast, case), old_paper(cast, at_level(cast, 2))

    with acting(cast.coordinator.pk), refused("other_case"):
        adopt_old_letter(engagement=engagement, document=paper, by=cast.coordinator, on=LONG_AGO)


@pytest.mark.parametrize(("street", "outcome"), [("Kerkweg 3", "waiting"), ("Dorpsstraat 12", "known")])
def test_on_an_old_letter_too_only_who_lives_at_one_address_answers_for_both(street, outcome, cast, case):
    with acting(SYSTEM):
        make_guardian(cast.pupil, "Bilal", "Demir", "de heer", street=street)
    engagement, paper = prepared(cast, case), old_paper(cast, case)
    with acting(cast.coordinator.pk):
        adopt_old_letter(engagement=engagement, document=paper, by=cast.coordinator, on=TODAY)

    answer(cast, choices_of(cast, engagement)["Ayse"], B, for_both=True)

    with acting(cast.coordinator.pk):
        assert fresh(engagement).outcome(TODAY) == outcome


# The naamcontrole


@pytest.mark.parametrize("field", ["question", "items", "alias"])
@pytest.mark.parametrize("name", NAMES)
def test_what_may_reach_a_reader_of_an_anonymous_child_names_nobody(field, name, cast, case):
    with pytest.raises(ValidationError) as refusal:
        prepared(cast, case, **{field: f"Hoe helpt {name} bij rekenen?"})

    (found,) = refusal.value.error_dict[field]
    assert found.code == "names_child"
    assert name.removesuffix("'s") in found.message
    with acting(cast.coordinator.pk):
        assert not Engagement.objects.exists()


def test_an_alias_is_narrow_only_where_five_children_fit(cast):
    with acting(SYSTEM):
        boy = make_pupil(cast.school, cast.group, "Can", "Yilmaz", sex="boy")
        small = create_group(school=cast.school, name="Bijen", year="7", school_year="2026-2027", by=SYSTEM)
        alone = make_pupil(cast.school, small, "Dilan", "Smit", year="7")
        aliases = [suggest_alias(pupil, on=TODAY) for pupil in (cast.pupil, boy, alone)]

    assert aliases == [
        ("een meisje uit groep 5", 6),
        ("een leerling uit groep 5", 7),
        ("een leerling uit de bovenbouw", 1),
    ]
    assert all("Vlinders" not in alias for alias, _fits in aliases)


# When an expert may begin


@pytest.mark.parametrize("says", [None, TALK, OBJECTS])
def test_the_expert_begins_after_the_answer(says, cast, case):
    engagement = prepared(cast, case)
    with acting(cast.coordinator.pk), refused("no_answer"):
        start_engagement(engagement=fresh(engagement), by=cast.coordinator, on=TODAY)
    (choice,) = ask(cast, engagement)
    if says:
        answer(cast, choice, says)

    with acting(cast.coordinator.pk), refused("no_answer"):
        start_engagement(engagement=fresh(engagement), by=cast.coordinator, on=TODAY)
    assert reading_of(cast.expert, case) is None


def test_a_guidance_starts_only_after_parents_were_asked(cast, case):
    engagement = prepared(cast, case)
    engagement.started_on = TODAY

    with acting(cast.coordinator.pk), refused("not_asked"):
        saved(engagement, by=cast.coordinator, why="started")


def test_a_guidance_begins_once_and_is_ended_or_given_up(cast, case):
    engagement = prepared(cast, case)
    with acting(cast.coordinator.pk), refused("not_started"):
        end_engagement(engagement=engagement, by=cast.coordinator, on=TODAY)
    running = engaged(cast, case)

    with acting(cast.coordinator.pk):
        with refused("started"):
            start_engagement(engagement=running, by=cast.coordinator, on=TODAY)
        with refused("started"):
            cancel_engagement(engagement=running, by=cast.coordinator, on=TODAY)
        end_engagement(engagement=running, by=cast.coordinator, on=TODAY)
        with refused("ended"):
            start_engagement(engagement=_unstarted(running), by=cast.coordinator, on=TODAY)


def _unstarted(engagement):
    """The same guidance as somebody saw it who had the page open since before it began."""
    engagement.started_on = None
    return engagement


@pytest.mark.parametrize(("says", "reading"), [(A, Reading.ANONYMOUS), (B, Reading.DOSSIER)])
def test_the_expert_sees_nothing_before_the_start_nor_after_the_last_day(says, reading, cast, case, frozen_clock):
    engagement = prepared(cast, case, until=TOMORROW)
    (choice,) = ask(cast, engagement)
    answer(cast, choice, says)
    seen = [reading_of(cast.expert, case)]
    with acting(cast.coordinator.pk):
        start_engagement(engagement=fresh(engagement), by=cast.coordinator, on=TODAY)
    seen.append(reading_of(cast.expert, case))
    for day in (TOMORROW, TOMORROW + timedelta(days=1)):
        frozen_clock.move_to(f"{day.isoformat()}T10:10:00+01:00")
        seen.append(reading_of(cast.expert, case))

    assert seen == [None, reading, reading, None]


def test_after_the_end_the_expert_sees_nothing_at_once(cast, case):
    engagement = engaged(cast, case)
    assert reading_of(cast.expert, case) == Reading.DOSSIER

    with acting(cast.coordinator.pk):
        end_engagement(engagement=engagement, by=cast.coordinator, on=TODAY)

    assert reading_of(cast.expert, case) is None
    assert grants_are_settled(case)


def test_a_guidance_runs_until_the_last_day_of_school_unless_said_otherwise(cast, case):
    assert prepared(cast, case).until == date(2027, 7, 31)
    with acting(SYSTEM):
        add_holiday(school=cast.school, name="Zomer", from_on=date(2027, 7, 17), until_on=date(2027, 8, 29), by=SYSTEM)
        assert end_of_school_year(cast.school.pk, TODAY) == date(2027, 7, 16)
        assert end_of_school_year(cast.school.pk, date(2027, 7, 15)) == date(2027, 7, 16)
        assert end_of_school_year(cast.school.pk, date(2027, 7, 20)) == date(2028, 7, 31)


def test_an_anonymous_child_is_an_alias_and_a_code_to_the_expert(cast, case):
    engagement = engaged(cast, case, says=A, alias="een meisje uit groep 5")

    with acting(cast.expert.pk):
        sheet = Sheet.of(Trajectory.objects.for_user(cast.expert).select_related("level").get())

    assert (sheet.child, sheet.short) == ("een meisje uit groep 5", engagement.case_code)
    assert (sheet.question, sheet.shows_dossier) == ("Welke uitleg past bij rekenen?", False)


# A change of mind


def test_from_known_to_anonymous_closes_the_file_in_the_same_transaction(cast, case):
    engagement = engaged(cast, case)
    choice = choices_of(cast, engagement)["Ayse"]

    with transaction.atomic():
        answer(cast, choice, A)
        assert reading_of(cast.expert, case) == Reading.ANONYMOUS
        assert grants_are_settled(case)


@pytest.mark.parametrize(("says", "reading"), [(TALK, Reading.ANONYMOUS), (OBJECTS, None)])
def test_any_other_second_thought_closes_the_file_too(says, reading, cast, case):
    engagement = engaged(cast, case)

    answer(cast, choices_of(cast, engagement)["Ayse"], says)

    assert reading_of(cast.expert, case) == reading


def test_taking_an_answer_back_closes_the_file_in_the_same_transaction(cast, case):
    engagement = engaged(cast, case)
    choice = choices_of(cast, engagement)["Ayse"]

    with transaction.atomic(), acting(cast.coordinator.pk):
        withdraw_choice(choice=choice, by=cast.coordinator)
        assert reading_of(cast.expert, case) == Reading.ANONYMOUS

    with acting(cast.coordinator.pk):
        assert [row.choice for row in choice.history.order_by("history_id")] == ["", "known", ""]


def test_from_anonymous_to_known_counts_on_the_same_letter(cast, case):
    engagement = engaged(cast, case, says=A)

    answer(cast, choices_of(cast, engagement)["Ayse"], B)

    assert reading_of(cast.expert, case) == Reading.DOSSIER


def test_who_gets_gezag_after_the_letter_has_not_said_known(cast, case):
    engagement = engaged(cast, case)
    with acting(cast.coordinator.pk):
        father = make_guardian(cast.pupil, "Bilal", "Demir", "de heer", street="Kerkweg 3").guardian

    assert reading_of(cast.expert, case) == Reading.ANONYMOUS
    ask(cast, engagement)
    answer(cast, choices_of(cast, engagement)[father.first_name], B)
    assert reading_of(cast.expert, case) == Reading.DOSSIER


def test_from_16_on_the_answer_of_the_pupil_counts(cast):
    with acting(SYSTEM):
        pupil = make_pupil(cast.school, cast.group, "Dilan", "Smit", born="2010-11-25")
        make_guardian(pupil)
    case = at_level(cast, 2, pupil=pupil)
    engagement = engaged(cast, case)
    with acting(SYSTEM):
        pupil.born = "2010-11-24"
        saved(pupil, by=SYSTEM, why="corrected")

    (choice,) = [row for row in ask(cast, engagement) if row.guardian_id is None]
    assert reading_of(cast.expert, case) == Reading.ANONYMOUS
    answer(cast, choice, B)

    assert reading_of(cast.expert, case) == Reading.DOSSIER


# Experts


def unaccepted_expert(cast, name="new_expert"):
    """An expert to whom the arrangement was offered, and who hasn't accepted it."""
    with acting(SYSTEM):
        user = create_expert(by=SYSTEM, username=name, first_name="Ina", last_name="De Wit", function="orthopedagoog")
        offer_arrangement(arrangement=newest_arrangement(cast.school), expert=user, by=SYSTEM, on=TODAY)
    return user


def test_without_an_accepted_arrangement_an_expert_sees_nothing(cast, case):
    expert = unaccepted_expert(cast)
    engaged(cast, case, expert=expert)
    assert reading_of(expert, case) is None

    with acting(expert.pk):
        accept_arrangement(acceptance=Acceptance.objects.get(user=expert), by=expert, on=TODAY)

    assert reading_of(expert, case) == Reading.DOSSIER
    assert grants_are_settled(case)


def test_nobody_accepts_an_arrangement_for_somebody_else(cast):
    expert = unaccepted_expert(cast)

    with acting(cast.coordinator.pk), refused("not_yours"):
        accept_arrangement(acceptance=Acceptance.objects.get(user=expert), by=cast.coordinator, on=TODAY)


def test_a_second_expert_inherits_nothing(cast, case):
    engaged(cast, case, expert=cast.expert)

    second = prepared(cast, case, expert=cast.blind_expert)
    with acting(cast.coordinator.pk), refused("no_answer"):
        start_engagement(engagement=second, by=cast.coordinator, on=TODAY)
    ask(cast, second)

    assert (reading_of(cast.expert, case), reading_of(cast.blind_expert, case)) == (Reading.DOSSIER, None)


def test_two_experts_of_one_child_each_see_what_was_answered_for_them(cast, case):
    engaged(cast, case, says=B, expert=cast.expert)
    engaged(cast, case, says=A, expert=cast.blind_expert)

    assert reading_of(cast.expert, case) == Reading.DOSSIER
    assert reading_of(cast.blind_expert, case) == Reading.ANONYMOUS


def test_of_two_guidances_by_one_expert_the_stricter_answer_counts(cast, case):
    engaged(cast, case, says=A)
    engaged(cast, case, says=B)

    assert reading_of(cast.expert, case) == Reading.ANONYMOUS


def test_a_case_that_opens_again_shows_what_the_answers_allow(cast, case):
    engagement = engaged(cast, case)
    choice = choices_of(cast, engagement)["Ayse"]
    answer(cast, choice, OBJECTS)
    with acting(cast.coordinator.pk):
        close_trajectory(trajectory=fresh(case), outcome="Klaar.", by=cast.coordinator, on=TODAY)
    answer(cast, choice, B)
    assert reading_of(cast.expert, case) is None

    with acting(cast.coordinator.pk):
        reopen_trajectory(trajectory=fresh(case), by=cast.coordinator, on=TODAY)

    assert grants_are_settled(case)


# Whatever happens, in whatever order

LONG_PAST = TODAY - timedelta(days=60)
ITEMS = ("de toetsen", "wat thuis helpt")
AGREED = {"reason": "De juf kan niet langer wachten.", "school_agrees": True, "expert_agrees": True}


class Deeds(RuleBasedStateMachine):
    """All that people may do with choices, on one child with two parents and three experts; undone afterwards.

    The file holds one note under a heading that opens under B; a second one is left out and let in again.
    """

    def __init__(self, world):
        super().__init__()
        self.world, self.cast, self.case, self.experts = world, world.cast, world.case, world.experts
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def teardown(self):
        """Leave the world as it was."""
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def do(self, deed, **how):
        """Try a deed as the intern begeleider; a rule may refuse it."""
        try:
            with acting(self.cast.coordinator.pk):
                return deed(by=self.cast.coordinator, **how)
        except ValidationError:
            return None

    def one(self, model, number):
        """Some row of this case, or None."""
        with acting(self.cast.coordinator.pk):
            rows = list(model.objects.filter(trajectory=self.case).order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def asked(self, which, *, is_late):
        """A guidance of which the letter is out; with `is_late` its term has passed, and so has the reminder's."""
        parts = [(self.world.heading, LONG_AGO)]
        engagement = prepared(self.cast, self.case, self.experts[which], parts=parts, on=LONG_PAST)
        rows = ask(self.cast, engagement, on=LONG_PAST if is_late else TODAY)
        with acting(self.cast.coordinator.pk):
            for row in rows if is_late else ():
                row.reminded_on = LONG_PAST
                saved(row, by=self.cast.coordinator, why="reminded")
        return engagement, rows

    @initialize(says=st.sampled_from([A, B, TALK, SILENT]), which=st.integers(0, 2))
    def begin(self, says, which):
        """A letter is out; the expert began after the answer, or after a consultation without one, or not yet."""
        engagement, rows = self.asked(which, is_late=says == SILENT)
        for choice in rows if says else ():
            answer(self.cast, choice, says, items=ITEMS[0])
        if says == SILENT:
            self.do(record_consultation, engagement=fresh_as(self.cast, engagement), decision="start", on=TODAY,
                    **AGREED)  # fmt: skip
        self.do(start_engagement, engagement=fresh_as(self.cast, engagement), on=TODAY)

    @rule(which=st.integers(0, 2), is_late=st.booleans())
    def engage(self, which, is_late):
        """Another guidance."""
        self.asked(which, is_late=is_late)

    @rule(
        number=st.integers(0, 5), says=st.sampled_from([A, A, B, B, B, TALK, OBJECTS]), for_both=st.booleans(),
        items=st.sampled_from(["", ITEMS[0], ", ".join(ITEMS)]),
    )  # fmt: skip
    def record(self, number, says, for_both, items):
        """Somebody answers, in time or late."""
        if choice := self.one(ParentChoice, number):
            self.do(record_choice, choice=choice, answer=says, how="slip", on=TODAY, for_both=for_both, items=items)

    @rule(says=st.sampled_from([A, B]))
    def everyone(self, says):
        """Everybody who was asked gives one answer."""
        with acting(self.cast.coordinator.pk):
            rows = list(ParentChoice.objects.filter(trajectory=self.case))
        for choice in rows:
            self.do(record_choice, choice=choice, answer=says, how="slip", on=TODAY, items=ITEMS[0])

    @rule(number=st.integers(0, 5))
    def withdraw(self, number):
        """Somebody takes an answer back."""
        if choice := self.one(ParentChoice, number):
            self.do(withdraw_choice, choice=choice)

    @rule(number=st.integers(0, 3), decision=st.sampled_from(["start", "start", "wait"]))
    def confer(self, number, decision):
        """School and expert confer."""
        if engagement := self.one(Engagement, number):
            until = TOMORROW if decision == "wait" else None
            self.do(record_consultation, engagement=engagement, decision=decision, until=until, on=TODAY, **AGREED)

    @rule(
        number=st.integers(0, 3),
        deed=st.sampled_from([start_engagement, start_engagement, end_engagement, cancel_engagement]),
    )
    def turn(self, number, deed):
        """A guidance begins, ends, or is given up."""
        if engagement := self.one(Engagement, number):
            self.do(deed, engagement=engagement, on=TODAY)

    @rule(number=st.integers(0, 3), title=st.sampled_from(ITEMS))
    def share(self, number, title):
        """A text without a name is shared."""
        if engagement := self.one(Engagement, number):
            self.do(share_item, engagement=engagement, title=title, text="Zij telt.", necessity="Nodig.", on=TODAY)

    @rule(which=st.integers(0, 2), is_out=st.booleans())
    def leave(self, which, is_out):
        """A note is left out for an expert, or let in again."""
        self.do(leave_out, trajectory=self.case, reader=self.experts[which], kind="entry", item=self.world.note.pk,
                is_out=is_out)  # fmt: skip

    @rule(number=st.integers(0, 3))
    def close(self, number):
        """A heading closes."""
        if part := self.one(EngagementPart, number):
            self.do(close_part, part=part)

    @rule(number=st.integers(0, 3))
    def ask_again(self, number):
        """The letter goes out to whoever must answer now."""
        if engagement := self.one(Engagement, number):
            ask(self.cast, engagement)

    @rule()
    def accept(self):
        """The third expert accepts the arrangement."""
        expert = self.experts[2]
        with acting(expert.pk):
            accept_arrangement(acceptance=Acceptance.objects.get(user=expert), by=expert, on=TODAY)

    @rule()
    def close_or_open(self):
        """The case closes, or opens again."""
        with acting(self.cast.coordinator.pk):
            case = fresh(self.case)
        if case.is_closed:
            self.do(reopen_trajectory, trajectory=case, on=TODAY)
        else:
            self.do(close_trajectory, trajectory=case, outcome="Klaar.", on=TODAY)

    @rule()
    def another_parent(self):
        """Somebody else turns out to have gezag."""
        with acting(self.cast.coordinator.pk):
            if self.cast.pupil.guardianships.count() < 4:
                make_guardian(self.cast.pupil, "Cem", "Demir", "de heer", street="Molenpad 9")

    @invariant()
    def nobody_sees_more_than_the_answers_allow(self):
        """Said anew, from the rows alone, for each expert: how the case is seen, which notes, and which texts.

        And what began without an answer was agreed by school and expert.
        """
        seen = [(expert, *self._seen_by(expert)) for expert in self.experts]
        with acting(SYSTEM):
            case = fresh(self.case)
            rows = list(
                Engagement.objects.filter(trajectory=case).prefetch_related("choices", "parts", "consultations")
            )
            left_out = set(LeftOutItem.objects.filter(dropped=False).values_list("reader", "item"))
            for row in rows:
                assert not row.started_without_answer or any(map(both_agreed, row.consultations.all()))
            for expert, reading, notes, texts in seen:
                if reading is None:
                    assert (notes, texts) == (set(), set())
                    continue
                running = [
                    row for row in rows
                    if row.expert_id == expert.pk and row.started_on and not row.ended_on and not row.cancelled_on
                ]  # fmt: skip
                open_to = [row for row in running if OBJECTS not in {choice.choice for choice in row.choices.all()}]
                assert open_to
                assert not case.is_closed
                assert Acceptance.objects.filter(user=expert, accepted_on__isnull=False).exists()
                if reading == Reading.DOSSIER:
                    by_name = [row for row in open_to if everyone_said_known(case.pupil, row)]
                    assert by_name
                    open_parts = any(not part.dropped for row in by_name for part in row.parts.all())
                    assert open_parts or not notes
                    assert not any((expert.pk, note) in left_out for note in notes)
                else:
                    assert not notes
                for title in texts:
                    assert any(everyone_allowed(row, title) for row in open_to)

    def _seen_by(self, expert):
        """The mark with which this expert sees the case, the notes, and the titles of the texts, by the wall alone."""
        with acting(expert.pk):
            reading = marked(expert, self.case)
            notes = set(Entry.objects.values_list("pk", flat=True))
            assert notes == set(Entry.objects.opened_to(expert).values_list("pk", flat=True))
            return reading, notes, {item.title for item in SharedItem.objects.filter(removed_on=None)}

    @invariant()
    def grants_are_what_settling_makes_of_them(self):
        """No deed forgets to settle."""
        assert grants_are_settled(self.case)


def fresh_as(cast, row):
    """The row as it stands now, seen by the intern begeleider."""
    with acting(cast.coordinator.pk):
        return fresh(row)


def both_agreed(row):
    """Whether school and expert both decided to begin without the answer."""
    return row.decision == "start" and row.school_agrees and row.expert_agrees


def everyone_said_known(pupil, engagement):
    """Whether everyone with gezag was asked and said known, or somebody at the same letter did for both."""
    rows = [row for row in engagement.choices.all() if row.asked_on]
    if any(row.choice in (A, TALK, OBJECTS) for row in rows):
        return False
    for_both = {row.letter_of for row in rows if row.choice == B and row.for_both}
    known = {row.guardian_id for row in rows if row.choice == B or row.letter_of in for_both}
    with_gezag = pupil.guardianships.filter(has_authority=True, is_asked=True, until_on=None)
    return set(with_gezag.values_list("guardian_id", flat=True)) <= known


def everyone_allowed(engagement, title):
    """Whether everybody who was asked chose A and let this be shared, or had somebody at the same letter say so."""
    rows = [row for row in engagement.choices.all() if row.asked_on]
    for_both = {row.letter_of for row in rows if row.for_both and title in (row.items or "")}
    return bool(rows) and all(
        (row.choice == A and title in (row.items or "")) or (not row.choice and row.letter_of in for_both)
        for row in rows
    )


def test_no_sequence_of_deeds_opens_more_than_the_answers_allow(cast, case, father):
    third = unaccepted_expert(cast)
    with acting(cast.coordinator.pk):
        heading = Heading.objects.get(school=cast.school, name="Notities")
        note, _other = [
            add_entry(trajectory=case, heading=heading, text="Telt tot tien.", observed_on=TODAY, by=cast.coordinator)
            for _number in range(2)
        ]
    world = SimpleNamespace(
        cast=cast, case=case, experts=[cast.expert, cast.blind_expert, third], heading=heading, note=note
    )

    run_state_machine_as_test(
        lambda: Deeds(world),
        settings=settings(
            max_examples=8, stateful_step_count=12, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
        ),
    )  # fmt: skip
