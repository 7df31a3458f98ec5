"""The way of a case: what a level asks before the case goes up, and that nothing else ever holds it up."""

from datetime import timedelta

import pytest

from accounts.actions import change_setting, saved
from accounts.wall import SYSTEM, acting
from cases.actions.files import (
    close_trajectory,
    is_shared,
    lower_level,
    missing_to_leave,
    open_trajectory,
    raise_level,
    reopen_trajectory,
    rest_trajectory,
    resume_trajectory,
)
from cases.actions.talks import add_intervention, change_conversation, evaluate_intervention
from cases.models import Intervention, LevelPhase, SupportLevel, Topic, Trajectory, TrajectoryGrant
from cases.models.talks import TOPICS
from consent.actions import end_engagement
from tests.conftest import TODAY, make_guardian
from tests.steps import AGREES, at_level, engaged, fresh, full_talk, prepared, refused, share, talk

TEACHER_TOPICS = TOPICS[SupportLevel.Kind.TEACHER]
NEXT_WEEK = TODAY + timedelta(days=7)


def missing(cast, trajectory):
    """The codes of what the present level still asks."""
    with acting(cast.coordinator.pk):
        return {step.code for step in missing_to_leave(fresh(trajectory), on=TODAY)}


def up(cast, trajectory, **fields):
    """Raise the case as the intern begeleider."""
    with acting(cast.coordinator.pk):
        return raise_level(trajectory=fresh(trajectory), by=cast.coordinator, on=TODAY, **fields)


def phases(cast, trajectory):
    """The times at each level, the oldest first."""
    with acting(cast.coordinator.pk):
        return list(trajectory.levelphases.order_by("from_on", "level__number", "pk"))


# Opening


def test_a_trajectory_opens_at_the_first_level_with_the_teachers_question(cast, trajectory):
    with acting(cast.teacher.pk):
        case = Trajectory.objects.get()
        assert (case.level.kind, case.question) == (SupportLevel.Kind.TEACHER, "Hoe help ik bij het rekenen?")
        assert [phase.began_by for phase in case.levelphases.all()] == ["opened"]
        with refused("null"):
            open_trajectory(pupil=cast.pupil, question="", by=cast.teacher, on=TODAY)


def test_a_running_trajectory_is_taken_over_at_its_level_with_one_reason(cast):
    case = at_level(cast, 2)

    with acting(cast.teacher.pk):
        case = fresh(case)
        phase = case.levelphases.get()
        assert (case.level.number, case.taken_over_because) == (2, "liep al")
        assert (phase.began_by, phase.skipped) == ("taken_over", [])


# Level 0 → 1: the teacher


@pytest.mark.parametrize(
    ("leader", "topics", "is_shared", "misses"),
    [
        ("teacher", TEACHER_TOPICS, True, set()),
        ("teacher", TEACHER_TOPICS, False, {"shared"}),
        ("coordinator", TEACHER_TOPICS, True, {"talk"}),
        ("director", TEACHER_TOPICS, True, {"talk"}),
        ("teacher", [Topic.WORRY], True, {"topic_internal_help"}),
        ("teacher", [Topic.INTERNAL_HELP], True, {"topic_worry"}),
        (None, [], False, {"talk", "topic_worry", "topic_internal_help"}),
    ],
)
def test_level_1_asks_for_a_shared_talk_of_the_teacher_who_told_two_things(
    leader, topics, is_shared, misses, cast, trajectory
):
    if leader:
        held = talk(cast, trajectory, by=getattr(cast, leader), topics=topics)
        if is_shared:
            share(cast, held)

    assert missing(cast, trajectory) == misses
    if misses:
        with refused("steps_missing"):
            up(cast, trajectory)
        assert fresh_level(cast, trajectory) == 0
    else:
        up(cast, trajectory)
        assert fresh_level(cast, trajectory) == 1


def fresh_level(cast, trajectory):
    """The number of the level at which the case stands."""
    with acting(cast.coordinator.pk):
        return fresh(trajectory).level.number


def test_what_was_told_in_two_talks_counts_together(cast, trajectory):
    share(cast, talk(cast, trajectory, topics=[Topic.WORRY]))
    talk(cast, trajectory, topics=[Topic.INTERNAL_HELP])

    assert missing(cast, trajectory) == set()


