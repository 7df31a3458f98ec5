"""Sealed fields: bound to their place, closed to the database, and closed again when read in the wrong hands."""

import ast
import copy
import pickle
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from accounts.models import School, SchoolKey
from accounts.sealing import (
    HEADER,
    INSTALLATION,
    Broken,
    BrokenSeal,
    Sealed,
    SealedBytesField,
    SealedField,
    SealedTextField,
    fingerprint,
    forget_keys,
    new_key,
    seal,
    unseal,
)
from accounts.wall import SYSTEM, acting
from audit.record import sign
from cases.models import Conversation, Document, Guardian, KeptFile, Pupil, Trajectory
from config.env import master_key
from tests.rows import SECRET, one_of_each

ROOT = Path(settings.BASE_DIR)


@pytest.fixture
def rows(cast, trajectory):
    """One row of every record of a child's file, each of their sealed texts with a word that is found nowhere else."""
    return one_of_each(cast, trajectory)


@pytest.fixture
def as_system(cast):
    """Everything in this test happens as the system."""
    with acting(SYSTEM):
        yield


def sealed_fields():
    """Yield (model, field) of every sealed field, histories too."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, SealedField):
                yield model, field


def raw(row, column):
    """Return the bytes as they stand in the database."""
    key = "history_id" if hasattr(row, "history_id") else "id"
    with connection.cursor() as cursor:
        cursor.execute(f"select {column} from {row._meta.db_table} where {key} = %s", [row.pk])
        return bytes(cursor.fetchone()[0])


def put(row, column, data):
    """Write bytes into a column, past everything."""
    key = "history_id" if hasattr(row, "history_id") else "id"
    with connection.cursor() as cursor:
        cursor.execute(f"update {row._meta.db_table} set {column} = %s where {key} = %s", [data, row.pk])
        assert cursor.rowcount == 1


def fresh(row):
    """Return the row as the database has it."""
    return row.__class__._base_manager.get(pk=row.pk)


# --- bound to its place ----------------------------------------------------------------------------------------------


def test_a_sealed_text_opens_where_it_belongs_and_in_no_other_place(as_system, trajectory):
    """Every text of every place into every other: field, row, history row, and between now and the history."""
    second = Trajectory(
        school_id=trajectory.school_id,
        pupil_id=trajectory.pupil_id,
        level=trajectory.level,
        initials="E.K.",
        question="Tweede vraag",
        education_needs="Behoefte twee",
        opened_on=trajectory.opened_on,
    )
    sign(second, by=SYSTEM, why="test").save()
    first = Trajectory.objects.get(pk=trajectory.pk)
    first.education_needs = "Behoefte een"
    sign(first, by=SYSTEM, why="test").save()
    places = [
        (row, column)
        for row in (first, second, *Trajectory.history.order_by("history_id"))
        for column in ("question", "education_needs")
        if getattr(row, column)
    ]
    assert len(places) == 4 + 5
    texts = {place: raw(*place) for place in places}

    for target in places:
        for source in places:
            put(*target, texts[source])
            if target == source:
                assert getattr(fresh(target[0]), target[1])
            else:
                assert isinstance(getattr(fresh(target[0]), target[1]), Broken)
        put(*target, texts[target])


def test_history_opens_and_is_sealed_anew(as_system, rows):
    talk = rows["cases_conversation"]
    then = Conversation.history.get(id=talk.pk)

    assert then.text == SECRET
    assert then.instance.text == SECRET
    assert then.history_user is None
    assert raw(then, "text") != raw(talk, "text")


def test_every_sealed_field_has_a_label_of_its_own():
    labels = [field.label for model, field in sealed_fields() if "istorical" not in model.__name__]

    assert len(labels) == len(set(labels)) > 50
    for model, field in sealed_fields():
        assert field.deconstruct()[2] == [field.label], f"{model}: a migration would lose the label"


@bounded(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.binary(min_size=1, max_size=300),
    place=st.text(max_size=40),
    at=st.integers(0, 10_000),
    bit=st.integers(0, 7),
)
def test_one_flipped_bit_anywhere_breaks_the_seal(text, place, at, bit, cast):
    closed = bytearray(seal(text, place, cast.school.pk))
    assert unseal(bytes(closed), place) == text

    closed[at % len(closed)] ^= 1 << bit

    with pytest.raises(BrokenSeal):
        unseal(bytes(closed), place)


@bounded(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.binary(max_size=60), keep=st.integers(0, 200), more=st.binary(max_size=3))
def test_a_cut_or_lengthened_text_breaks_the_seal(text, keep, more, cast):
    closed = seal(text, "here", cast.school.pk)
    other = closed[: keep % len(closed)] + more

    if other != closed:
        with pytest.raises(BrokenSeal):
            unseal(other, "here")


@bounded(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(here=st.text(max_size=30), there=st.text(max_size=30))
def test_another_place_breaks_the_seal(here, there, db):
    closed = seal(b"text", here)

    if here == there:
        assert unseal(closed, there) == b"text"
    else:
        with pytest.raises(BrokenSeal):
            unseal(closed, there)


@pytest.mark.parametrize(
    "junk", [b"", b"x", b"\x01" * 16, b"\x02" + b"\0" * 40, b"Emma is een meisje van acht jaar en meer"]
)
def test_what_never_was_sealed_does_not_open(junk, db):
    with pytest.raises(BrokenSeal):
        unseal(junk, "here")


def test_the_same_text_is_never_sealed_the_same_way_twice(cast):
    assert len({seal(b"A", "here", cast.school.pk) for _ in range(50)}) == 50


# --- keys ------------------------------------------------------------------------------------------------------------


def test_the_number_of_the_schools_key_stands_in_the_header(cast):
    number = SchoolKey.objects.get(school=cast.school).pk

    assert HEADER.unpack(seal(b"A", "here", cast.school.pk)[: HEADER.size])[:2] == (1, number)
    assert HEADER.unpack(seal(b"A", "here")[: HEADER.size])[:2] == (1, INSTALLATION)


def test_a_text_under_another_schools_key_number_does_not_open(cast):
    mine, theirs = (seal(b"A", "here", school.pk) for school in (cast.school, cast.other_school))
    forged = theirs[:5] + mine[5:]

    for wrong in (forged, mine[:1] + b"\0" * 4 + mine[5:], mine[:1] + b"\xff" * 4 + mine[5:]):
        with pytest.raises(BrokenSeal):
            unseal(wrong, "here")


def test_without_the_schools_key_nothing_opens(cast):
    closed = seal(b"A", "here", cast.school.pk)
    SchoolKey.objects.filter(school=cast.school).update(wrapped=new_key())

    assert unseal(closed, "here") == b"A", "the key was read before"
    forget_keys()
    with pytest.raises(BrokenSeal):
        unseal(closed, "here")


def test_another_master_key_opens_no_school(cast, settings):
    closed, own = seal(b"A", "here", cast.school.pk), seal(b"A", "here")
    settings.MASTER_KEY = bytes(32)
    forget_keys()

    for text in (closed, own):
        with pytest.raises(BrokenSeal):
            unseal(text, "here")


@pytest.mark.parametrize("key", ["", "AAAA", "A" * 42 + "=", "A" * 88, "geen base64!", "é" * 43])
def test_a_master_key_of_the_wrong_length_stops_the_start(key, monkeypatch):
    monkeypatch.delenv("MASTER_KEY_FILE", raising=False)
    monkeypatch.setenv("MASTER_KEY", key)

    with pytest.raises(ImproperlyConfigured):
        master_key()


def test_an_old_master_key_is_read_only_when_it_is_given(monkeypatch):
    for name in ("OLD_MASTER_KEY", "OLD_MASTER_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert master_key("OLD_MASTER_KEY", needed=False) is None

    monkeypatch.setenv("OLD_MASTER_KEY", "A" * 43 + "=")
    assert master_key("OLD_MASTER_KEY", needed=False) == bytes(32)
    monkeypatch.setenv("OLD_MASTER_KEY", "AAAA")
    with pytest.raises(ImproperlyConfigured, match="OLD_MASTER_KEY"):
        master_key("OLD_MASTER_KEY", needed=False)


def test_only_these_places_seal_past_a_field():
    """A key is emptied when no column of a sealed field needs it: what else is sealed for a school would be lost."""
    places = set()
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT).parts
        if {"var", "tests", "migrations"} & set(parts):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "seal":
                places.add(("/".join(parts), len(node.args) + len(node.keywords) > 2))

    assert {path for path, for_a_school in places if for_a_school} == {"accounts/sealing.py", "accounts/rotation.py"}


def test_a_wrapped_key_shows_nothing_of_the_key_and_is_new_each_time(db):
    assert len({new_key() for _ in range(20)}) == 20
    assert {len(new_key())} == {12 + 32 + 16}


def test_a_fingerprint_finds_a_child_again_at_one_school_alone(cast):
    here, there = cast.school.pk, cast.other_school.pk

    assert fingerprint("leerling-1", here) == fingerprint("leerling-1", here)
    assert (
        len({fingerprint("leerling-1", here), fingerprint("leerling-2", here), fingerprint("leerling-1", there)}) == 3
    )
    assert len(fingerprint("", here)) == 32


def test_a_row_of_one_school_does_not_take_the_key_of_another(as_system, trajectory):
    number = SchoolKey.objects.get(school=trajectory.school_id).pk

    assert HEADER.unpack(raw(trajectory, "question")[: HEADER.size])[1] == number
    assert HEADER.unpack(raw(Trajectory.history.get(), "question")[: HEADER.size])[1] == number


# --- closed to the database ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lookup",
    ["", "__exact", "__iexact", "__contains", "__icontains", "__in", "__gt", "__startswith", "__regex", "__range"],
)
def test_every_lookup_on_a_sealed_field_is_refused(lookup, as_system, trajectory):
    value = ["a", "b"] if lookup in ("__in", "__range") else "a"
    for ask in (Trajectory.objects.filter, Trajectory.objects.exclude, Trajectory.history.filter):
        with pytest.raises(FieldError):
            list(ask(**{f"question{lookup}": value}))
    with pytest.raises(FieldError):
        list(Conversation.objects.filter(**{f"trajectory__question{lookup}": value}))


def test_a_sealed_field_is_compared_with_no_other_column(as_system, trajectory):
    with pytest.raises(FieldError):
        list(Trajectory.objects.filter(question=F("initials")))


def test_whether_there_is_a_text_may_be_asked(as_system, trajectory):
    assert Trajectory.objects.filter(question__isnull=False, education_needs__isnull=True).count() == 1


def test_a_sealed_field_is_written_by_save_alone(as_system, rows):
    case, paper = rows["cases_trajectory"], rows["cases_keptfile"]
    case.question = "anders"
    writes = (
        lambda: Trajectory.objects.update(question="anders"),
        lambda: Trajectory.objects.update(question=b"anders"),
        lambda: Trajectory.objects.bulk_update([case], ["question"]),
        lambda: KeptFile.objects.update(data=b"leesbaar"),
        lambda: KeptFile.objects.bulk_update([paper], ["data"]),
    )
    for write in writes:
        with pytest.raises((TypeError, FieldError)), transaction.atomic():
            write()
    with pytest.raises((TypeError, FieldError)):
        Trajectory.objects.get_or_create(question="anders")
    with pytest.raises((TypeError, FieldError)):
        Trajectory.objects.update_or_create(question="anders", defaults={})

    assert raw(case, "question") == raw(fresh(case), "question")
    assert fresh(case).question == "Hoe help ik bij het rekenen?"
    assert fresh(paper).data.startswith(SECRET.encode())


@pytest.mark.parametrize("data", ["Hoe help ik bij het rekenen, en zo voort?", b"\x01 te kort", b""])
def test_the_column_itself_refuses_what_is_not_sealed(data, as_system, rows):
    value = models.Value(data if isinstance(data, bytes) else data.encode())
    for write in (
        lambda: Trajectory.objects.update(question=value),
        lambda: Trajectory.history.update(question=value),
        lambda: put(rows["cases_keptfile"], "data", value.value),
    ):
        with pytest.raises(IntegrityError, match="check constraint"), transaction.atomic():
            write()


def test_no_column_is_copied_into_a_sealed_one(as_system, rows):
    """An update with F() can't be stopped at the value; what it makes does not open."""
    Trajectory.objects.update(education_needs=F("question"))

    assert isinstance(fresh(rows["cases_trajectory"]).education_needs, Broken)


