"""Talks: saved with three things, shared in writing, changed without losing what anybody wrote."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.doors import ReadOnly, get_to_edit
from accounts.models import Role, check_version
from accounts.wall import SYSTEM, acting
from cases.actions.files import close_trajectory, open_trajectory
from cases.actions.people import assign_teacher, create_group
from cases.actions.talks import (
    add_intervention,
    change_conversation,
    evaluate_intervention,
    log_conversation,
    mark_shared,
    set_position,
    settle_agreement,
    unanswered,
)
from cases.models import Agreement, Attendee, Conversation, Intervention, Position, ReportSharing
from tests.conftest import TODAY, call_the_cast, empty_the_house, make_guardian, make_pupil, make_school, staff
from tests.steps import AGREES, fresh, refused, share, talk

OBJECTS = Position.Stance.OBJECTS


def change(cast, conversation, *, version=None, **fields):
    """Change a talk as the teacher; what isn't named stays as `talk` makes it."""
    usual = {"guardians": [cast.mother.guardian]}
    with acting(cast.teacher.pk):
        return change_conversation(
            conversation=conversation,
            by=cast.teacher,
            version=conversation.version if version is None else version,
            **(usual | fields),
        )


def standing(cast, conversation):
    """The agreements of a talk in order, as (what, who, when)."""
    with acting(cast.teacher.pk):
        rows = conversation.agreements.filter(dropped=False).order_by("position")
        return [(row.what, row.who, row.due_on) for row in rows]


# Saving


def test_a_date_and_a_text_are_enough_to_save_a_talk(cast, trajectory):
    with acting(cast.teacher.pk):
        held = log_conversation(trajectory=trajectory, held_on=TODAY, text="Kort gesproken.", by=cast.teacher)

        held = fresh(held)
        assert (held.led_by, held.level_id, held.edition) == (cast.teacher, trajectory.level_id, 1)
        assert (held.topics, held.child_view, held.judgement) == ([], None, None)
        assert not held.agreements.exists()


@pytest.mark.parametrize(("missing", "code"), [("held_on", "null"), ("text", "null")])
def test_a_talk_has_a_date_and_a_text(missing, code, cast, trajectory):
    with refused(code):
        talk(cast, trajectory, **{missing: None})


def test_who_was_there_is_a_parent_the_child_a_colleague_or_somebody_by_name(cast, trajectory):
    held = talk(cast, trajectory, colleagues=[cast.coordinator], child=True, others=["opa Kaya", ""])

    with acting(cast.teacher.pk):
        seats = held.attendees.all()
        assert {(row.guardian_id, row.staff_id, row.is_child, row.other) for row in seats} == {
            (cast.mother.guardian_id, None, False, None),
            (None, cast.coordinator.pk, False, None),
            (None, None, True, None),
            (None, None, False, "opa Kaya"),
        }


def test_a_judgement_says_on_which_facts_it_rests(cast, trajectory):
    with refused("judgement_without_facts"):
        talk(cast, trajectory, judgement="Zij vindt rekenen eng.")

    assert talk(cast, trajectory, judgement="Zij vindt rekenen eng.", judgement_rests_on="Zij huilde twee keer.").pk


def test_interventions_are_written_down_with_the_talk_and_looked_back_on(cast, trajectory):
    held = talk(cast, trajectory, interventions=[{"text": "Rekenen met blokjes.", "evaluate_on": TODAY}])

    with acting(cast.teacher.pk):
        row = held.interventions.get()
        evaluate_intervention(intervention=row, evaluation="Het hielp.", by=cast.teacher, on=TODAY)
        row = fresh(row)
        assert (row.kind, row.evaluation, row.evaluated_on) == (Intervention.Kind.CLASSROOM, "Het hielp.", TODAY)


# Agreements


