"""Where a guidance stands and what may be done there: every state against every deed, and who answered what.

The two tables are the rules as people read them (docs/rules.md, decisions 2, 3 and 13). Everything is done by deeds.
"""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.wall import SYSTEM, acting
from cases.access import Reading
from cases.actions.files import close_trajectory
from cases.actions.people import change_guardian
from cases.models import TrajectoryGrant
from consent.actions import (
    cancel_engagement,
    draft_consultation,
    end_engagement,
    record_choice,
    record_consultation,
    start_engagement,
    withdraw_choice,
)
from consent.models import Outcome
from letters import pdf
from letters.actions import issue_parent_letter, issue_reminder
from tests.conftest import TODAY, make_guardian, make_pupil
from tests.consent.test_choices import grants_are_settled, reading_of
from tests.steps import answer, ask, at_level, codes_of, engaged, fresh, prepared, refused

LONG, REMINDED, CONFERRED = (TODAY - timedelta(days=days) for days in (60, 40, 9))
LATER = TODAY + timedelta(days=9)


@pytest.fixture(autouse=True)
def no_press(monkeypatch):
    """Papers are made and not printed: only their days count here."""
    monkeypatch.setattr(pdf, "render", lambda *_: pdf.Rendered(html="", pdf=b"%PDF-", pages=1))


@pytest.fixture
def case(cast):
    """Emma's case at the level of the expert."""
    return at_level(cast, 2)


@pytest.fixture
def father(cast):
    """A second parent with gezag, at an address of his own."""
    with acting(SYSTEM):
        return make_guardian(cast.pupil, "Bilal", "Demir", "de heer", street="Kerkweg 3").guardian


# --- every state, every deed


def as_guide(cast, deed, **how):
    """Do a deed as the intern begeleider."""
    with acting(cast.coordinator.pk):
        return deed(by=cast.coordinator, **how)


def the_choice(cast, engagement):
    """The choice of the only one who was asked."""
    with acting(cast.coordinator.pk):
        return engagement.choices.select_related("engagement", "trajectory__pupil").get()


def begin_words(**held):
    """What is written down when school and expert decide to begin."""
    return {
        "decision": "start", "reason": "Juf Lotte kan niet langer wachten.", "school_agrees": True,
        "expert_agrees": True, "on": TODAY,
    } | held  # fmt: skip


WAIT = {"decision": "wait", "reason": "Moeder is net terug.", "until": LATER, "on": TODAY}


def conferred(cast, engagement, **held):
    """School and expert conferred."""
    return as_guide(cast, record_consultation, engagement=fresh_to(cast, engagement), **held)


def fresh_to(cast, row):
    """The row as the intern begeleider finds it now."""
    with acting(cast.coordinator.pk):
        return fresh(row)


def start(cast, engagement):
    """The expert begins."""
    return as_guide(cast, start_engagement, engagement=fresh_to(cast, engagement), on=TODAY)


def asked(cast, case, on=TODAY):
    """The letter went out on that day."""
    engagement = prepared(cast, case, on=min(on, TODAY))
    ask(cast, engagement, on=on)
    return engagement


def silent(cast, case):
    """The term has passed, and nobody was reminded."""
    return asked(cast, case, LONG)


def reminded(cast, case):
    """The term after the reminder has passed too."""
    engagement = silent(cast, case)
    as_guide(cast, issue_reminder, engagement=fresh_to(cast, engagement), on=REMINDED)
    return engagement


def waiting_longer(cast, case):
    """School and expert decided to wait."""
    engagement = reminded(cast, case)
    conferred(cast, engagement, **(WAIT | {"on": CONFERRED}))
    return engagement


def consulted(cast, case):
    """School and expert decided to begin."""
    engagement = reminded(cast, case)
    conferred(cast, engagement, **begin_words(on=CONFERRED))
    return engagement


def answered(says):
    """Return the way to a guidance of which the parent says this."""

    def way(cast, case):
        engagement = asked(cast, case)
        answer(cast, the_choice(cast, engagement), says)
        return engagement

    return way


def running_without(cast, case):
    """The expert began without an answer."""
    return start(cast, consulted(cast, case))


def running(says):
    """Return the way to a guidance that runs after this answer."""
    return lambda cast, case: engaged(cast, case, says=says)


def closed(cast, case):
    """Ended."""
    return as_guide(cast, end_engagement, engagement=engaged(cast, case), on=TODAY)