def test_sealed_rows_are_not_dumped(as_system, rows):
    for name in ("cases.trajectory", "cases.keptfile", "cases.historicaltrajectory"):
        with pytest.raises(CommandError, match="lie open"):
            call_command("dumpdata", name, verbosity=0)


def test_nothing_readable_stands_in_any_statement(cast, trajectory):
    with CaptureQueriesContext(connection) as asked:
        rows = one_of_each(cast, trajectory)
        with acting(SYSTEM):
            for row in rows.values():
                changed = fresh(row)
                changed.full_clean(exclude=[field.name for field in changed._meta.fields if field.is_relation])
                if hasattr(changed, "history"):
                    for field in changed._meta.fields:
                        if isinstance(field, SealedTextField):
                            getattr(changed, field.name)
                    sign(changed, by=SYSTEM, why="test").save()
    statements = "\n".join(query["sql"] for query in asked.captured_queries)

    assert len(asked.captured_queries) > 100
    for text in (SECRET, SECRET.encode().hex(), "Emma", "Kaya", "Ayse", "Dorpsstraat", "rekenen"):
        assert text.lower() not in statements.lower(), text


def test_nothing_readable_stands_in_any_table(cast, trajectory):
    rows = one_of_each(cast, trajectory)
    words = (SECRET, "Emma", "Kaya", "Ayse", "Dorpsstraat", "rekenen", "eigen kind")

    with acting(SYSTEM), connection.cursor() as cursor:
        for table in {model._meta.db_table for model in apps.get_models()} - {"audit_eventhead"}:
            cursor.execute(f"select to_jsonb(t)::text from {table} t")
            everything = "\n".join(text for (text,) in cursor.fetchall()).lower()
            for word in words:
                assert word.lower() not in everything, (table, word)
                assert word.encode().hex() not in everything, (table, word)
    assert rows