def test_an_agreement_says_what_and_when_known_who_and_by_when(cast, trajectory):
    lines = [{"what": "lezen", "who": "moeder", "due_on": date(2026, 12, 1)}, {"what": "bellen"}]

    held = talk(cast, trajectory, agreements=lines)

    assert standing(cast, held) == [("lezen", "moeder", date(2026, 12, 1)), ("bellen", None, None)]


def test_changing_the_agreements_keeps_those_that_stay(cast, trajectory):
    held = talk(cast, trajectory, agreements=[{"what": "lezen"}, {"what": "bellen"}])
    with acting(cast.teacher.pk):
        done = settle_agreement(agreement=held.agreements.get(position=0), by=cast.teacher, on=TODAY)

    change(cast, held, agreements=[{"what": "schrijven"}, {"what": "lezen", "who": "vader"}])

    assert [line[:2] for line in standing(cast, held)] == [("schrijven", None), ("lezen", "vader")]
    with acting(cast.teacher.pk):
        assert fresh(done).done_on == TODAY
        assert Agreement.objects.filter(dropped=True).count() == 1


def test_two_people_may_agree_to_the_same_and_an_edit_adds_none(cast, trajectory):
    lines = [{"what": "lezen", "who": "moeder"}, {"what": "lezen", "who": "vader"}]
    held = talk(cast, trajectory, agreements=lines)

    change(cast, held, agreements=lines)

    assert standing(cast, held) == [("lezen", "moeder", None), ("lezen", "vader", None)]


def test_an_agreement_is_ticked_off_and_opened_again(cast, trajectory):
    held = talk(cast, trajectory, agreements=[{"what": "lezen"}])

    with acting(cast.teacher.pk):
        row = held.agreements.get()
        assert settle_agreement(agreement=row, by=cast.teacher, on=TODAY).done_on == TODAY
        assert settle_agreement(agreement=row, by=cast.teacher, on=TODAY).done_on is None


# What each parent thought


def test_an_objection_stands_in_the_parents_own_words(cast, trajectory):
    held = talk(cast, trajectory, positions={cast.mother.guardian: {"stance": OBJECTS, "reasons": "Hij is al zo moe."}})

    with acting(cast.teacher.pk):
        row = held.positions.get()
        assert (row.stance, row.reasons, row.gave_no_reason) == (OBJECTS, "Hij is al zo moe.", False)


def test_an_objection_has_reasons_or_says_that_none_were_given(cast, trajectory):
    held = talk(cast, trajectory)
    with acting(cast.teacher.pk):
        with refused("objection_without_reasons"):
            set_position(conversation=held, guardian=cast.mother.guardian, stance=OBJECTS, by=cast.teacher, reasons="")

        row = set_position(
            conversation=held, guardian=cast.mother.guardian, stance=OBJECTS, by=cast.teacher, gave_no_reason=True
        )
        assert (row.reasons, row.gave_no_reason) == (None, True)


def test_who_comes_to_agree_keeps_no_reasons_but_the_history_holds_them(cast, trajectory):
    mother = cast.mother.guardian
    held = talk(cast, trajectory, positions={mother: {"stance": OBJECTS, "reasons": "Hij is al zo moe."}})

    with acting(cast.teacher.pk):
        row = set_position(conversation=held, guardian=mother, by=cast.teacher, **AGREES)
        assert (fresh(row).stance, fresh(row).reasons) == ("agrees", None)
        assert [(old.stance, old.reasons) for old in row.history.order_by("history_id")] == [
            ("objects", "Hij is al zo moe."),
            ("agrees", None),
        ]


# Sharing


def test_sharing_asks_what_each_parent_who_was_there_thought(cast, trajectory):
    with acting(SYSTEM):
        father = make_guardian(cast.pupil, "Bilal", "Kaya", "de heer").guardian
    held = talk(cast, trajectory, guardians=[cast.mother.guardian, father])

    with refused("stance_missing"):
        share(cast, held)

    with acting(cast.teacher.pk):
        assert unanswered(held) == [father]
        set_position(conversation=held, guardian=father, stance=Position.Stance.NOT_DISCUSSED, by=cast.teacher)
    assert share(cast, held)