def cancelled(cast, case):
    """Given up after the letter."""
    return as_guide(cast, cancel_engagement, engagement=fresh_to(cast, asked(cast, case)), on=TODAY)


def record(says):
    """Return the deed of recording this answer."""
    return lambda choice, by: record_choice(choice=choice, answer=says, how="talk", by=by, on=TODAY)


OF_ENGAGEMENT = {
    "letter": lambda engagement, by: issue_parent_letter(engagement=engagement, by=by, on=TODAY),
    "remind": lambda engagement, by: issue_reminder(engagement=engagement, by=by, on=TODAY),
    "begin": lambda engagement, by: record_consultation(engagement=engagement, by=by, **begin_words()),
    "wait": lambda engagement, by: record_consultation(engagement=engagement, by=by, **WAIT),
    "start": lambda engagement, by: start_engagement(engagement=engagement, by=by, on=TODAY),
    "end": lambda engagement, by: end_engagement(engagement=engagement, by=by, on=TODAY),
    "cancel": lambda engagement, by: cancel_engagement(engagement=engagement, by=by, on=TODAY),
}
OF_CHOICE = {
    "A": record("anonymous"),
    "B": record("known"),
    "talk": record("talk_first"),
    "objects": record("objects"),
    "back": lambda choice, by: withdraw_choice(choice=choice, by=by),
}
WAYS = {
    "prepared": prepared, "waiting": asked, "silent": silent, "reminded": reminded, "waiting longer": waiting_longer,
    "consulted": consulted, "talk": answered("talk_first"), "objects": answered("objects"),
    "anonymous": answered("anonymous"), "known": answered("known"), "active after A": running("anonymous"),
    "active after B": running("known"), "active without": running_without, "closed": closed, "cancelled": cancelled,
}  # fmt: skip
# Of each state: what it is called, and what each deed comes to: the next state, "!" and the code of the refusal, or
# "-" where there is nobody to answer.
DEEDS = ["letter", "remind", "A", "B", "talk", "objects", "back", "begin", "wait", "start", "end", "cancel"]
ANSWERS = "anonymous known talk objects"
STATES = {
    "prepared": f"""prepared: waiting !not_asked {"- " * 5} !not_silent !not_silent !no_answer !not_started
        cancelled""",
    "waiting": f"""waiting: !issued_once waiting {ANSWERS} waiting !not_silent !not_silent !no_answer !not_started
        cancelled""",
    "silent": f"""silent: !issued_once waiting {ANSWERS} silent !not_reminded !not_reminded !not_consulted
        !not_started cancelled""",
    "reminded": f"""silent: !issued_once !once {ANSWERS} silent consulted waiting !not_consulted !not_started
        cancelled""",
    "waiting longer": f"""waiting: !issued_once !once {ANSWERS} waiting !not_silent !not_silent !no_answer !not_started
        cancelled""",
    "consulted": f"""consulted: !issued_once !once {ANSWERS} consulted consulted waiting active !not_started
        cancelled""",
    "talk": f"""talk: !issued_once !talk_first {ANSWERS} waiting !not_silent !not_silent !no_answer !not_started
        cancelled""",
    "objects": f"""objects: !issued_once !objects {ANSWERS} waiting !not_silent !not_silent !no_answer !not_started
        cancelled""",
    "anonymous": f"""anonymous: !issued_once !answered {ANSWERS} waiting !not_silent !not_silent active !not_started
        cancelled""",
    "known": f"""known: !issued_once !answered {ANSWERS} waiting !not_silent !not_silent active !not_started
        cancelled""",
    "active after A": f"active: !issued_once !ended {'active ' * 5} !started !started !started closed !started",
    "active after B": f"active: !issued_once !ended {'active ' * 5} !started !started !started closed !started",
    "active without": f"active: !issued_once !ended {'active ' * 5} !started !started !started closed !started",
    "closed": f"closed: !issued_once {'!ended ' * 11}",
    "cancelled": f"cancelled: !issued_once {'!ended ' * 11}",
}


def comes_to(cast, engagement, deed):
    """Do a deed and take it back. Returns the state it led to, or "!" and the code with which it was refused."""
    choice = the_choice(cast, engagement) if deed in OF_CHOICE else None
    with acting(cast.coordinator.pk), transaction.atomic():
        try:
            if choice:
                OF_CHOICE[deed](choice, cast.coordinator)
            else:
                OF_ENGAGEMENT[deed](fresh(engagement), cast.coordinator)
            came = fresh(engagement).state(TODAY)
        except ValidationError as refusal:
            came = f"!{' '.join(sorted(codes_of(refusal)))}"
        transaction.set_rollback(True)
    return came