def test_every_text_about_a_child_is_sealed():
    """A plain text in a file's record is a code, a number or a name of the school's own: each is listed here."""
    plain = {
        "cases.groupplace.year",
        "cases.importrun.school_year",
        "cases.importrun.counts",
        "cases.conversation.topics",
        "cases.levelphase.skipped",
        "cases.keptfile.sha256",
        "cases.keptfile.content_type",
        "consent.engagement.reference",
        "consent.parentchoice.letter_of",
        "letters.issuedletter.reference",
    }
    found = set()
    for model in apps.get_models():
        in_file = {field.name for field in model._meta.fields} & {
            "trajectory",
            "pupil",
            "made_by",
            "call_name",
            "title",
        }
        if (
            model._meta.app_label in ("cases", "consent", "meetings", "letters")
            and in_file
            and not hasattr(model, "history_object")
        ):
            for field in model._meta.fields:
                text = isinstance(field, models.CharField | models.TextField | models.JSONField) or hasattr(
                    field, "base_field"
                )
                if text and not field.choices:
                    found.add(f"{model._meta.label_lower}.{field.name}")

    assert found == plain


# --- kept closed -----------------------------------------------------------------------------------------------------


def test_no_text_is_null_and_never_empty(as_system, trajectory):
    row = fresh(trajectory)
    row.education_needs = ""
    assert row.education_needs is None
    sign(row, by=SYSTEM, why="test").save()
    assert Trajectory.objects.filter(education_needs__isnull=True).exists()

    row.question = ""
    with pytest.raises(ValidationError):
        row.clean_fields(exclude=["school", "pupil", "level"])
    with pytest.raises(IntegrityError, match="null value"), transaction.atomic():
        sign(row, by=SYSTEM, why="test").save()