def test_sharing_asks_for_the_agreements_or_that_there_were_none(cast, trajectory):
    held = talk(cast, trajectory, no_agreements=False)
    with refused("agreements_missing"):
        share(cast, held)

    change(cast, held, agreements=[{"what": "lezen"}])
    assert share(cast, held)


def test_agreements_that_were_dropped_count_for_none(cast, trajectory):
    held = talk(cast, trajectory, no_agreements=False, agreements=[{"what": "lezen"}])
    change(cast, held, agreements=[])

    with refused("agreements_missing"):
        share(cast, held)


def test_a_report_is_shared_with_somebody_and_not_before_the_talk(cast, trajectory):
    held = talk(cast, trajectory)

    with acting(cast.teacher.pk), refused("nobody"):
        mark_shared(conversation=held, guardians=[], how=ReportSharing.How.PRINT, by=cast.teacher, on=TODAY)
    with refused("before_the_talk"):
        share(cast, held, on=TODAY - timedelta(days=1))


@pytest.mark.parametrize(("how", "code"), [("told", "invalid_choice"), ("phone", "invalid_choice"), ("", "blank")])
def test_telling_is_not_sharing(how, code, cast, trajectory):
    held = talk(cast, trajectory)

    with refused(code):
        share(cast, held, how=how)

    with acting(cast.teacher.pk):
        assert not held.sharings.exists()


def test_what_was_shared_says_with_whom_how_when_and_which_edition(cast, trajectory):
    held = talk(cast, trajectory)

    share(cast, held, how=ReportSharing.How.POST)

    with acting(cast.teacher.pk):
        row = held.sharings.get()
        assert (row.guardian, row.how, row.shared_on, row.edition) == (cast.mother.guardian, "post", TODAY, 1)


# After sharing


def test_an_edit_before_sharing_makes_no_new_edition(cast, trajectory):
    held = talk(cast, trajectory)

    assert change(cast, held, text="Beter gezegd.").edition == 1


def test_saving_a_shared_talk_without_a_change_makes_no_new_edition(cast, trajectory):
    held = talk(cast, trajectory)
    share(cast, held)

    assert change(cast, held).edition == 1


def test_an_edit_after_sharing_makes_edition_2_and_asks_to_share_again(cast, trajectory):
    held = talk(cast, trajectory)
    share(cast, held)

    change(cast, held, text="Wij praatten over rekenen en lezen.")
    assert (held.edition, change(cast, held, text="En over schrijven.").edition) == (2, 2)

    share(cast, held)
    with acting(cast.teacher.pk):
        assert sorted(held.sharings.values_list("edition", flat=True)) == [1, 2]


def test_a_stance_or_an_intervention_added_after_sharing_makes_a_new_edition_too(cast, trajectory):
    with acting(SYSTEM):
        father = make_guardian(cast.pupil, "Bilal", "Kaya", "de heer").guardian
    held = talk(cast, trajectory)
    share(cast, held)

    with acting(cast.teacher.pk):
        set_position(conversation=held, guardian=father, by=cast.teacher, **AGREES)
    assert held.edition == 2
    share(cast, held)

    with acting(cast.teacher.pk):
        add_intervention(conversation=held, text="Rekenen met blokjes.", by=cast.teacher)
    assert held.edition == 3


def test_saying_the_same_stance_again_makes_no_new_edition(cast, trajectory):
    held = talk(cast, trajectory)
    share(cast, held)

    with acting(cast.teacher.pk):
        set_position(conversation=held, guardian=cast.mother.guardian, by=cast.teacher, **AGREES)

    assert held.edition == 1