@pytest.mark.parametrize("state", STATES)
def test_every_deed_in_every_state_is_done_or_refused(state, cast, case):
    called, _, cells = STATES[state].partition(": ")
    expected = {deed: cell for deed, cell in zip(DEEDS, cells.split(), strict=True) if cell != "-"}
    engagement = WAYS[state](cast, case)

    assert fresh_to(cast, engagement).agreement_to_begin is None or state in ("consulted", "active without")
    with acting(cast.coordinator.pk):
        assert fresh(engagement).state(TODAY) == called
    assert {deed: comes_to(cast, engagement, deed) for deed in expected} == expected


@pytest.mark.parametrize("state", [state for state in STATES if not state.startswith(("active", "closed"))])
def test_nothing_opens_before_the_start(state, cast, case):
    WAYS[state](cast, case)

    assert reading_of(cast.expert, case) is None
    assert grants_are_settled(case)


@pytest.mark.parametrize("state", ["waiting", "consulted", "known"])
def test_nothing_begins_in_a_closed_case(state, cast, case):
    engagement = WAYS[state](cast, case)
    as_guide(cast, close_trajectory, trajectory=fresh_to(cast, case), outcome="Klaar.", on=TODAY)

    with refused("closed"):
        start(cast, engagement)


# --- conferring


def test_begun_without_an_answer_it_runs_flagged_until_the_parents_are_told(cast, case):
    engagement = running_without(cast, case)

    assert engagement.started_without_answer
    assert engagement.runs_untold
    assert not running("known")(cast, case).runs_untold
    engagement.parents_told_on = TODAY
    assert not engagement.runs_untold


@pytest.mark.parametrize(
    ("held", "code"),
    [
        ({"expert_agrees": False}, "not_agreed"),
        ({"school_agrees": False}, "not_agreed"),
        ({"on": REMINDED}, "not_silent"),  # on that day a term still ran
        ({"reason": ""}, "null"),
        (WAIT | {"until": None}, "until_missing"),
        (WAIT | {"until": TODAY}, "not_past"),
    ],
)
def test_what_a_consultation_must_say(held, code, cast, case):
    engagement = reminded(cast, case)

    with refused(code):
        conferred(cast, engagement, **begin_words(**held))
    with acting(cast.coordinator.pk):
        assert not engagement.consultations.exists()


def test_a_draft_of_a_consultation_is_not_saved(cast, case):
    engagement = reminded(cast, case)

    with acting(cast.coordinator.pk):
        draft_consultation(engagement=fresh(engagement), **begin_words())
        assert not engagement.consultations.exists()


def test_to_wait_longer_gives_a_new_term_to_who_is_silent_alone(cast, case, father):
    engagement = silent(cast, case)
    with acting(cast.coordinator.pk):
        rows = {row.guardian_id: row for row in engagement.choices.all()}
    answer(cast, rows[cast.mother.guardian_id], "known")
    as_guide(cast, issue_reminder, engagement=fresh_to(cast, engagement), on=REMINDED)
    conferred(cast, engagement, **WAIT)

    with acting(cast.coordinator.pk):
        assert fresh(rows[father.pk]).due_on == LATER
        assert fresh(rows[cast.mother.guardian_id]).due_on < TODAY
        assert fresh(engagement).state(LATER) == "waiting"
        assert fresh(engagement).state(LATER + timedelta(days=1)) == "silent"


def test_after_waiting_longer_school_and_expert_confer_again(cast, case, frozen_clock):
    engagement = waiting_longer(cast, case)
    day = LATER + timedelta(days=1)
    frozen_clock.move_to(f"{day.isoformat()}T10:10:00+01:00")

    with refused("not_consulted"):
        as_guide(cast, start_engagement, engagement=fresh_to(cast, engagement), on=day)
    conferred(cast, engagement, **begin_words(on=day))
    as_guide(cast, start_engagement, engagement=fresh_to(cast, engagement), on=day)

    assert reading_of(cast.expert, case) == Reading.ANONYMOUS


def test_an_agreement_to_begin_is_void_once_somebody_else_was_asked(cast, case):
    engagement = consulted(cast, case)
    with acting(SYSTEM):
        make_guardian(cast.pupil, "Bilal", "Demir", "de heer", street="Kerkweg 3")
    ask(cast, engagement, on=TODAY - timedelta(days=8))  # a term that ran out since
    later = TODAY + timedelta(days=30)

    with acting(cast.coordinator.pk):
        assert fresh(engagement).state(later) == "silent"
        with refused("not_consulted"):
            start_engagement(engagement=fresh(engagement), by=cast.coordinator, on=later)