def test_a_constraint_sees_whether_a_sealed_text_is_there(as_system, rows):
    talk = fresh(rows["cases_conversation"])
    talk.judgement_rests_on = None

    with pytest.raises(ValidationError) as refusal:
        talk.validate_constraints()
    assert [error.code for errors in refusal.value.error_dict.values() for error in errors] == [
        "judgement_without_facts"
    ]


def test_an_unread_text_is_not_sealed_anew_by_a_save(as_system, rows):
    talk = rows["cases_conversation"]
    before = raw(talk, "text")
    row = Conversation.objects.get(pk=talk.pk)
    row.no_agreements = True
    # The history's row is made of opened texts: it has a place of its own. The text itself stays as it was.
    sign(row, by=SYSTEM, why="test").save()

    assert raw(talk, "text") == before
    assert fresh(talk).text == SECRET


def test_a_row_from_the_database_shows_nothing_before_it_is_asked(as_system, trajectory):
    row = Trajectory.objects.get()

    assert isinstance(row.__dict__["question"], Sealed)
    assert repr(row.__dict__["question"]) == "<sealed>"
    assert "rekenen" not in repr(row.__dict__)
    assert row.question == "Hoe help ik bij het rekenen?"


def test_values_give_the_closed_thing(as_system, trajectory):
    [(closed,)] = Trajectory.objects.values_list("question")

    assert isinstance(closed, Sealed)
    assert unseal(closed.data, f"trajectory.question|{trajectory.pk}") == b"Hoe help ik bij het rekenen?"