def test_the_history_holds_each_edition_with_who_wrote_it(cast, trajectory):
    held = talk(cast, trajectory)
    share(cast, held)
    with acting(cast.coordinator.pk):
        change_conversation(
            conversation=held,
            by=cast.coordinator,
            version=held.version,
            guardians=[cast.mother.guardian],
            text="Nu beter.",
        )

    with acting(cast.teacher.pk):
        rows = held.history.order_by("history_id")
        assert [(row.edition, row.text, row.history_user, row.history_change_reason) for row in rows] == [
            (1, "Wij praatten over rekenen.", cast.teacher, "logged"),
            (2, "Nu beter.", cast.coordinator, "changed"),
        ]


def test_who_was_not_there_after_all_is_dropped_and_not_forgotten(cast, trajectory):
    held = talk(cast, trajectory, child=True, others=["opa"])

    change(cast, held, others=["opa"])

    with acting(cast.teacher.pk):
        assert [(row.is_child, row.dropped) for row in Attendee.objects.filter(is_child=True)] == [(True, True)]
        assert Attendee.objects.filter(dropped=False).count() == 2


# Two people at once, and closed cases


def test_an_edit_on_an_older_version_is_told_and_changes_nothing(cast, trajectory):
    held = talk(cast, trajectory)
    seen = held.version
    change(cast, held, text="De eerste.")

    with refused("changed_meanwhile"):
        change(cast, held, text="De tweede.", version=seen)

    with acting(cast.teacher.pk):
        assert fresh(held).text == "De eerste."
        assert held.history.count() == 2


def test_what_may_not_be_changed_is_refused(cast, trajectory):
    held = talk(cast, trajectory)

    with pytest.raises(TypeError):
        change(cast, held, edition=7)


def test_a_closed_case_takes_no_talk_and_no_change(cast, trajectory):
    held = talk(cast, trajectory, agreements=[{"what": "lezen"}], interventions=[{"text": "Blokjes."}])
    with acting(cast.teacher.pk):
        close_trajectory(trajectory=trajectory, outcome="Klaar.", by=cast.teacher, on=TODAY)

        with refused("closed"):
            log_conversation(trajectory=trajectory, held_on=TODAY, text="Toch nog.", by=cast.teacher)
        for row in (held, held.agreements.get(), held.interventions.get(), held.positions.get()):
            with pytest.raises(ReadOnly):
                get_to_edit(type(row), cast.teacher, row.pk)


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """Rows that other connections see. What the test leaves is taken away by the owner: the application may not."""
    with django_db_blocker.unblock():
        yield
        empty_the_house()
        call_the_cast()


def test_of_two_who_save_at_the_same_moment_one_is_saved_and_the_other_is_told(committed):
    with acting(SYSTEM):
        school = make_school("De Wedloop", "99ZZ")
        people = [staff(name, school, Role.COORDINATOR) for name in ("anna_ib", "bram_ib")]
        teacher = staff("carla", school, Role.TEACHER)
        group = create_group(school=school, name="Mieren", year="5", school_year="2026-2027", by=SYSTEM)
        assign_teacher(group=group, user=teacher, from_on=date(2026, 8, 1), by=SYSTEM)
        pupil = make_pupil(school, group, "Emma", "Kaya")
    with acting(teacher.pk):
        case = open_trajectory(pupil=pupil, question="Hoe help ik?", by=teacher, on=TODAY)
        held = log_conversation(trajectory=case, held_on=TODAY, text="Het begin.", by=teacher)
    seen, start, told = held.version, threading.Barrier(2, timeout=10), {}

    def save(person):
        try:
            with acting(person.pk):
                start.wait()
                row = get_to_edit(Conversation, person, held.pk)
                change_conversation(conversation=row, by=person, version=seen, text=f"Van {person.first_name}.")
            told[person.first_name] = "saved"
        except Exception as refusal:  # noqa: BLE001 - a thread has nobody to raise to
            told[person.first_name] = getattr(refusal, "code", repr(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(told.values()) == ["changed_meanwhile", "saved"]
    with acting(teacher.pk):
        row = fresh(held)
        assert told[row.text.removeprefix("Van ").removesuffix(".")] == "saved"
        assert (row.version, row.history.count()) == (seen + 1, 2)
        check_version(row, seen + 1)