def test_what_is_ticked_at_raising_stands_on_the_newest_talk(cast, trajectory):
    talk(cast, trajectory, held_on=TODAY - timedelta(days=9))
    newest = talk(cast, trajectory)
    share(cast, newest)

    up(cast, trajectory, told=TEACHER_TOPICS)

    with acting(cast.teacher.pk):
        assert set(fresh(newest).topics) == set(TEACHER_TOPICS)


def test_every_parent_who_gets_the_report_has_it_before_the_case_goes_up(cast, trajectory):
    with acting(SYSTEM):
        father = make_guardian(cast.pupil, "Bilal", "Kaya", "de heer").guardian
        unreachable = make_guardian(cast.pupil, "Cem", "Kaya", "de heer", authority=False, no_contact=True).guardian
    held = full_talk(cast, trajectory)
    share(cast, held)
    assert missing(cast, trajectory) == {"shared"}

    share(cast, held, father)

    assert missing(cast, trajectory) == set()
    with acting(cast.teacher.pk):
        assert unreachable.pk not in held.sharings.values_list("guardian_id", flat=True)


def test_a_report_of_a_talk_with_one_parent_is_not_due_to_who_lives_elsewhere(cast, trajectory):
    with acting(SYSTEM):
        father = make_guardian(cast.pupil, "Bilal", "Demir", "de heer", street="Kerkweg 3").guardian
    share(cast, full_talk(cast, trajectory))
    assert missing(cast, trajectory) == set()

    both = full_talk(cast, trajectory, guardians=[cast.mother.guardian, father], positions={father: AGREES})
    with acting(cast.teacher.pk):
        assert not is_shared(both, [cast.mother.guardian, father])


def test_a_report_that_changed_after_sharing_holds_the_case_up_until_it_is_shared_again(cast, trajectory):
    held = full_talk(cast, trajectory)
    share(cast, held)
    with acting(cast.teacher.pk):
        change_conversation(
            conversation=held,
            by=cast.teacher,
            version=held.version,
            guardians=[cast.mother.guardian],
            text="Wij praatten over rekenen en lezen.",
        )
    assert missing(cast, trajectory) == {"shared"}

    share(cast, held)

    assert missing(cast, trajectory) == set()


# Level 1 → 2: the intern begeleider, and what level 1 brought


@pytest.mark.parametrize(
    ("leader", "topics", "misses"),
    [
        ("coordinator", TOPICS[SupportLevel.Kind.INTERNAL], set()),
        ("teacher", TOPICS[SupportLevel.Kind.INTERNAL], {"talk"}),
        ("coordinator", [Topic.AT_A_LOSS], {"topic_follow_up"}),
        ("coordinator", [Topic.FOLLOW_UP], {"topic_at_a_loss"}),
    ],
)
def test_level_2_asks_for_a_shared_talk_of_the_intern_begeleider(leader, topics, misses, cast):
    case = at_level(cast, 1)
    share(cast, talk(cast, case, by=getattr(cast, leader), topics=topics))

    assert missing(cast, case) == misses


def test_level_2_asks_what_level_1_brought(cast):
    case = at_level(cast, 1)
    share(cast, full_talk(cast, case, by=cast.coordinator))

    with refused("outcome_missing"):
        up(cast, case)
    up(cast, case, outcome="De hulp in de klas was niet genoeg.")

    first, second = phases(cast, case)
    assert (first.outcome, first.until_on) == ("De hulp in de klas was niet genoeg.", TODAY)
    assert (second.level.number, second.skipped) == (2, [])


@pytest.mark.parametrize(
    "kind", [Intervention.Kind.INTERNAL_CONSULT, Intervention.Kind.CLASS_VISIT, Intervention.Kind.CHILD_TALK]
)
def test_what_the_intern_begeleider_is_going_to_do_is_an_intervention_to_look_back_on(kind, cast):
    case = at_level(cast, 1)
    held = talk(cast, case, by=cast.coordinator)
    with acting(cast.coordinator.pk):
        row = add_intervention(
            conversation=held, text="Een keer kijken.", kind=kind, evaluate_on=NEXT_WEEK, by=cast.coordinator
        )
        evaluate_intervention(intervention=row, evaluation="Het hielp een beetje.", by=cast.coordinator, on=NEXT_WEEK)

    with acting(cast.teacher.pk):
        row = fresh(row)
        assert (row.kind, row.evaluation, row.evaluated_on) == (kind, "Het hielp een beetje.", NEXT_WEEK)