def test_a_deferred_text_opens_at_first_look_with_one_query(as_system, trajectory, django_assert_num_queries):
    for rows in (Trajectory.objects.defer("question"), Trajectory.objects.only("state")):
        row = rows.get()
        with django_assert_num_queries(1):
            assert row.question == "Hoe help ik bij het rekenen?"
            assert row.question == "Hoe help ik bij het rekenen?"


def test_a_sealed_row_survives_pickle_copy_and_refresh(as_system, trajectory):
    closed = Trajectory.objects.get()
    assert pickle.loads(pickle.dumps(closed)).question == closed.question  # noqa: S301
    assert copy.deepcopy(Trajectory.objects.get()).question == closed.question
    closed.question = "nog niet bewaard"
    closed.refresh_from_db()
    assert closed.question == "Hoe help ik bij het rekenen?"


@bounded(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_any_text_comes_back_as_it_was(text, as_system, trajectory):
    row = fresh(trajectory)
    row.question = text
    sign(row, by=SYSTEM, why="test").save()

    assert fresh(trajectory).question == text
    assert Trajectory.history.order_by("-history_id").first().question == text


def test_a_files_bytes_come_back_as_they_were(as_system, trajectory):
    data = bytes(range(256)) * 40
    row = KeptFile.keep(data, content_type="application/pdf", trajectory=trajectory)

    assert fresh(row).data == data
    assert isinstance(KeptFile._meta.get_field("data"), SealedBytesField)


def test_a_text_of_another_row_is_not_copied_closed(as_system, rows):
    """Handing a row the closed thing of another is a move too."""
    talk, case = fresh(rows["cases_conversation"]), fresh(rows["cases_trajectory"])
    case.question = talk.__dict__["text"]

    assert isinstance(case.question, Broken)


# --- order -----------------------------------------------------------------------------------------------------------

SORTING = {"order_by", "earliest", "latest", "distinct", "sorted_by", "Min", "Max", "dates"}
PLAIN_TOO = {
    "first_name",
    "prefix",
    "title",
    "phone",
    "email",
    "street",
    "postcode",
    "city",
}  # also plain columns of other models


def test_no_list_is_sorted_by_a_sealed_field():
    """PostgreSQL would sort by ciphertext without a word."""
    sealed = {field.name for _, field in sealed_fields()} - PLAIN_TOO
    wrong = []
    for path in ROOT.rglob("*.py"):
        if {"var", "tests", "migrations"} & set(path.relative_to(ROOT).parts):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in SORTING:
                parts = [part for argument in node.args for part in ast.walk(argument)]
                texts = [part.value for part in parts if isinstance(getattr(part, "value", None), str)]
                wrong += [
                    f"{path}:{node.lineno} {text}" for text in texts if text.lstrip("-").split("__")[-1] in sealed
                ]

    assert not wrong


def test_no_guarded_model_has_an_order_or_an_index_on_a_sealed_field():
    for model, field in sealed_fields():
        if "istorical" not in model.__name__:
            assert not model._meta.ordering, model
        assert not any(field.name in index.fields for index in model._meta.indexes), model
        assert not field.unique
        assert not field.db_index
    assert School._meta.ordering == Guardian._meta.ordering == Pupil._meta.ordering == Document._meta.ordering == []
