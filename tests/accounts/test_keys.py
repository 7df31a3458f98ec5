"""New keys for old, and the end of a key: what was sealed still opens, or opens nowhere any more."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse

from accounts import keyring, rotation
from accounts.keyring import (
    INSTALLATION,
    BrokenSeal,
    KeyGone,
    fingerprint,
    forget_keys,
    number_in,
    number_of,
    seal,
    unseal,
)
from accounts.models import SchoolKey
from accounts.sealing import Broken, SealedField
from accounts.wall import SYSTEM, acting
from audit.models import Event
from audit.record import sign
from cases.actions.imports import confirm_pupils, preview_pupils
from cases.models import Conversation, Pupil, Trajectory
from tests.accounts.test_broken_seals import break_open
from tests.accounts.test_sealing import fresh, raw
from tests.conftest import TODAY
from tests.rows import one_of_each
from tests.steps import talk

pytestmark = pytest.mark.django_db
NEW_MASTER = bytes(range(32))


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch):
    """Nobody else is at work: there is nothing to wait for."""
    monkeypatch.setattr(rotation, "sleep", lambda seconds: None)


@pytest.fixture
def rows(cast, trajectory):
    """One row of each record of a file."""
    return one_of_each(cast, trajectory)


def keys(*words):
    """Run the command; return what it says."""
    out, err = io.StringIO(), io.StringIO()
    call_command("keys", *words, stdout=out, stderr=err)
    return out.getvalue() + err.getvalue()


def sealed_in(rows):
    """{(table, key, column): (number of its key, what it says)} of these rows and their histories."""
    found = {}
    with acting(SYSTEM):
        for row in rows.values():
            for one in [fresh(row), *(row.history.all() if hasattr(row, "history") else ())]:
                for field in one._meta.concrete_fields:
                    if isinstance(field, SealedField) and one.__dict__.get(field.attname) is not None:
                        number = number_in(one.__dict__[field.attname].data)
                        found[one._meta.db_table, one.pk, field.name] = number, getattr(one, field.attname)
    return found


def versions(rows):
    """{table: (version, rows of history)}."""
    with acting(SYSTEM):
        return {
            table: (fresh(row).version, row.history.count()) for table, row in rows.items() if hasattr(row, "history")
        }


# --- a school's key --------------------------------------------------------------------------------------------------


def test_a_new_key_opens_all_that_the_old_one_closed(cast, rows):
    before, counted, old = sealed_in(rows), versions(rows), number_of(cast.school.pk)
    assert {number for number, _value in before.values()} == {old}

    told = keys("rotate", "--school", "11aa")

    after, new = sealed_in(rows), number_of(cast.school.pk)
    assert new != old
    assert {place: value for place, (_number, value) in after.items()} == {
        place: value for place, (_number, value) in before.items()
    }
    assert {number for number, _value in after.values()} == {new}
    assert versions(rows) == counted, "nothing was changed, so nothing is told as a change"
    assert "De Wilgenboom [##############################]" in told
    assert "0 texts can't be opened" in told
    assert "#" * 31 not in told


def test_the_key_of_another_school_stays_as_it_is(cast, rows):
    other = number_of(cast.other_school.pk)

    keys("rotate", "--school", "11AA")

    assert number_of(cast.other_school.pk) == other


def test_a_rotation_is_written_down(cast, rows):
    keys("rotate", "--school", "11AA")

    with acting(SYSTEM):
        event = Event.objects.get(action="key.rotated")
    assert (event.school, event.subject, event.actor_name) == (cast.school.pk, cast.school.pk, SYSTEM)
    assert event.detail["broken"] == 0
    assert event.detail["rows"] > 40


def test_a_trial_run_counts_and_changes_nothing(cast, rows):
    before = sealed_in(rows)

    told = keys("rotate", "--school", "11AA", "--dry-run")

    assert sealed_in(rows) == before
    assert int(told.split()[2]) >= len({(table, key) for table, key, _name in before})
    assert SchoolKey.objects.filter(school=cast.school).count() == 1


def test_a_rotation_that_is_broken_off_is_gone_on_with(cast, rows, monkeypatch):
    before, old = sealed_in(rows), number_of(cast.school.pk)
    monkeypatch.setattr(rotation, "BATCH", 3)
    turns = []

    def stop(done):
        turns.append(done)
        if len(turns) == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(cast.school, told=stop)
    half = sealed_in(rows)
    new = number_of(cast.school.pk)
    assert {number for number, _value in half.values()} == {old, new}, "half of it, and all of it opens"
    assert {place: value for place, (_n, value) in half.items()} == {place: v for place, (_n, v) in before.items()}

    told = keys("rotate", "--school", "11AA")

    assert "went on with a rotation that was broken off" in told
    assert number_of(cast.school.pk) == new, "no third key"
    assert {number for number, _value in sealed_in(rows).values()} == {new}
    assert {place: value for place, (_n, value) in sealed_in(rows).items()} == {
        place: v for place, (_n, v) in before.items()
    }
    assert keys("rotate", "--school", "11AA")
    assert number_of(cast.school.pk) != new, "the next one is a new one"


def test_what_does_not_open_stays_as_it_is_and_stops_nothing(cast, rows):
    talk_of_rows = rows["cases_conversation"]
    with acting(SYSTEM):
        closed = break_open(talk_of_rows, "text")

    assert "1 texts can't be opened" in keys("rotate", "--school", "11AA")
    first = number_of(cast.school.pk)
    with acting(SYSTEM):
        assert raw(talk_of_rows, "text") == closed
        assert isinstance(fresh(talk_of_rows).text, Broken)
    keys("rotate", "--school", "11AA")

    assert number_of(cast.school.pk) != first


def test_a_save_during_a_rotation_takes_the_new_key(cast, trajectory):
    """The row was read before the key was replaced: its unread texts are closed anew as well."""
    conversation = talk(cast, trajectory, child_view="Ik wil leren delen.")
    with acting(SYSTEM):
        row = fresh(conversation)
        rotation.replace_key(cast.school)
        row.child_view = "Iets anders."
        sign(row, by=SYSTEM, why="test").save()

        new = number_of(cast.school.pk)
        newest = Conversation.history.filter(id=row.pk).order_by("-history_id").first()
        for one in (row, newest):
            assert {number_in(raw(one, name)) for name in ("text", "child_view")} == {new}
        assert fresh(row).text == "Wij praatten over rekenen."


def test_a_closed_text_that_does_not_open_is_saved_as_it_was_under_a_new_key(cast, trajectory):
    conversation = talk(cast, trajectory)
    with acting(SYSTEM):
        closed = break_open(conversation, "text")
        rotation.replace_key(cast.school)
        row = fresh(conversation)
        field = Conversation._meta.get_field("text")

        assert field.pre_save(row, add=False).data == closed


def test_what_was_saved_with_the_old_key_meanwhile_is_found_at_the_end(cast, rows, monkeypatch):
    """A process that had not heard of the new key yet saves a talk while the rotation waits."""
    conversation, old = rows["cases_conversation"], number_of(cast.school.pk)

    def late(seconds):
        assert seconds == keyring.LIFE
        with acting(SYSTEM), monkeypatch.context() as patch:
            patch.setattr("accounts.keyring.number_of", lambda school_id: old)
            patch.setattr("accounts.sealing.number_of", lambda school_id: old)
            row = fresh(conversation)
            row.text = "Net op tijd."
            sign(row, by=SYSTEM, why="late").save()
            assert number_in(raw(row, "text")) == old

    monkeypatch.setattr(rotation, "sleep", late)

    keys("rotate", "--school", "11AA")

    with acting(SYSTEM):
        assert number_in(raw(conversation, "text")) == number_of(cast.school.pk) != old
        assert fresh(conversation).text == "Net op tijd."


def test_a_process_hears_of_a_new_key_by_itself(cast, frozen_clock):
    old = number_of(cast.school.pk)
    SchoolKey.objects.filter(school=cast.school).update(retired_on=TODAY)
    SchoolKey.objects.create(school=cast.school)
    assert number_of(cast.school.pk) == old

    frozen_clock.shift(timedelta(seconds=keyring.LIFE))

    assert number_of(cast.school.pk) != old


def test_a_school_has_one_key_that_closes_and_keeps_its_others(cast):
    for school in (cast.school, None):
        with pytest.raises(IntegrityError, match="one_key_that_closes"), transaction.atomic():
            SchoolKey.objects.bulk_create([SchoolKey(school=school), SchoolKey(school=school)])
    with pytest.raises(IntegrityError, match="destroyed_key_is_empty"), transaction.atomic():
        SchoolKey.objects.filter(school=cast.school).update(destroyed_on=TODAY, retired_on=TODAY)
    with pytest.raises(IntegrityError, match="destroyed_key_is_empty"), transaction.atomic():
        SchoolKey.objects.filter(school=cast.school).update(wrapped=b"")
    with acting(SYSTEM), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        SchoolKey.objects.filter(school=cast.school).delete()
    assert str(SchoolKey.objects.get(school=cast.school)) == f"key {number_of(cast.school.pk)}"


def test_a_key_that_closes_nothing_any_more_is_emptied_on_a_later_day(cast, rows):
    old = number_of(cast.school.pk)
    keys("rotate", "--school", "11AA")
    with acting(SYSTEM):
        assert rotation.drop_spent_keys(on=TODAY) == 0, "somebody may have it in hand still"
    assert SchoolKey.objects.get(pk=old).wrapped

    with acting(SYSTEM):
        assert rotation.drop_spent_keys(on=TODAY + timedelta(days=1)) == 1
        assert rotation.drop_spent_keys(on=TODAY + timedelta(days=1)) == 0

    spent = SchoolKey.objects.get(pk=old)
    assert (bytes(spent.wrapped), spent.destroyed_on) == (b"", TODAY + timedelta(days=1))
    assert all(value for _number, value in sealed_in(rows).values())


def test_the_nightly_round_empties_spent_keys(cast, frozen_clock):
    old = number_of(cast.school.pk)
    keys("rotate", "--school", "11AA")
    call_command("daily", stdout=io.StringIO())
    assert SchoolKey.objects.get(pk=old).wrapped

    frozen_clock.shift(timedelta(days=1))
    call_command("daily", stdout=io.StringIO())

    assert not SchoolKey.objects.get(pk=old).wrapped


def test_a_key_that_still_closes_something_is_kept(cast, rows):
    rotation.replace_key(cast.school)

    with acting(SYSTEM):
        assert rotation.drop_spent_keys(on=TODAY + timedelta(days=400)) == 0


# --- fingerprints ----------------------------------------------------------------------------------------------------

PUPILS = """<?xml version="1.0" encoding="UTF-8"?>
<EDEX><school key="1"><schooljaar>2026-2027</schooljaar><brincode>11AA</brincode><xsdversie>2.1</xsdversie></school>
<groepen><groep key="G1"><naam>5b</naam><jaargroep>5</jaargroep></groep></groepen>
<leerlingen><leerling key="L77"><achternaam>Vos</achternaam><roepnaam>Tijn</roepnaam>
<geboortedatum>2017-05-06</geboortedatum><geslacht>1</geslacht><groep key="G1"/></leerling></leerlingen></EDEX>
"""


def read_in(cast):
    """Read the file in as the coordinator; return what it counted."""
    with acting(cast.coordinator.pk):
        run = preview_pupils(school=cast.school, data=PUPILS.encode(), by=cast.coordinator, on=TODAY)
        return confirm_pupils(run=run, by=cast.coordinator, on=TODAY)


def test_a_fingerprint_stays_the_same_when_the_key_is_replaced(cast):
    before, other = fingerprint("leerling-1", cast.school.pk), fingerprint("leerling-1", cast.other_school.pk)

    for _turn in range(2):
        keys("rotate", "--school", "11AA")
        assert fingerprint("leerling-1", cast.school.pk) == before
    assert fingerprint("leerling-1", cast.other_school.pk) == other


def test_a_pupil_is_found_again_by_an_import_after_a_rotation(cast):
    assert read_in(cast)["new"] == 1
    with acting(SYSTEM):
        pupils = Pupil.objects.filter(school=cast.school).count()

    keys("rotate", "--school", "11AA")

    assert read_in(cast)["new"] == 0
    with acting(SYSTEM):
        assert Pupil.objects.filter(school=cast.school).count() == pupils


# --- the installation's key and the master key -----------------------------------------------------------------------


def test_all_keys_are_replaced_at_once_the_installations_too(cast, rows):
    closed = seal(b"een concept", "draft|1")

    told = keys("rotate", "--all")

    assert "De Wilgenboom" in told
    assert "De Populier" in told
    assert "installation" in told
    assert number_of(None) != INSTALLATION
    assert unseal(closed, "draft|1") == b"een concept", "the key of the beginning is kept: it opens, and closes nothing"
    assert number_in(seal(b"nog een", "draft|1")) == number_of(None)
    with acting(SYSTEM):
        assert rotation.drop_spent_keys(on=TODAY + timedelta(days=9)) == 2, (
            "of the two schools; never the installation's"
        )
    assert unseal(closed, "draft|1") == b"een concept"


def test_the_master_key_is_replaced_and_everything_opens(cast, rows, settings):
    before, own = sealed_in(rows), seal(b"een concept", "draft|1")
    settings.OLD_MASTER_KEY, settings.MASTER_KEY = settings.MASTER_KEY, NEW_MASTER
    forget_keys()
    assert sealed_in(rows) == before, "both keys are there: the pages go on"

    assert "2 keys would be wrapped anew" in keys("rotate", "--master", "--dry-run")
    assert "2 keys are wrapped anew" in keys("rotate", "--master")

    settings.OLD_MASTER_KEY = None
    forget_keys()
    assert sealed_in(rows) == before
    assert unseal(own, "draft|1") == b"een concept"
    assert "3 keys, all open." in keys("check")
    with acting(SYSTEM):
        assert Event.objects.get(action="keys.rewrapped").detail == {"keys": 2}


def test_wrapping_anew_twice_does_nothing_the_second_time(cast, settings):
    settings.OLD_MASTER_KEY, settings.MASTER_KEY = settings.MASTER_KEY, NEW_MASTER
    keys("rotate", "--master")

    assert "0 keys are wrapped anew" in keys("rotate", "--master")


def test_a_key_that_fits_neither_master_key_stops_the_wrapping_before_anything_is_changed(cast, settings):
    before = set(SchoolKey.objects.values_list("pk", "wrapped"))
    settings.OLD_MASTER_KEY, settings.MASTER_KEY = bytes(32), NEW_MASTER
    forget_keys()

    with pytest.raises(CommandError, match="Nothing was changed"), transaction.atomic():
        keys("rotate", "--master")

    assert {(pk, bytes(wrapped)) for pk, wrapped in SchoolKey.objects.values_list("pk", "wrapped")} == {
        (pk, bytes(wrapped)) for pk, wrapped in before
    }
    with pytest.raises(CommandError, match="wrapped by another master key"):
        keys("check")


def test_without_an_old_master_key_nothing_is_wrapped(cast, settings):
    for old in (None, settings.MASTER_KEY):
        settings.OLD_MASTER_KEY = old
        with pytest.raises(CommandError, match="OLD_MASTER_KEY"):
            keys("rotate", "--master")


# --- the end of a key ------------------------------------------------------------------------------------------------


def destroy():
    """Destroy the key of De Wilgenboom."""
    return keys("destroy", "--school", "11AA", "--yes-this-cannot-be-undone", "De Wilgenboom")


def test_a_destroyed_key_opens_nothing_any_more(cast, rows):
    rotation.replace_key(cast.school)

    assert "2 keys destroyed" in destroy()

    with acting(SYSTEM):
        case = fresh(rows["cases_trajectory"])
        assert case.question == "[gewist: de sleutel van deze school is vernietigd]"
        assert case.initials == "?"
        with pytest.raises(KeyGone):
            fresh(rows["cases_keptfile"]).data  # noqa: B018
        assert Event.objects.get(action="key.destroyed").detail == {"keys": 2}
        assert not any(bytes(key.wrapped) for key in SchoolKey.objects.filter(school=cast.school))
    with pytest.raises(KeyGone):
        seal(b"nieuw", "here", cast.school.pk)
    with pytest.raises(KeyGone):
        fingerprint("leerling-1", cast.school.pk)
    assert seal(b"nieuw", "here", cast.other_school.pk)


def test_a_page_of_a_destroyed_school_says_so_and_asks_no_more_of_the_database(cast, trajectory, sign_in, own_queries):
    talk(cast, trajectory)
    destroy()
    client = sign_in(cast.coordinator)

    with own_queries() as asked:
        reply = client.get(reverse("cases:trajectory_detail", args=[trajectory.pk]))

    assert reply.status_code == 200
    assert "[gewist: de sleutel van deze school is vernietigd]" in reply.text
    assert len(asked) <= 20
    with acting(SYSTEM):
        assert not Event.objects.filter(action="seal.broken").exists(), "somebody did this on purpose"


def test_nothing_is_written_for_a_destroyed_school(cast, trajectory, sign_in):
    destroy()

    reply = sign_in(cast.teacher).post(
        reverse("cases:conversation_log", args=[trajectory.pk]),
        {"held_on": "24-11-2026", "present": [f"g-{cast.mother.guardian_id}"], "text": "Wij praatten."},
    )

    assert reply.status_code == 409
    assert "kan niet worden geopend" in reply.text
    with acting(SYSTEM):
        assert not Conversation.objects.exists()
        assert Trajectory.objects.count() == 1


@pytest.mark.parametrize("name", [None, "", "de wilgenboom", "De Populier"])
def test_a_key_is_destroyed_only_with_the_schools_name_in_full(name, cast, trajectory):
    words = ["--yes-this-cannot-be-undone", name] if name is not None else []

    with pytest.raises(CommandError, match="for ever"):
        keys("destroy", "--school", "11AA", *words)

    with acting(SYSTEM):
        assert fresh(trajectory).question


@pytest.mark.parametrize("words", [["rotate", "--school", "99ZZ"], ["destroy", "--school", "99ZZ"]])
def test_a_school_that_is_not_there_has_no_key(words, cast):
    with pytest.raises(CommandError, match="There is no school 99ZZ"):
        keys(*words)


def test_a_destroyed_school_gets_no_new_key(cast):
    destroy()

    with pytest.raises(CommandError, match="was destroyed"):
        keys("rotate", "--school", "11AA")
    assert "De Wilgenboom" not in keys("rotate", "--all")


def test_a_school_without_a_key_closes_nothing(cast):
    with pytest.raises(BrokenSeal, match="no key"):
        seal(b"x", "here", cast.pupil.pk)