# Level 2: before the letter


@pytest.mark.parametrize(
    ("leader", "others", "topics", "is_enough"),
    [
        ("coordinator", ["teacher"], TOPICS[SupportLevel.Kind.EXTERNAL], True),
        ("teacher", ["coordinator"], TOPICS[SupportLevel.Kind.EXTERNAL], True),
        ("coordinator", [], TOPICS[SupportLevel.Kind.EXTERNAL], False),
        ("teacher", [], TOPICS[SupportLevel.Kind.EXTERNAL], False),
        ("teacher", ["director"], TOPICS[SupportLevel.Kind.EXTERNAL], False),
        ("coordinator", ["teacher"], [Topic.COACHING, Topic.ADVICE], False),
        ("coordinator", ["teacher"], [Topic.COACHING, Topic.CLASS_VISIT], False),
        ("coordinator", ["teacher"], [Topic.ADVICE, Topic.CLASS_VISIT], False),
    ],
)
def test_the_letter_waits_for_a_talk_of_teacher_and_intern_begeleider_who_told_three_things(
    leader, others, topics, is_enough, cast
):
    case = at_level(cast, 2)
    held = talk(
        cast, case, by=getattr(cast, leader), topics=topics, colleagues=[getattr(cast, name) for name in others]
    )

    if is_enough:
        engagement = prepared(cast, case, skip_because=None, conversation=held)
        assert engagement.skipped_because is None
    else:
        with refused("steps_missing"):
            prepared(cast, case, skip_because=None, conversation=held)
        assert prepared(cast, case, skip_because="Dat kan later.").skipped_because == "Dat kan later."


def test_a_report_that_is_not_shared_yet_does_not_hold_the_letter_up(cast):
    case = at_level(cast, 2)
    full_talk(cast, case, by=cast.coordinator, colleagues=[cast.teacher])
    assert missing(cast, case) == {"shared"}

    assert prepared(cast, case, skip_because=None).pk


@pytest.mark.parametrize("number", [0, 1])
def test_an_expert_is_engaged_at_the_level_of_the_expert_alone(number, cast):
    case = at_level(cast, number)

    with refused("level"):
        prepared(cast, case)


def test_a_closed_case_takes_no_expert(cast):
    case = at_level(cast, 2)
    with acting(cast.coordinator.pk):
        close_trajectory(trajectory=case, outcome="Klaar.", by=cast.coordinator, on=TODAY)

    with refused("closed"):
        prepared(cast, case)


# Skipping, and guards that a school switches off


def test_a_step_is_skipped_with_a_reason_that_stays_visible(cast, trajectory):
    up(cast, trajectory, skip_because="De ouders willen het meteen.")

    phase = phases(cast, trajectory)[-1]
    assert set(phase.skipped) == {"talk", "topic_worry", "topic_internal_help"}
    assert phase.skipped_because == "De ouders willen het meteen."


def test_what_level_1_brought_can_be_skipped_with_a_reason_too(cast):
    case = at_level(cast, 1)

    up(cast, case, skip_because="De expert is er vandaag.")

    assert "outcome" in phases(cast, case)[-1].skipped


def test_a_reason_without_anything_skipped_is_not_kept(cast, trajectory):
    share(cast, full_talk(cast, trajectory))

    up(cast, trajectory, skip_because="Voor de zekerheid.")

    phase = phases(cast, trajectory)[-1]
    assert (phase.skipped, phase.skipped_because) == ([], None)


def test_no_step_is_skipped_without_a_reason(cast, trajectory):
    row = LevelPhase(
        school_id=trajectory.school_id,
        trajectory=trajectory,
        level=trajectory.level,
        from_on=TODAY,
        began_by="raised",
        skipped=["talk"],
    )

    with acting(cast.coordinator.pk), refused("reason_missing"):
        saved(row, by=cast.coordinator, why="raised")


@pytest.mark.parametrize(
    ("switch", "still_missing"),
    [("asks_talk", {"topic_worry", "topic_internal_help"}), ("asks_topics", {"talk"})],
)
def test_a_school_switches_a_guard_off(switch, still_missing, cast, trajectory):
    with acting(cast.coordinator.pk):
        level = fresh(trajectory).level
        change_setting(row=level, version=level.version, by=cast.coordinator, **{switch: False})

    assert missing(cast, trajectory) == still_missing