# --- who answered what


def grant_of(cast, case):
    """What the expert's grant gives: (reading, visit), or None."""
    with acting(SYSTEM):
        row = TrajectoryGrant.objects.filter(content_object=case, user=cast.expert).first()
        codes = {"see_dossier": Reading.DOSSIER, "see_anonymous": Reading.ANONYMOUS}
        return (codes[row.permission.codename], row.visit) if row else None


def says(word, **more):
    """What one parent answered, and filled in."""
    return {"answer": {"A": "anonymous", "B": "known", "talk": "talk_first"}.get(word, word), **more}


A, B, TALK, OBJECTS, SILENT = says("A"), says("B"), says("talk"), says("objects"), None
CHILD, CLASS, NO = ({"class_visit": visit} for visit in ("child", "class", "no"))
LOOK, NO_LOOK = {"observe": True}, {"observe": False}
TESTS, BOTH_ITEMS = {"items": "de toetsen"}, {"items": "wat thuis helpt, de toetsen"}
KNOWN, NAMELESS = Reading.DOSSIER, Reading.ANONYMOUS
# mother, father (each with a letter of their own); what it comes to once the term is over; what the expert reads and
# looks at if the guidance runs; what may be shared without a name
ANSWERED = [
    (A, A, "anonymous", NAMELESS, "class", ()),
    (A, B, "anonymous", NAMELESS, "class", ()),
    (A, SILENT, "anonymous", NAMELESS, "class", ()),
    (A | CHILD | TESTS, SILENT, "anonymous", NAMELESS, "class", ()),
    (A | CHILD | TESTS, B | LOOK, "anonymous", NAMELESS, "class", ()),
    (A | CHILD | TESTS, A | CHILD | BOTH_ITEMS, "anonymous", NAMELESS, "child", ("de toetsen",)),
    (A | CHILD, A | CLASS, "anonymous", NAMELESS, "class", ()),
    (A | NO, A | CHILD, "anonymous", NAMELESS, "no", ()),
    (A | NO, SILENT, "anonymous", NAMELESS, "no", ()),
    (B, B, "known", KNOWN, "class", ()),
    (B | LOOK, B | LOOK, "known", KNOWN, "child", ()),
    (B | LOOK, B | NO_LOOK, "known", KNOWN, "class", ()),
    (B | LOOK, B, "known", KNOWN, "class", ()),
    (B | LOOK, SILENT, "silent", NAMELESS, "class", ()),
    (SILENT, SILENT, "silent", NAMELESS, "class", ()),
    (TALK, A | CHILD | TESTS, "talk", NAMELESS, "class", ()),
    (TALK, B | LOOK, "talk", NAMELESS, "class", ()),
    (TALK, SILENT, "talk", NAMELESS, "class", ()),
    (OBJECTS, A | CHILD | TESTS, "objects", None, None, ()),
    (OBJECTS, B | LOOK, "objects", None, None, ()),
    (OBJECTS, TALK, "objects", None, None, ()),
    (OBJECTS, SILENT, "objects", None, None, ()),
]


def by_name(cast, engagement):
    """The choices by the first name of who was asked; "" is the pupil."""
    with acting(cast.coordinator.pk):
        rows = engagement.choices.select_related("guardian", "engagement", "trajectory__pupil")
        return {row.guardian.first_name if row.guardian else "": row for row in rows}


def set_answer(cast, choice, said):
    """Record an answer, or take it back."""
    choice = fresh_to(cast, choice)
    if said is None:
        return as_guide(cast, withdraw_choice, choice=choice)
    return answer(cast, choice, **said)


def agreed_to_begin(cast, case):
    """A guidance of two parents who both stayed silent; the expert began without their answer."""
    engagement = silent(cast, case)
    as_guide(cast, issue_reminder, engagement=fresh_to(cast, engagement), on=REMINDED)
    conferred(cast, engagement, **begin_words())
    return start(cast, engagement)


