"""Who is asked for a child, and who sees its file: by dated work, by one case, and never past an exclusion."""

from datetime import date, timedelta

import pytest

from accounts.actions import end_role, give_leave, give_role, saved
from accounts.models import Role
from accounts.wall import SYSTEM, acting
from cases.actions.files import add_member, close_trajectory, end_member
from cases.actions.papers import add_document, add_entry
from cases.actions.people import (
    add_guardian,
    assign_teacher,
    change_guardian,
    create_group,
    end_assignment,
    end_exclusion,
    end_guardianship,
    exclude_colleague,
    place_pupil,
)
from cases.models import (
    Agreement,
    Attendee,
    CaseExclusion,
    Conversation,
    Document,
    Entry,
    GroupPlace,
    GroupTeacher,
    Guardian,
    Guardianship,
    Heading,
    KeptFile,
    LevelPhase,
    Position,
    Pupil,
    ReportSharing,
    Trajectory,
    TrajectoryGrant,
)
from cases.models.people import Relation
from cases.readers import readers_of
from cases.uploads import Accepted
from consent.models import Engagement, ParentChoice, who_must_answer
from tests.conftest import LONG_AGO, TODAY, make_guardian, make_pupil, staff
from tests.steps import at_level, engaged, full_talk, refused, share, talk

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def sees(user, *rows):
    """Whether this user sees these rows, all or none; the door and the wall say the same of each."""
    seen = set()
    for row in rows:
        with acting(user.pk):
            door = type(row).objects.for_user(user).filter(pk=row.pk).exists()
            wall = type(row).objects.filter(pk=row.pk).exists()
        assert door == wall, type(row)
        seen.add(door)
    assert len(seen) == 1, rows
    return seen.pop()


def on_days(traveller, *days):
    """Live through these days."""
    for day in days:
        traveller.move_to(f"{day.isoformat()}T10:10:00+01:00")
        yield day


def asked(cast, pupil=None, on=TODAY):
    """The first names of who must answer; None is the pupil."""
    with acting(cast.coordinator.pk):
        rows = who_must_answer(pupil or cast.pupil, on=on)
        return [row.guardian and row.guardian.first_name for row in rows]


# Who has gezag is asked


@pytest.mark.parametrize("has_authority", [False, None])
def test_nobody_without_gezag_is_asked_to_choose(has_authority, cast):
    with acting(cast.coordinator.pk), refused("asked_without_authority"):
        add_guardian(
            pupil=cast.pupil,
            person={"first_name": "Bilal", "surname": "Kaya"},
            relation={"has_authority": has_authority, "is_asked": True},
            from_on=TODAY,
            by=cast.coordinator,
        )


@pytest.mark.parametrize(
    ("relation", "is_asked"),
    [
        ({"has_authority": True, "is_asked": True}, True),
        ({"has_authority": True, "is_asked": False}, False),
        ({"has_authority": False, "is_asked": False}, False),
        ({"has_authority": None, "is_asked": False}, False),
        ({"has_authority": True, "relation": Relation.INSTITUTION}, True),
        ({"has_authority": False, "is_asked": False, "relation": Relation.FOSTER_PARENT}, False),
        ({"has_authority": False, "is_asked": False, "relation": Relation.SUPERVISOR}, False),
    ],
)
def test_everyone_with_gezag_who_is_to_be_asked_must_answer(relation, is_asked, cast):
    with acting(cast.coordinator.pk):
        add_guardian(
            pupil=cast.pupil,
            person={"first_name": "Bilal", "surname": "Kaya"},
            relation=relation,
            from_on=TODAY,
            by=cast.coordinator,
        )

    assert sorted(asked(cast)) == (["Ayse", "Bilal"] if is_asked else ["Ayse"])


def test_gezag_is_told_for_each_child_apart(cast):
    with acting(SYSTEM):
        brother = make_pupil(cast.school, cast.group, "Can", "Kaya", sex="boy")
    with acting(cast.coordinator.pk):
        add_guardian(
            pupil=brother,
            person=cast.mother.guardian,
            relation={"has_authority": False, "is_asked": False},
            from_on=TODAY,
            by=cast.coordinator,
        )

    assert (asked(cast), asked(cast, brother)) == (["Ayse"], [])