def test_a_school_switches_the_outcome_off(cast):
    case = at_level(cast, 1)
    share(cast, full_talk(cast, case, by=cast.coordinator))
    with acting(cast.coordinator.pk):
        level = case.level
        change_setting(row=level, version=level.version, by=cast.coordinator, asks_outcome=False)

    up(cast, case)

    assert phases(cast, case)[-1].skipped == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_no_guard_stands_at_saving_a_talk(number, cast):
    case = at_level(cast, number)

    held = talk(cast, case, guardians=[], positions=None, no_agreements=False)

    assert held.pk


# Down, resting, closed, open again


def test_a_case_goes_down_with_what_the_higher_level_brought(cast):
    case = at_level(cast, 1)

    with acting(cast.coordinator.pk):
        lower_level(trajectory=case, by=cast.coordinator, on=TODAY, outcome="Het gaat weer.")

    lower, higher = sorted(phases(cast, case), key=lambda phase: phase.level.number)
    assert (higher.outcome, higher.until_on) == ("Het gaat weer.", TODAY)
    assert (lower.level.number, lower.began_by, lower.until_on) == (0, "lowered", None)


def test_below_the_lowest_and_above_the_highest_level_there_is_none(cast, trajectory):
    with acting(cast.coordinator.pk), refused("lowest_level"):
        lower_level(trajectory=trajectory, by=cast.coordinator, on=TODAY, outcome="Het gaat weer.")
    top = at_level(cast, 2)

    with refused("highest_level"):
        up(cast, top, skip_because="Verder omhoog.")


def test_a_case_rests_and_goes_on(cast, trajectory):
    with acting(cast.teacher.pk):
        rest_trajectory(trajectory=trajectory, by=cast.teacher)
        assert fresh(trajectory).state == Trajectory.State.RESTING
        resume_trajectory(trajectory=trajectory, by=cast.teacher)
        assert fresh(trajectory).state == Trajectory.State.OPEN


def test_raising_wakes_a_case_that_rested(cast, trajectory):
    with acting(cast.teacher.pk):
        rest_trajectory(trajectory=trajectory, by=cast.teacher)

    assert up(cast, trajectory, skip_because="Het gaat slechter.").state == Trajectory.State.OPEN


def test_a_case_closes_with_how_it_ended_and_opens_again_where_it_was(cast):
    case = at_level(cast, 1)
    with acting(cast.coordinator.pk):
        with refused("outcome_missing"):
            close_trajectory(trajectory=fresh(case), outcome="", by=cast.coordinator, on=TODAY)
        close_trajectory(trajectory=case, outcome="Zij rekent mee.", by=cast.coordinator, on=TODAY)
        assert (fresh(case).outcome, fresh(case).closed_on) == ("Zij rekent mee.", TODAY)

        with refused("closed"):
            raise_level(trajectory=case, by=cast.coordinator, on=TODAY, skip_because="Toch niet.")
        with refused("closed"):
            lower_level(trajectory=case, by=cast.coordinator, on=TODAY, outcome="Toch niet.")
        with refused("closed"):
            rest_trajectory(trajectory=case, by=cast.coordinator)
        with refused("closed"):
            close_trajectory(trajectory=case, outcome="Nog eens.", by=cast.coordinator, on=TODAY)

        reopen_trajectory(trajectory=case, by=cast.coordinator, on=NEXT_WEEK)
        again = fresh(case)
        assert (again.state, again.closed_on, again.level.number) == (Trajectory.State.OPEN, None, 1)
        with refused("not_closed"):
            reopen_trajectory(trajectory=case, by=cast.coordinator, on=NEXT_WEEK)


@pytest.mark.parametrize("name", ["teacher", "coordinator", "director"])
def test_a_case_is_neither_closed_nor_lowered_while_an_expert_reads(name, cast):
    case, user = at_level(cast, 2), getattr(cast, name)
    engagement = engaged(cast, case)

    with acting(user.pk):
        with refused("expert_reads"):
            close_trajectory(trajectory=fresh(case), outcome="Klaar.", by=user, on=TODAY)
        with refused("expert_reads"):
            lower_level(trajectory=fresh(case), by=user, on=TODAY, outcome="Het gaat weer.")

        end_engagement(engagement=fresh(engagement), by=user, on=TODAY)
        close_trajectory(trajectory=fresh(case), outcome="Klaar.", by=user, on=TODAY)
        assert not TrajectoryGrant.objects.exists()