def test_what_two_parents_answered_decides_what_the_expert_reads_sees_and_gets(cast, case, father):
    # One guidance that began without an answer; every row of the table comes after the other, from any to any.
    engagement = agreed_to_begin(cast, case)
    rows = by_name(cast, engagement)

    for row in (*ANSWERED, *reversed(ANSWERED)):
        mother, his, outcome, reading, visit, items = row
        set_answer(cast, rows["Ayse"], mother)
        set_answer(cast, rows["Bilal"], his)
        with acting(cast.coordinator.pk):
            now = fresh(engagement)
            assert now.outcome(TODAY) == outcome, row
            assert now.allowed_items(TODAY) == items, row
        assert grant_of(cast, case) == (reading and (reading, visit)), row
        assert grants_are_settled(case), row


AFTER_A_START_WITHOUT = [  # (who, what) one after the other, and what the expert reads after each
    [("Ayse", A, NAMELESS), ("Ayse", B, NAMELESS), ("Bilal", B, KNOWN), ("Bilal", A, NAMELESS), ("Bilal", B, KNOWN)],
    [("Ayse", B, NAMELESS), ("Bilal", B, KNOWN), ("Ayse", None, NAMELESS), ("Ayse", B, KNOWN), ("Ayse", OBJECTS, None)],
    [("Bilal", OBJECTS, None), ("Bilal", None, NAMELESS), ("Bilal", TALK, NAMELESS), ("Ayse", B, NAMELESS)],
]


@pytest.mark.parametrize("steps", AFTER_A_START_WITHOUT)
def test_an_answer_after_a_start_without_one_counts_at_once_in_both_directions(steps, cast, case, father):
    engagement = agreed_to_begin(cast, case)
    rows = by_name(cast, engagement)
    assert reading_of(cast.expert, case) == NAMELESS

    for who, said, reading in steps:
        set_answer(cast, rows[who], said)
        assert reading_of(cast.expert, case) == reading, (who, said)


@pytest.mark.parametrize(
    ("street", "outcome", "reading"),
    [("Dorpsstraat 12", Outcome.KNOWN, KNOWN), ("Kerkweg 3", Outcome.SILENT, NAMELESS)],
)
def test_one_answers_for_both_only_where_both_had_one_letter(street, outcome, reading, cast, case):
    with acting(SYSTEM):
        make_guardian(cast.pupil, "Bilal", "Demir", "de heer", street=street)
    engagement = agreed_to_begin(cast, case)

    answer(cast, by_name(cast, engagement)["Ayse"], "known", for_both=True, observe=True)

    with acting(cast.coordinator.pk):
        assert fresh(engagement).outcome(TODAY) == outcome
    assert reading_of(cast.expert, case) == reading


def test_a_voogd_answers_alone(cast, case):
    with acting(SYSTEM):
        relation = {"has_authority": False, "is_asked": False}
        change_guardian(guardianship=cast.mother, person={}, relation=relation, by=SYSTEM)
        voogd = make_guardian(cast.pupil, "Gert", "Voogd", institution="Jeugdbescherming Oost").guardian
    engagement = asked(cast, case)
    (choice,) = by_name(cast, engagement).values()

    assert choice.guardian_id == voogd.pk
    answer(cast, choice, "known")
    start(cast, engagement)
    assert reading_of(cast.expert, case) == KNOWN


@pytest.mark.parametrize(("born", "asked_are"), [(date(2010, 11, 24), {""}), (date(2010, 11, 25), {"Ayse"})])
def test_from_the_day_of_16_on_the_pupil_answers_alone(born, asked_are, cast):
    with acting(SYSTEM):
        pupil = make_pupil(cast.school, cast.group, "Dilan", "Smit", born=born.isoformat())
        make_guardian(pupil)
    case = at_level(cast, 2, pupil=pupil)
    engagement = asked(cast, case)
    rows = by_name(cast, engagement)

    assert set(rows) == asked_are
    answer(cast, next(iter(rows.values())), "known")
    start(cast, engagement)
    assert reading_of(cast.expert, case) == KNOWN


def test_gezag_that_comes_later_makes_the_child_nameless_until_that_parent_says_known(cast, case):
    engagement = engaged(cast, case, says="known")
    with acting(cast.coordinator.pk):
        make_guardian(cast.pupil, "Bilal", "Demir", "de heer", street="Kerkweg 3")
    seen = [grant_of(cast, case)]
    ask(cast, engagement)
    seen.append(grant_of(cast, case))
    answer(cast, by_name(cast, engagement)["Bilal"], "known")
    seen.append(grant_of(cast, case))

    assert seen == [(NAMELESS, "class"), (NAMELESS, "class"), (KNOWN, "class")]