def test_a_relation_counts_on_its_own_days(cast):
    with acting(cast.coordinator.pk):
        end_guardianship(guardianship=cast.mother, on=TODAY, by=cast.coordinator)
        add_guardian(
            pupil=cast.pupil,
            person={"first_name": "Bilal", "surname": "Kaya"},
            relation={"has_authority": True},
            from_on=TOMORROW,
            by=cast.coordinator,
        )

    assert asked(cast, on=TODAY) == ["Ayse"]
    assert asked(cast, on=TOMORROW) == ["Bilal"]


def test_nobody_stands_twice_in_the_file_of_a_child(cast):
    with acting(cast.coordinator.pk), refused("guardian_twice"):
        add_guardian(
            pupil=cast.pupil,
            person=cast.mother.guardian,
            relation={"has_authority": True},
            from_on=TODAY,
            by=cast.coordinator,
        )


@pytest.mark.parametrize(
    ("born", "who"),
    [
        ("2010-11-24", [None]),
        ("2010-11-25", ["Ayse"]),
        ("2014-01-01", ["Ayse"]),
        (None, ["Ayse"]),
    ],
    ids=["16 today", "16 tomorrow", "12", "unknown"],
)
def test_from_16_on_the_pupil_answers_and_nobody_else(born, who, cast):
    with acting(SYSTEM):
        pupil = make_pupil(cast.school, cast.group, "Dilan", "Kaya", born=born)
        make_guardian(pupil)

    assert asked(cast, pupil) == who


def test_an_edit_of_a_parent_on_an_older_version_is_told(cast):
    with acting(cast.coordinator.pk):
        seen = (cast.mother.guardian.version, cast.mother.version)
        for phone, code in (("0612", None), ("0613", "changed_meanwhile")):
            deed = {"guardianship": cast.mother, "person": {"phone": phone}, "relation": {}, "seen": seen}
            if code:
                with refused(code):
                    change_guardian(by=cast.coordinator, **deed)
            else:
                change_guardian(by=cast.coordinator, **deed)
        assert Guardian.objects.get(pk=cast.mother.guardian_id).phone == "0612"


# Dated work: a teacher sees a group's children on the days of the assignment


@pytest.mark.parametrize("kind", GroupTeacher.Kind.values)
def test_a_teacher_sees_the_child_from_the_first_day_to_the_last_and_not_around_them(
    kind, cast, trajectory, frozen_clock
):
    with acting(cast.coordinator.pk):
        assign_teacher(
            group=cast.group, user=cast.colleague, from_on=TOMORROW, until_on=date(2026, 12, 4), kind=kind,
            by=cast.coordinator,
        )  # fmt: skip
    around = on_days(frozen_clock, TODAY, TOMORROW, date(2026, 12, 4), date(2026, 12, 5))

    assert [sees(cast.colleague, cast.pupil, trajectory) for _day in around] == [False, True, True, False]


@pytest.mark.parametrize("kind", [GroupTeacher.Kind.SUBSTITUTE, GroupTeacher.Kind.HANDOVER])
def test_who_is_there_for_a_while_has_an_end(kind, cast):
    with acting(cast.coordinator.pk), refused("end_missing"):
        assign_teacher(group=cast.group, user=cast.colleague, from_on=TODAY, kind=kind, by=cast.coordinator)


def test_an_assignment_that_is_ended_closes_the_day_after(cast, trajectory, frozen_clock):
    with acting(cast.coordinator.pk):
        end_assignment(assignment=cast.group.teachers.get(), on=TODAY, by=cast.coordinator)

    assert [sees(cast.teacher, cast.pupil, trajectory) for _day in on_days(frozen_clock, TODAY, TOMORROW)] == [
        True,
        False,
    ]


def test_duo_partners_both_see_the_child(cast, trajectory):
    with acting(cast.coordinator.pk):
        assign_teacher(
            group=cast.group, user=cast.colleague, from_on=TODAY, kind=GroupTeacher.Kind.DUO, by=cast.coordinator
        )

    assert sees(cast.colleague, cast.pupil, trajectory)
    assert sees(cast.teacher, cast.pupil, trajectory)


