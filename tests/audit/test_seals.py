"""Chains are sealed, cut at a seal when old enough, held against a file elsewhere; and every alteration is found."""

import json
import random
import uuid
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from accounts.wall import SYSTEM, acting, as_owner
from audit import seals
from audit.models import Event, EventHead, SealPoint
from audit.record import record
from audit.verify import verify
from config.env import years


def as_system(ask, *args, **options):
    """Ask as the system."""
    with acting(SYSTEM):
        return ask(*args, **options)


def alter(statement, *params):
    """One statement of whoever got hold of the owner's role."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def told(deed, **options):
    """What the command writes."""
    written = StringIO()
    call_command("audit", deed, stdout=written, **options)
    return written.getvalue()


@pytest.fixture
def owners_eyes(django_db_setup):
    """The whole test runs as the role that owns the tables."""
    with as_owner():
        yield


@pytest.fixture
def old_chain(cast, frozen_clock):
    """A dossier with three looks of six years ago, and two of now."""
    dossier = uuid.uuid4()

    def look(times):
        with acting(cast.teacher.pk):
            for _time in range(times):
                record("test.looked", by=cast.teacher, school=cast.school.pk, dossier=dossier)

    frozen_clock.move_to("2020-11-01T10:00:00+01:00")
    look(3)
    frozen_clock.move_to("2026-11-24T10:10:00+01:00")
    look(2)
    return f"d{dossier}"


def stands(chain):
    """The places of a chain that still stand."""
    return as_system(lambda: list(Event.objects.filter(chain=chain).order_by("seq").values_list("seq", flat=True)))


def test_what_is_older_than_the_term_goes_up_to_a_seal_and_the_rest_still_holds(old_chain, cast):
    before = as_system(Event.objects.count)
    assert told("cut") == "3 events were removed.\n"

    assert stands(old_chain) == [4, 5]
    assert as_system(Event.objects.count) == before - 3
    assert as_system(verify) == []
    assert told("verify") == f"The record holds: {before - 3} events.\nvanaf zegel van 01-11-2020: 1 chains were cut.\n"
    with acting(cast.teacher.pk):
        record("test.looked", by=cast.teacher, dossier=uuid.UUID(old_chain[1:]))
    assert stands(old_chain) == [4, 5, 6]
    assert as_system(verify) == []
    assert told("cut") == "0 events were removed.\n"


def test_the_term_is_a_setting(old_chain, settings, frozen_clock):
    frozen_clock.move_to("2028-01-01T10:00:00+01:00")
    settings.AUDIT_YEARS = 5
    assert as_system(seals.cut) == 3


@pytest.mark.parametrize("value", ["0", "6", "-1", "vijf", ""])
def test_the_record_is_kept_from_one_to_five_years(value, monkeypatch):
    monkeypatch.setenv("TEST_YEARS", value)
    with pytest.raises(ImproperlyConfigured):
        years("TEST_YEARS", default=5, most=5)
    monkeypatch.setenv("TEST_YEARS", "3")
    assert years("TEST_YEARS", default=5, most=5) == 3


def test_nothing_younger_than_a_year_goes_and_nobody_but_the_system_cuts(old_chain, cast):
    with connection.cursor() as cursor:
        for who, before in (
            (SYSTEM, "now()"),
            (SYSTEM, "now() - interval '11 months'"),
            (cast.director.pk, "'2021-1-1'"),
        ):
            with pytest.raises(DatabaseError, match=r"for a year|by the system"), acting(who):
                cursor.execute(f"select audit_cut({before})")
        with pytest.raises(DatabaseError, match="by the system"), acting(cast.director.pk):
            cursor.execute("select audit_seal_heads()")
    assert stands(old_chain) == [1, 2, 3, 4, 5]


def test_the_application_writes_no_seal(old_chain):
    point = {"chain": "x", "seq": 1, "seal": b"", "at": "2026-11-24T00:00Z", "last_at": "2026-11-24T00:00Z"}
    for deed in (
        lambda: SealPoint.objects.create(**point),
        lambda: SealPoint.objects.update(is_cut=True),
        lambda: SealPoint.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="permission denied"):
            as_system(deed)


def test_a_chain_that_does_not_hold_is_not_cut(owners_eyes, old_chain):
    alter("update audit_event set action = 'x' where chain = %s and seq = 2", old_chain)

    assert as_system(seals.cut) == 0
    assert stands(old_chain) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "change",
    [
        "update audit_event set action = 'x' where seq = 5",
        "update audit_event set action = 'x' where seq = 4",
        "delete from audit_event where seq = 4",
        "delete from audit_event where seq = 5",
        "delete from audit_event where true",
        "update audit_sealpoint set seal = 'x' where true",
        "delete from audit_sealpoint where true",
    ],
)
def test_what_is_altered_after_a_cut_is_found(change, owners_eyes, old_chain):
    as_system(seals.cut)
    alter(f"{change} and chain = %s", old_chain)

    assert [one.chain for one in as_system(verify)] == [old_chain]


def test_a_chain_that_was_written_anew_from_a_place_before_a_seal_is_found(owners_eyes, old_chain, cast):
    """The last event is thrown away and the end put back; then another one is added: every link holds."""
    as_system(seals.seal_heads)
    alter("delete from audit_event where chain = %s and seq = 5", old_chain)
    alter(
        "update audit_eventhead h set seq = 4, seal = e.seal from audit_event e"
        " where h.chain = %s and e.chain = h.chain and e.seq = 4",
        old_chain,
    )
    with acting(cast.teacher.pk):
        record("test.other", by=cast.teacher, dossier=uuid.UUID(old_chain[1:]))

    assert [(one.chain, one.seq) for one in as_system(verify)] == [(old_chain, 5)]


# --- elsewhere -------------------------------------------------------------------------------------------------------


def test_a_whole_chain_that_was_thrown_away_is_found_against_the_file(owners_eyes, old_chain, tmp_path):
    file = tmp_path / "zegels.jsonl"
    assert "seals were added" in told("seal", to=str(file))
    assert told("verify", against=str(file)).startswith("The record holds")
    for table in ("event", "eventhead", "sealpoint"):
        alter(f"delete from audit_{table} where chain = %s", old_chain)

    assert as_system(verify) == [], "in the database nothing is left that tells"
    with pytest.raises(CommandError, match=old_chain) as refusal:
        told("verify", against=str(file))
    assert refusal.value.returncode == 1


def test_a_chain_that_was_cut_in_time_stands_against_the_file_and_one_cut_too_early_does_not(
    owners_eyes, old_chain, tmp_path, frozen_clock, cast
):
    file = tmp_path / "zegels.jsonl"
    frozen_clock.move_to("2020-11-02T10:00:00+01:00")
    old = uuid.uuid4()
    with acting(cast.teacher.pk):
        record("test.looked", by=cast.teacher, dossier=old)
    as_system(seals.write, file)
    frozen_clock.move_to("2026-11-24T10:10:00+01:00")
    as_system(seals.write, file)
    as_system(seals.cut)
    assert stands(f"d{old}") == []
    assert as_system(seals.compare, file) == []

    alter("insert into audit_sealpoint select gen_random_uuid(), chain, 5, seal, at, last_at, true from audit_event e"
          " cross join (select now() as last_at) l where chain = %s and seq = 5"
          " on conflict (chain, seq) do update set is_cut = true", old_chain)  # fmt: skip
    alter("delete from audit_event where chain = %s", old_chain)
    assert as_system(verify) == []
    assert [one.chain for one in as_system(seals.compare, file)] == [old_chain]


@pytest.mark.parametrize("harm", ["changed", "left out", "nonsense", "added"])
def test_a_file_of_seals_that_was_altered_is_found(harm, old_chain, tmp_path):
    file = tmp_path / "zegels.jsonl"
    as_system(seals.write, file)
    as_system(seals.write, file)
    lines = file.read_text().splitlines()
    assert len(lines) >= 4
    if harm == "changed":
        lines[1] = json.dumps(json.loads(lines[1]) | {"seq": 1000})
    elif harm == "left out":
        del lines[1]
    else:
        lines.insert(2, "[]" if harm == "nonsense" else lines[0])
    file.write_text("\n".join(lines))

    assert "line 2" in str(as_system(seals.compare, file)[0]) or "line 3" in str(as_system(seals.compare, file)[0])


def test_a_file_of_seals_tells_nothing_but_where_chains_end(old_chain, tmp_path):
    file = tmp_path / "zegels.jsonl"
    as_system(seals.write, file)
    for line in file.read_text().splitlines():
        assert set(json.loads(line)) == {"chain", "seq", "seal", "last_at", "at", "mac"}


def test_the_nightly_round_seals_and_cuts(old_chain, tmp_path, settings):
    settings.AUDIT_SEALS = str(tmp_path / "zegels.jsonl")
    call_command("daily", stdout=StringIO())

    assert stands(old_chain) == [4, 5]
    assert old_chain in (tmp_path / "zegels.jsonl").read_text()
    settings.AUDIT_SEALS = ""
    call_command("daily", stdout=StringIO())
    assert "in the database alone" in told("seal")


# --- a thousand alterations ------------------------------------------------------------------------------------------

NEW_VALUES = {
    "at": "at + make_interval(secs => %s)",
    "action": "action || %s::text",
    "school": "md5(%s::text)::uuid",
    "dossier": "md5(%s::text)::uuid",
    "kind": "kind || %s::text",
    "subject": "md5(%s::text)::uuid",
    "actor": "md5(%s::text)::uuid",
    "actor_name": "actor_name || %s::text",
    "actor_role": "actor_role || %s::text",
    "ground": "ground || %s::text",
    "on_behalf": "md5(%s::text)::uuid",
    "detail": "jsonb_set(detail, '{x}', to_jsonb(%s::int))",
    "session": "coalesce(session, '') || %s::text",
    "request": "md5(%s::text)::uuid",
    "seq": "seq + %s",
    "previous": "sha256(%s::text::bytea)",
    "seal": "sha256(%s::text::bytea)",
}


def test_each_of_a_thousand_alterations_by_the_owner_is_found(owners_eyes, cast):
    assert set(NEW_VALUES) == {field.name for field in Event._meta.fields} - {"id", "chain"}
    for _time in range(12):
        with acting(cast.teacher.pk):
            record("test.looked", cast.pupil, by=cast.teacher)
    dice, columns = random.Random(20261124), list(NEW_VALUES)  # noqa: S311 - no secret: which row, which column
    missed = []
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("select id from audit_event order by seq desc limit 40")
        keys = [key for (key,) in cursor.fetchall()]
        cursor.execute("select count(*) from audit_broken()")
        assert cursor.fetchone() == (0,)
        for number in range(1, 1001):
            key, column = dice.choice(keys), dice.choice(columns)
            cursor.execute("savepoint one")
            if number % 10:
                change = NEW_VALUES[column]
                cursor.execute(f"update audit_event set {column} = {change} where id = %s", [number, key])
            else:
                cursor.execute("delete from audit_event where id = %s", [key])
            cursor.execute("select count(*) from audit_broken()")
            if not cursor.fetchone()[0]:
                missed.append((number, column, key))
            cursor.execute("rollback to savepoint one")
    assert missed == []


def test_the_end_of_a_chain_and_its_seal_say_which_chain_and_where():
    assert str(EventHead(chain="s1", seq=3, seal=b"x")) == "s1"
    assert str(SealPoint(chain="s1", seq=3, seal=b"x")) == "s1 3"
