"""The record of looking and doing: it grows, each event hangs on the one before, and who alters it is found."""

import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction

from accounts.actions import give_leave
from accounts.models import Holiday, Membership
from accounts.wall import SYSTEM, acting, as_owner
from audit.models import Event, EventHead
from audit.record import record, sign
from audit.verify import verify
from cases.actions.people import assign_teacher
from cases.models import Conversation, Trajectory
from cases.views.looking import look_lines
from tests.conftest import LONG_AGO, TODAY
from tests.rows import one_of_each
from tests.steps import at_level, engaged


def events(**which):
    """What was recorded, along the chains."""
    with acting(SYSTEM):
        return list(Event.objects.filter(**which).order_by("chain", "seq"))


def broken():
    """Verify as the system."""
    with acting(SYSTEM):
        return verify()


@pytest.fixture
def owners_eyes(django_db_setup):
    """The whole test runs as the role that owns the tables: who else could alter what stands?"""
    with as_owner():
        yield


def alter(statement):
    """Run one statement of whoever got hold of the owner's role."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_event_says_in_which_roles_somebody_asked(cast, sign_in):
    sign_in(cast.coordinator).get("/trajecten/")
    sign_in(cast.expert).get("/begeleid/")

    roles = {event.actor: event.actor_role for event in events(action__endswith=".listed")}
    assert roles == {cast.coordinator.pk: "coordinator", cast.expert.pk: ""}


# --- who may do what -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["teacher", "coordinator", "director", "auditor", "fg", "stranger"])
def test_who_signs_in_adds_events_and_changes_and_removes_none(name, cast):
    user = getattr(cast, name)
    with acting(user.pk):
        record("test.looked", cast.pupil, by=user)
    for deed in (
        lambda: Event.objects.update(action="nothing"),
        lambda: Event.objects.all().delete(),
        lambda: Event.objects.bulk_update([Event(pk=uuid.UUID(int=1), action="x")], ["action"]),
    ):
        for who in (user.pk, SYSTEM):
            with pytest.raises(ProgrammingError, match="permission denied"), acting(who):
                deed()
    assert len(events(action="test.looked")) == 1


def test_the_ends_of_the_chains_are_read_and_written_by_nobody(cast):
    for deed in (
        EventHead.objects.count,
        lambda: EventHead.objects.update(seq=0),
        lambda: EventHead.objects.all().delete(),
        lambda: EventHead.objects.create(chain="x", seq=0, seal=b""),
    ):
        for who in (cast.director.pk, SYSTEM):
            with pytest.raises(ProgrammingError, match="permission denied"), acting(who):
                deed()


def test_the_application_empties_no_table_and_takes_no_trigger_away(cast):
    for statement in (
        "truncate audit_event",
        "alter table audit_event disable trigger chain",
        "drop trigger chain on audit_event",
        "alter table audit_event disable row level security",
        "set local session_replication_role = replica",
        "create or replace function audit_seal(e audit_event) returns bytea language sql as $$ select ''::bytea $$",
    ):
        with pytest.raises(DatabaseError), acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(statement)


def test_nobody_but_the_system_verifies(cast):
    for who in ("", cast.auditor.pk):
        with acting(who), pytest.raises(PermissionError):
            verify()
        with acting(who), connection.cursor() as cursor:
            cursor.execute("select * from audit_broken()")
            assert cursor.fetchall() == []


# --- what is written -------------------------------------------------------------------------------------------------


def test_an_event_says_who_what_and_when_as_it_was(cast, trajectory):
    with acting(cast.teacher.pk):
        record("test.looked", trajectory, by=cast.teacher, ground="staff", detail={"count": 3})
    [event] = events(action="test.looked")

    assert (event.kind, event.subject) == ("cases.trajectory", trajectory.pk)
    assert (event.school, event.dossier) == (cast.school.pk, trajectory.pk)
    assert (event.actor, event.actor_name) == (cast.teacher.pk, cast.teacher.full_name)
    assert (event.ground, event.detail) == ("staff", {"count": 3})

    cast.teacher.last_name = "Anders"
    cast.teacher.save()
    assert events(action="test.looked")[0].actor_name == "Lotte Bakkers", "it keeps the name as it was"


def test_the_system_is_named_as_such(cast):
    with acting(SYSTEM):
        record("test.nightly", by=SYSTEM)
    [event] = events(action="test.nightly")

    assert (event.actor, event.actor_name, event.school, event.dossier) == (None, "system", None, None)


def test_what_belongs_to_no_case_goes_along_the_schools_chain_and_the_rest_along_the_case(cast, trajectory):
    rows = one_of_each(cast, trajectory)
    with acting(cast.teacher.pk):
        for subject in (cast.pupil, cast.school, trajectory, rows["cases_conversation"], rows["consent_engagement"]):
            record("test.chain", subject, by=cast.teacher)
        record("test.chain", by=cast.teacher)
        record("test.chain", cast.pupil, by=cast.teacher, dossier=trajectory.pk)

    chains = sorted(event.chain for event in events(action="test.chain"))
    assert chains == sorted([f"s{cast.school.pk}"] * 2 + [f"d{trajectory.pk}"] * 4 + [f"u{cast.teacher.pk}"])


def test_every_chain_is_whole_from_its_first_event(cast, trajectory):
    for number in range(4):
        with acting(cast.teacher.pk):
            record("test.looked", trajectory, by=cast.teacher, detail={"number": number})
    chains = {}
    for event in events():
        chains.setdefault(event.chain, []).append(event)

    assert len(chains) >= 4
    for links in chains.values():
        assert [event.seq for event in links] == list(range(1, len(links) + 1))
        before = b""
        for event in links:
            assert bytes(event.previous) == before
            before = bytes(event.seal)
        assert len({bytes(event.seal) for event in links}) == len(links)
    assert broken() == []


def test_an_event_of_a_deed_that_failed_was_never_there(cast, trajectory):
    before = len(events())
    with acting(cast.teacher.pk):
        record("test.looked", trajectory, by=cast.teacher)
        transaction.set_rollback(True)
    assert len(events()) == before

    with acting(cast.teacher.pk):
        record("test.looked", trajectory, by=cast.teacher)
    assert broken() == [], "the chain goes on without a gap"


def test_who_writes_an_event_chooses_no_place_in_the_chain(cast):
    with acting(cast.teacher.pk):
        Event.objects.create(
            action="test.forged", actor_name="x", school=cast.school.pk, chain="d0", seq=1, previous=b"x", seal=b"y"
        )
    [event] = events(action="test.forged")

    assert event.chain == f"s{cast.school.pk}"
    assert bytes(event.seal) != b"y"
    assert broken() == []


# --- who alters it is found ------------------------------------------------------------------------------------------


@pytest.fixture
def chain(owners_eyes, cast, trajectory):
    """Five looks at one case, as they stand in its chain."""
    for number in range(5):
        with acting(cast.teacher.pk):
            record("test.looked", trajectory, by=cast.teacher, detail={"number": number, "geen": None})
    return events(chain=f"d{trajectory.pk}")


ALTERED = [
    "action = 'test.nothing'",
    "at = at + interval '1 second'",
    "actor_name = 'Iemand Anders'",
    "actor = gen_random_uuid()",
    "actor = null",
    "subject = null",
    "school = null",
    "detail = '{}'",
    "detail = detail || '{\"number\": 9}'",
    "ground = 'break_glass'",
    "actor_role = 'fg'",
    "seq = null",
    "previous = null",
    "seal = previous",
    "seal = null",
    "seq = seq + 100",
    "chain = 'installation'",
]


@pytest.mark.parametrize("change", ALTERED)
def test_an_altered_event_is_found(change, chain):
    victim = chain[2]
    alter(f"update audit_event set {change} where id = '{victim.pk}'")

    found = {one.chain: one for one in broken()}
    if change.startswith("chain"):
        assert set(found) == {victim.chain, "installation"}
        assert found[victim.chain].event == chain[3].pk, "the one after hangs on nothing"
    elif change.startswith("seq = seq"):
        assert found[victim.chain].event == chain[3].pk
    else:
        assert list(found) == [victim.chain]
        assert (found[victim.chain].event, found[victim.chain].seq) == (
            victim.pk,
            None if change == "seq = null" else victim.seq,
        )


def test_a_removed_event_is_found_in_the_middle_and_at_the_end(chain):
    with transaction.atomic():
        alter(f"delete from audit_event where id = '{chain[2].pk}'")
        assert [one.event for one in broken()] == [chain[3].pk]
        transaction.set_rollback(True)
    alter(f"delete from audit_event where id = '{chain[-1].pk}'")
    [gap] = broken()

    assert (gap.chain, gap.event, gap.seq) == (chain[0].chain, None, chain[-1].seq)


def test_a_chain_that_was_removed_whole_is_found(chain):
    alter(f"delete from audit_event where chain = '{chain[0].chain}'")
    assert [(one.chain, one.event) for one in broken()] == [(chain[0].chain, None)]


def test_a_chain_whose_end_was_removed_is_found(chain):
    alter(f"delete from audit_eventhead where chain = '{chain[0].chain}'")
    assert [one.chain for one in broken()] == [chain[0].chain]


def test_two_events_that_changed_places_are_found(chain):
    one, two = chain[1], chain[2]
    alter(
        f"update audit_event set seq = case seq when {one.seq} then {two.seq} else {one.seq} end"
        f" where id in ('{one.pk}', '{two.pk}')"
    )
    assert [found.chain for found in broken()] == [one.chain]


def test_a_forged_event_that_was_slipped_in_is_found(chain):
    alter("alter table audit_event disable trigger chain")
    alter(
        "insert into audit_event select (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()))).*"
        f" from audit_event e where id = '{chain[-1].pk}'"
    )
    alter("alter table audit_event enable trigger chain")
    assert [found.chain for found in broken()] == [chain[0].chain]


def test_a_column_that_is_added_later_breaks_nothing(chain):
    alter("alter table audit_event add column later text")
    assert broken() == []


def test_the_command_says_that_the_record_holds(chain):
    written = StringIO()
    call_command("audit", "verify", stdout=written)

    assert written.getvalue() == f"The record holds: {len(events())} events.\n"


def test_the_command_names_the_first_altered_event_and_ends_with_1(chain):
    alter(f"update audit_event set action = 'test.nothing' where id in ('{chain[1].pk}', '{chain[3].pk}')")

    with pytest.raises(CommandError) as refusal:
        call_command("audit", "verify", stdout=StringIO())
    assert refusal.value.returncode == 1
    assert str(chain[1].pk) in str(refusal.value)
    assert str(chain[3].pk) not in str(refusal.value)
    assert chain[1].chain in str(refusal.value)
    assert "Lotte" not in str(refusal.value)


def test_the_command_does_one_thing():
    with pytest.raises(CommandError):
        call_command("audit", "repair")


# --- signing ---------------------------------------------------------------------------------------------------------


def test_nothing_is_saved_that_nobody_signed(cast, trajectory):
    unsigned = Holiday(school=cast.school, name="Herfst", from_on=LONG_AGO, until_on=LONG_AGO)
    with acting(SYSTEM):
        for deed in (
            unsigned.save,
            lambda: Trajectory.objects.get().save(),
            lambda: Trajectory.objects.get().save(update_fields=["state"]),
            lambda: Holiday.objects.create(school=cast.school, name="x", from_on=LONG_AGO),
            lambda: Holiday.objects.get_or_create(school=cast.school, name="x", defaults={"from_on": LONG_AGO}),
            lambda: Membership.objects.update_or_create(user=cast.teacher, defaults={"role": "director"}),
        ):
            with pytest.raises(RuntimeError, match="without a name"), transaction.atomic():
                deed()
    assert not Holiday.objects.exists()


def test_one_signature_is_for_one_save(cast):
    row = Holiday(school=cast.school, name="Herfst", from_on=LONG_AGO, until_on=LONG_AGO)
    sign(row, by=cast.director, why="holiday").save()
    with pytest.raises(RuntimeError):
        row.save()


def test_a_signature_is_used_up_by_a_save_that_failed(cast):
    row = Holiday(school=cast.school, name="Herfst", from_on=LONG_AGO, until_on=LONG_AGO)
    sign(row, by=cast.director, why="holiday").save()
    row.name = None
    with pytest.raises(DatabaseError), transaction.atomic():
        sign(row, by=cast.director, why="holiday").save()
    row.name = "Kerst"
    assert row.version == 1, "it still is the version that stands"
    with pytest.raises(RuntimeError):
        row.save()


def test_history_names_who_and_why_at_every_save(cast):
    row = sign(Holiday(school=cast.school, name="A", from_on=LONG_AGO, until_on=LONG_AGO), by=SYSTEM, why="import")
    row.save()
    for name, by in (("B", cast.director), ("C", cast.coordinator)):
        row.name = name
        sign(row, by=by, why=f"to {name}").save()

    told = [
        (one.name, one.version, one.history_type, one.history_user_id, one.history_change_reason)
        for one in row.history.all()
    ]
    assert told == [
        ("C", 3, "~", cast.coordinator.pk, "to C"),
        ("B", 2, "~", cast.director.pk, "to B"),
        ("A", 1, "+", None, "system: import"),
    ]


def test_history_stays_in_the_order_of_making_when_the_clock_stands_still(cast):
    row = sign(Holiday(school=cast.school, name="0", from_on=LONG_AGO, until_on=LONG_AGO), by=SYSTEM, why="test")
    row.save()
    for number in range(1, 12):
        row.name = str(number)
        sign(row, by=SYSTEM, why="test").save()

    assert [one.name for one in row.history.all()] == [str(number) for number in range(11, -1, -1)]


def test_a_row_that_exists_is_never_made_a_second_time(cast, trajectory):
    one_of_each(cast, trajectory)
    with acting(SYSTEM):
        talk = Conversation.objects.get()
        gone = Conversation(pk=talk.pk, school=cast.school)
        gone._state.adding = False
        for field in Conversation._meta.concrete_fields:
            setattr(gone, field.attname, getattr(talk, field.attname))
        gone.pk = uuid.uuid4()
        with pytest.raises(DatabaseError, match="did not affect"), transaction.atomic():
            sign(gone, by=SYSTEM, why="test").save()
        with pytest.raises(DatabaseError, match="did not affect"), transaction.atomic():
            sign(gone, by=SYSTEM, why="test").save(update_fields=["no_agreements"])
        assert Conversation.objects.count() == 1


def test_saving_some_fields_counts_the_version_too(cast):
    row = Holiday(school=cast.school, name="A", from_on=LONG_AGO, until_on=LONG_AGO)
    sign(row, by=SYSTEM, why="test").save()
    row.name = "B"
    sign(row, by=SYSTEM, why="test").save(update_fields=["name"])

    assert Holiday.objects.values_list("name", "version").get() == ("B", 2)


def test_a_signed_reason_is_a_code_and_the_record_holds_no_words_about_a_child(cast, trajectory):
    one_of_each(cast, trajectory)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("select coalesce(string_agg(to_jsonb(e)::text, ' '), '') from audit_event e")
        everything = cursor.fetchone()[0]
        reasons = set(Trajectory.history.values_list("history_change_reason", flat=True))

    for word in ("Emma", "Kaya", "Ayse", "rekenen", "eigen kind", "E.K."):
        assert word not in everything, word
    assert reasons == {"opened"}


def test_what_a_substitute_does_in_a_file_is_done_for_the_teacher_of_the_group(cast, trajectory):
    with acting(SYSTEM):
        assign_teacher(
            group=cast.group, user=cast.colleague, kind="substitute", from_on=TODAY, until_on=TODAY, by=SYSTEM
        )
        assign_teacher(group=cast.group, user=cast.director, kind="duo", from_on=LONG_AGO, by=SYSTEM)
        own = record("trajectory.looked", trajectory, by=cast.teacher)
        looked = record("trajectory.looked", trajectory, by=cast.colleague)
        listed = record("trajectory.listed", by=cast.colleague)
        give_leave(user=cast.director, school=cast.school, from_on=TODAY, by=SYSTEM)
        duo_away = record("trajectory.looked", trajectory, by=cast.colleague)
        for event, whom in ((own, None), (looked, cast.teacher), (listed, None), (duo_away, cast.director)):
            event.refresh_from_db()
            assert event.on_behalf == (whom and whom.pk)
        assert verify() == []


def test_the_day_after_the_last_a_substitute_stands_in_for_nobody(cast, trajectory, frozen_clock):
    with acting(SYSTEM):
        assign_teacher(
            group=cast.group, user=cast.colleague, kind="substitute", from_on=TODAY, until_on=TODAY, by=SYSTEM
        )
    frozen_clock.move_to("2026-11-25T10:00:00+01:00")
    with acting(SYSTEM):
        event = record("trajectory.looked", trajectory, by=cast.colleague)
        event.refresh_from_db()
        assert event.on_behalf is None


def test_an_answer_that_the_school_writes_down_is_recorded_for_the_parent_who_gave_it(cast):
    engaged(cast, at_level(cast, 2), says="known")

    recorded = events(action="choice.recorded")
    assert recorded
    assert {event.on_behalf for event in recorded} <= {cast.mother.guardian_id}


def test_the_list_of_looks_says_for_whom_by_name_for_a_colleague_and_never_for_a_parent(cast, trajectory):
    with acting(SYSTEM):
        record("trajectory.looked", trajectory, by=cast.colleague, on_behalf=cast.teacher)
        record("choice.recorded", trajectory, by=cast.coordinator, on_behalf=cast.mother.guardian)
        told = [line.told for line in look_lines(Event.objects.order_by("seq"), cast.director)]

    assert f"voor {cast.teacher.full_name}" in told
    assert "voor een ouder of de leerling" in told