@pytest.mark.parametrize("name", ["teacher", "coordinator", "director"])
def test_leave_pauses_what_somebody_sees_and_gives_it_back(name, cast, trajectory, frozen_clock):
    user = getattr(cast, name)
    with acting(SYSTEM):
        give_leave(user=user, school=cast.school, from_on=TODAY, until_on=TOMORROW, by=SYSTEM)
    around = on_days(frozen_clock, YESTERDAY, TODAY, TOMORROW, TOMORROW + timedelta(days=1))

    assert [sees(user, cast.pupil, trajectory) for _day in around] == [True, False, False, True]


def test_a_role_that_ended_opens_nothing_more(cast, trajectory, frozen_clock):
    with acting(cast.director.pk):
        end_role(membership=cast.teacher.memberships.get(), by=cast.director, on=TODAY)

    assert [sees(cast.teacher, cast.pupil, trajectory) for _day in on_days(frozen_clock, TODAY, TOMORROW)] == [
        True,
        False,
    ]


def test_nobody_gets_a_group_of_a_school_where_he_does_not_work(cast):
    with acting(cast.coordinator.pk), refused("not_at_this_school"):
        assign_teacher(group=cast.group, user=cast.stranger, from_on=TODAY, by=cast.coordinator)


def test_a_child_that_moves_to_another_group_is_seen_by_the_new_teacher_and_no_longer_by_the_old(
    cast, trajectory, frozen_clock
):
    with acting(cast.coordinator.pk):
        group = create_group(school=cast.school, name="Bijen", year="6", school_year="2026-2027", by=cast.coordinator)
        assign_teacher(group=group, user=cast.colleague, from_on=LONG_AGO, by=cast.coordinator)
        place_pupil(pupil=cast.pupil, group=group, from_on=TOMORROW, by=cast.coordinator)
    rows = (cast.pupil, trajectory)

    seen = [(sees(cast.teacher, *rows), sees(cast.colleague, *rows)) for _day in on_days(frozen_clock, TODAY, TOMORROW)]

    assert seen == [(True, False), (False, True)]


def test_the_handover_reaches_both_ways_over_the_summer(cast, trajectory, frozen_clock):
    year_ends, year_begins = date(2027, 7, 31), date(2027, 8, 1)
    handover = {"kind": GroupTeacher.Kind.HANDOVER, "by": cast.coordinator}
    with acting(cast.coordinator.pk):
        group = create_group(school=cast.school, name="Bijen", year="6", school_year="2027-2028", by=cast.coordinator)
        place_pupil(pupil=cast.pupil, group=group, from_on=year_begins, by=cast.coordinator)
        assign_teacher(group=group, user=cast.colleague, from_on=year_begins, by=cast.coordinator)
        assign_teacher(group=group, user=cast.colleague, from_on=date(2027, 7, 5), until_on=year_ends, **handover)
        end_assignment(assignment=cast.group.teachers.get(), on=year_ends, by=cast.coordinator)
        assign_teacher(group=cast.group, user=cast.teacher, from_on=year_begins, until_on=date(2027, 10, 1), **handover)
    days = [date(2027, 7, 4), date(2027, 7, 5), year_begins, date(2027, 10, 1), date(2027, 10, 2)]
    rows = (cast.pupil, trajectory)

    seen = [(sees(cast.teacher, *rows), sees(cast.colleague, *rows)) for _day in on_days(frozen_clock, *days)]

    assert seen == [(True, False), (True, True), (True, True), (True, True), (False, True)]


def test_a_case_closed_in_an_earlier_school_year_stays_hidden_from_a_new_teacher(cast, trajectory, frozen_clock):
    with acting(cast.teacher.pk):
        close_trajectory(trajectory=trajectory, outcome="Klaar.", by=cast.teacher, on=TODAY)
    with acting(cast.coordinator.pk):
        assign_teacher(group=cast.group, user=cast.colleague, from_on=LONG_AGO, by=cast.coordinator)
    days = on_days(frozen_clock, TODAY, date(2027, 7, 31), date(2027, 8, 1))

    seen = [(sees(cast.colleague, trajectory), sees(cast.coordinator, trajectory)) for _day in days]

    assert seen == [(True, True), (True, True), (False, True)]


# One case, and one school


def test_a_colleague_is_let_into_one_case_until_a_day(cast, trajectory, frozen_clock):
    other_case = at_level(cast, 0)
    with acting(cast.coordinator.pk):
        add_member(
            trajectory=trajectory, user=cast.colleague, reason="rekenspecialist", from_on=TOMORROW,
            until_on=date(2026, 12, 4), by=cast.coordinator,
        )  # fmt: skip
    around = on_days(frozen_clock, TODAY, TOMORROW, date(2026, 12, 4), date(2026, 12, 5))

    assert [(sees(cast.colleague, trajectory, cast.pupil), sees(cast.colleague, other_case)) for _day in around] == [
        (False, False),
        (True, False),
        (True, False),
        (False, False),
    ]


def test_a_colleague_is_let_out_of_a_case_at_once(cast, trajectory):
    with acting(cast.coordinator.pk):
        member = add_member(
            trajectory=trajectory, user=cast.colleague, reason="rekenspecialist", from_on=TODAY, by=cast.coordinator
        )
        end_member(member=member, by=cast.coordinator, on=TODAY)

    assert not sees(cast.colleague, trajectory)


def test_who_leads_lets_a_colleague_of_the_own_school_in(cast, trajectory):
    with acting(cast.teacher.pk), refused("not_leading"):
        add_member(trajectory=trajectory, user=cast.colleague, reason="samen", from_on=TODAY, by=cast.teacher)
    with acting(cast.coordinator.pk), refused("not_at_this_school"):
        add_member(trajectory=trajectory, user=cast.stranger, reason="samen", from_on=TODAY, by=cast.coordinator)


def test_the_intern_begeleider_of_another_school_sees_nothing(cast, trajectory):
    rows = everything_of(cast, trajectory)

    assert not sees(cast.stranger, *rows)


def test_somebody_with_roles_at_two_schools_sees_each_by_its_own_role(cast, trajectory):
    with acting(SYSTEM):
        give_role(user=cast.stranger, role=Role.ADMIN, school=cast.school, from_on=LONG_AGO, by=SYSTEM)
    assert not sees(cast.stranger, trajectory)

    with acting(SYSTEM):
        give_role(user=cast.stranger, role=Role.COORDINATOR, school=cast.school, from_on=LONG_AGO, by=SYSTEM)
    assert sees(cast.stranger, trajectory)


# An exclusion beats every role


def everything_of(cast, trajectory):
    """One row of every kind that Emma's file has, an expert who reads it included."""
    held = full_talk(cast, trajectory, agreements=[{"what": "lezen"}], interventions=[{"text": "Blokjes."}], child=True)
    share(cast, held)
    case = at_level(cast, 2)
    engagement = engaged(cast, case)
    with acting(cast.coordinator.pk):
        heading = Heading.objects.filter(school=cast.school).first()
        note = add_entry(
            trajectory=trajectory, heading=heading, text="Rekende.", observed_on=TODAY, by=cast.coordinator
        )
        paper = add_document(
            trajectory=trajectory,
            heading=heading,
            title="Oude brief",
            received_on=TODAY,
            accepted=Accepted(b"%PDF-", "application/pdf"),
            by=cast.coordinator,
        )
        member = add_member(
            trajectory=trajectory, user=cast.colleague, reason="samen", from_on=TODAY, by=cast.coordinator
        )
        found = [trajectory, case, held, note, paper, paper.file, member, engagement, cast.pupil]
        found += [cast.mother, cast.mother.guardian, cast.pupil.places.get(), *engagement.choices.all()]
        found += [
            row for model in (LevelPhase, Attendee, Position, Agreement, ReportSharing) for row in model.objects.all()
        ]
    kinds = {type(row) for row in found}
    assert kinds >= {
        Trajectory, Pupil, Conversation, Guardian, Guardianship, Document, KeptFile, Entry, GroupPlace, Engagement,
        ParentChoice, Position, ReportSharing,
    }  # fmt: skip
    return found


def test_an_exclusion_beats_the_role_on_every_kind_of_record(cast, trajectory):
    rows = everything_of(cast, trajectory)

    assert sees(cast.director, *rows)
    assert not sees(cast.excluded, *rows)
    with acting(cast.excluded.pk):
        assert not TrajectoryGrant.objects.exists()
        for row in rows:
            if hasattr(row, "history"):
                assert not type(row).history.filter(id=row.pk).exists(), type(row)


@pytest.mark.parametrize("name", ["coordinator", "teacher", "director", "auditor", "fg"])
def test_whoever_is_excluded_sees_nothing_of_that_child_and_all_of_the_others(name, cast, trajectory):
    user = getattr(cast, name)
    with acting(SYSTEM):
        other = make_pupil(cast.school, cast.group, "Fien", "Smit")
        other_case = at_level(cast, 0, pupil=other)
        exclude_colleague(pupil=cast.pupil, user=user, reason="buurkind", from_on=LONG_AGO, by=SYSTEM)

    assert not sees(user, trajectory)
    assert sees(user, other_case)


def test_an_exclusion_beats_being_let_into_the_case_and_the_group(cast, trajectory):
    with acting(cast.coordinator.pk):
        add_member(trajectory=trajectory, user=cast.excluded, reason="samen", from_on=TODAY, by=cast.coordinator)
        assign_teacher(group=cast.group, user=cast.excluded, from_on=TODAY, by=cast.coordinator)

    assert not sees(cast.excluded, trajectory, cast.pupil, cast.mother, cast.mother.guardian)


def test_an_exclusion_covers_every_case_of_the_child(cast, trajectory):
    assert not sees(cast.excluded, trajectory, at_level(cast, 1), at_level(cast, 2))


def test_an_exclusion_hides_the_parents_unless_they_are_those_of_another_child_too(cast):
    assert not sees(cast.excluded, cast.mother.guardian)
    with acting(SYSTEM):
        sister = make_pupil(cast.school, cast.group, "Dilan", "Kaya")
        row = add_guardian(
            pupil=sister, person=cast.mother.guardian, relation={"has_authority": True}, from_on=TODAY, by=SYSTEM
        )

    assert sees(cast.excluded, cast.mother.guardian, row)
    assert not sees(cast.excluded, cast.mother)


def test_an_exclusion_is_invisible_to_whom_it_keeps_out(cast, trajectory):
    with acting(cast.excluded.pk):
        assert not CaseExclusion.objects.for_user(cast.excluded).exists()
    with acting(cast.director.pk):
        assert CaseExclusion.objects.for_user(cast.director).get().reason == "eigen kind"
        assert cast.excluded.full_name not in {reader.name for reader in readers_of(trajectory)}


def test_an_exclusion_holds_on_its_own_days(cast, trajectory, frozen_clock):
    with acting(cast.director.pk):
        end_exclusion(exclusion=cast.pupil.exclusions.get(), on=TODAY, by=cast.director)

    assert [sees(cast.excluded, trajectory) for _day in on_days(frozen_clock, TODAY, TOMORROW)] == [False, True]


def test_nobody_excludes_himself(cast):
    with acting(cast.director.pk), refused("own_exclusion"):
        exclude_colleague(pupil=cast.pupil, user=cast.director, reason="eigen kind", from_on=TODAY, by=cast.director)


def test_the_teacher_sees_which_expert_reads_the_case(cast):
    case = at_level(cast, 2)
    engaged(cast, case)

    with acting(cast.teacher.pk):
        assert cast.expert.full_name in {reader.name for reader in readers_of(case)}


def test_an_end_before_the_beginning_is_refused_wherever_something_has_dates(cast):
    with acting(cast.coordinator.pk), refused("ends_before_it_begins"):
        saved(
            GroupPlace(
                school=cast.school, pupil=cast.pupil, group=cast.group, from_on=TODAY, until_on=YESTERDAY, year="5"
            ),
            by=cast.coordinator,
            why="placed",
        )


def test_a_safeguarding_lead_and_an_administrator_see_no_case_by_their_role(cast, trajectory):
    for user in (cast.safeguarding_lead, cast.admin, staffless(cast)):
        assert not sees(user, trajectory, cast.pupil)


def staffless(cast):
    """A teacher of this school without a group."""
    with acting(SYSTEM):
        return staff("gerda", cast.school, Role.TEACHER)


def test_the_talk_of_a_case_is_seen_by_who_sees_the_case(cast, trajectory):
    held = talk(cast, trajectory)

    assert sees(cast.coordinator, held)
    assert sees(cast.teacher, held)
    for user in (cast.colleague, cast.auditor, cast.fg, cast.privacy_officer, cast.expert):
        assert not sees(user, held)
