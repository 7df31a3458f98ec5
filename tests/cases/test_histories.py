"""The history of a record for who reads it, and for a supervisor that something changed, never what."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.functional import Promise

from accounts.models import Recorded
from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases import histories
from cases.actions.papers import add_entry
from cases.actions.people import change_guardian
from cases.actions.talks import change_conversation
from cases.models import BreakGlass, Heading
from consent.actions import end_engagement
from consent.models import CoachingNote
from tests.conftest import TODAY
from tests.rows import SECRET, kept, one_of_each
from tests.steps import at_level, engaged, fresh, talk

pytestmark = pytest.mark.django_db
ROOT = Path(settings.BASE_DIR)
IN_FILES = ("cases", "consent", "letters")
# Read by others than the staff of the case: by every colleague of the school, or by teacher and author alone.
OF_NO_CHILD, OF_THE_TEACHER = {"clb-dag"}, {"coaching"}
OF_SUPERVISION = {"noodinzage"}  # read by who supervises or leads the school


def page_of(row):
    """The address of a record's history."""
    return reverse("cases:record_history", args=[histories.kind_of(type(row)).word, row.pk])


def with_history(rows):
    """The rows that have a page of their history, by its word."""
    found = {histories.kind_of(type(row)): row for row in rows.values()}
    return {kind.word: row for kind, row in found.items() if kind}


# --- who reads it ----------------------------------------------------------------------------------------------------


def test_every_record_of_a_child_has_a_page_of_its_history():
    of_a_child = {
        model
        for model in apps.get_models()
        if issubclass(model, Recorded) and model._meta.app_label in IN_FILES and not hasattr(model, "history_object")
    }
    of_the_school = {
        *("ImportRun", "Group", "GroupTeacher", "SupportLevel", "Heading", "CaseTerms"),
        *("WorkingArrangement", "Acceptance"),
        *("PrivacySignal", "SignalStep"),  # no part of a file: who handles it reads the steps
    }

    assert {model.__name__ for model in of_a_child if histories.kind_of(model) is None} == of_the_school


@pytest.mark.parametrize("name", ["coordinator", "teacher", "director"])
def test_who_reads_a_record_reads_its_history(name, cast, trajectory, sign_in):
    client, rows = sign_in(getattr(cast, name)), with_history(one_of_each(cast, trajectory))
    assert len(rows) == len(histories.kinds())

    found = {word: client.get(page_of(row)).status_code for word, row in rows.items()}

    hidden = OF_THE_TEACHER if name != "teacher" else {"uitsluiting"} | OF_SUPERVISION
    assert {word for word, status in found.items() if status == 404} == hidden
    assert set(found.values()) == {200, 404}


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("colleague", OF_NO_CHILD),
        ("excluded", OF_NO_CHILD),
        *((name, OF_SUPERVISION) for name in ("auditor", "fg", "privacy_officer")),
        *((name, set()) for name in ("admin", "stranger", "expert")),
        ("blind_expert", OF_THE_TEACHER),
    ],
)
def test_nobody_else_reads_a_history(name, reads, cast, trajectory, sign_in):
    client, rows = sign_in(getattr(cast, name)), with_history(one_of_each(cast, trajectory))

    assert {word for word, row in rows.items() if client.get(page_of(row)).status_code != 404} == reads


def test_the_expert_of_a_known_child_reads_the_file_and_no_history(cast, sign_in):
    case = at_level(cast, 2)
    with acting(cast.coordinator.pk):
        heading = Heading.objects.filter(school=cast.school).order_by("position").first()
        note = add_entry(trajectory=case, heading=heading, text="Telt.", observed_on=TODAY, by=cast.coordinator)
    held = talk(cast, case, by=cast.coordinator)
    engagement = engaged(cast, case, parts=[(heading, TODAY)])
    client = sign_in(cast.expert)

    assert client.get(reverse("consent:guided_detail", args=[case.pk])).status_code == 200
    for row in (case, note, held, engagement, cast.pupil):
        assert client.get(page_of(row)).status_code == 404


def test_a_word_that_stands_for_no_record_is_not_there(cast, trajectory, sign_in):
    address = reverse("cases:record_history", args=["dagboek", trajectory.pk])

    assert sign_in(cast.teacher).get(address).status_code == 404


def test_who_looked_at_a_history_is_written_down(cast, trajectory, sign_in):
    held = talk(cast, trajectory)

    sign_in(cast.teacher).get(page_of(held))

    with acting(SYSTEM):
        event = Event.objects.get(action="history.looked")
    assert (event.actor, event.kind, event.subject, event.dossier) == (
        cast.teacher.pk,
        "cases.conversation",
        held.pk,
        trajectory.pk,
    )


# --- what it shows ---------------------------------------------------------------------------------------------------


def test_a_history_shows_side_by_side_what_was_and_what_became_of_it(cast, trajectory, sign_in):
    held = talk(cast, trajectory, held_on=TODAY - timedelta(days=1))
    with acting(cast.coordinator.pk):
        change_conversation(
            conversation=held, by=cast.coordinator, version=held.version, text="Beter gezegd.", held_on=TODAY
        )

    answer = sign_in(cast.teacher).get(page_of(held))

    changed, first = answer.context["steps"]
    assert (changed.who, changed.why, first.who, first.why) == (
        "Marloes Bakkers",
        "gewijzigd",
        "Lotte Bakkers",
        "gesprek vastgelegd",
    )
    assert {(row.field, row.old, row.new) for row in changed.changes} == {
        ("wat besproken is", "Wij praatten over rekenen.", "Beter gezegd."),
        ("datum", "23-11-2026", "24-11-2026"),
    }
    began = {row.field: row.new for row in first.changes}
    assert (began["geleid door"], began["niveau"], began["er zijn geen afspraken gemaakt"]) == (
        "Lotte Bakkers",
        "Niveau 0: leerkracht",
        "ja",
    )
    assert "Emma" not in answer.text.split("<title>")[1].split("</title>")[0]


def test_a_change_of_another_field_does_not_repeat_the_text(cast, trajectory, sign_in):
    held = talk(cast, trajectory)
    with acting(cast.teacher.pk):
        change_conversation(conversation=held, by=cast.teacher, version=held.version, source="moeder")

    changed = sign_in(cast.teacher).get(page_of(held)).context["steps"][0]

    assert [(row.field, row.old, row.new) for row in changed.changes] == [("bron", "-", "moeder")]


def test_what_belongs_to_a_talk_is_reached_from_its_history(cast, trajectory, sign_in):
    held = talk(cast, trajectory, agreements=[{"what": "elke dag lezen"}], interventions=[{"text": "blokjes"}])
    client = sign_in(cast.teacher)

    parts = client.get(page_of(held)).context["parts"]
    texts = [client.get(reverse("cases:record_history", args=[part.word, part.uuid])).text for part in parts]

    assert {part.word for part in parts} == {"aanwezige", "standpunt", "afspraak", "interventie"}
    assert all(any(word in text for text in texts) for word in ("elke dag lezen", "blokjes", "Ayse Kaya"))


@pytest.mark.parametrize("name", ["teacher", "coordinator"])
def test_an_address_that_is_secret_now_is_out_of_a_teachers_sight_in_the_history_too(name, cast, sign_in):
    with acting(cast.coordinator.pk):
        relation = fresh(cast.mother)
        for person in ({"street": "Verstopweg 9"}, {"secret_address": True}):
            change_guardian(guardianship=relation, person=person, relation={}, by=cast.coordinator)
    page = sign_in(getattr(cast, name)).get(page_of(cast.mother.guardian)).text

    sees = name == "coordinator"
    assert "Ayse" in page
    assert all((word in page) is sees for word in ("Dorpsstraat 12", "Verstopweg 9", "eheim adres"))


def test_a_history_asks_as_much_for_one_save_as_for_sixty_and_shows_fifty(cast, trajectory, sign_in, own_queries):
    held = talk(cast, trajectory, agreements=[{"what": "lezen"}], interventions=[{"text": "blokjes"}])
    client = sign_in(cast.teacher)
    client.get(page_of(held))
    with own_queries() as few:
        client.get(page_of(held))
    with acting(cast.teacher.pk):
        for number in range(59):
            change_conversation(conversation=held, by=cast.teacher, version=held.version, text=f"Versie {number}.")

    with own_queries() as many:
        answer = client.get(page_of(held))

    assert len(few) == len(many) <= 15, "\n".join(query["sql"][:160] for query in many.captured_queries)
    assert (len(answer.context["steps"]), answer.context["more"]) == (50, 100)
    assert answer.context["steps"][-1].changes[0].old == "Versie 8.", "the row before the last one is known"
    rest = client.get(f"{page_of(held)}?rijen=100").context
    assert (len(rest["steps"]), rest["more"]) == (60, None)
    assert len(client.get(f"{page_of(held)}?rijen=-3x").context["steps"]) == 50


# --- coaching --------------------------------------------------------------------------------------------------------


@pytest.fixture
def advice(cast):
    """A coaching note of an expert for the teacher, during a guidance without the child's name."""
    engagement = engaged(cast, at_level(cast, 2), says="anonymous", expert=cast.blind_expert)
    with acting(SYSTEM):
        return kept(
            CoachingNote(
                school=cast.school, trajectory=engagement.trajectory, engagement=engagement, teacher=cast.teacher,
                author=cast.blind_expert, text="Stel open vragen.", written_on=TODAY,
                lasts_until=TODAY + timedelta(days=300),
            )
        )  # fmt: skip


def test_the_history_of_a_coaching_note_is_for_the_teacher_and_the_author_alone(advice, cast, sign_in):
    found = {
        name: sign_in(getattr(cast, name)).get(page_of(advice)).status_code
        for name in ("teacher", "blind_expert", "coordinator", "director", "expert", "auditor", "stranger")
    }

    assert {name for name, status in found.items() if status == 200} == {"teacher", "blind_expert"}


def test_the_history_of_a_coaching_note_names_no_child(advice, cast, sign_in):
    page = sign_in(cast.blind_expert).get(page_of(advice)).text

    assert "Stel open vragen." in page
    assert not any(word in page for word in ("Emma", "Kaya", "E.K.", str(advice.trajectory_id)))


def test_the_author_of_a_coaching_note_reads_its_history_while_the_guidance_runs(advice, cast, sign_in):
    with acting(cast.coordinator.pk):
        end_engagement(engagement=fresh(advice.engagement), by=cast.coordinator, on=TODAY)

    assert sign_in(cast.blind_expert).get(page_of(advice)).status_code == 404
    assert sign_in(cast.teacher).get(page_of(advice)).status_code == 200


# --- words -----------------------------------------------------------------------------------------------------------


def test_every_field_of_a_history_has_a_dutch_name():
    for kind in histories.kinds():
        for field in kind.model._meta.concrete_fields:
            if field.name not in {"id", "version", "school", "trajectory", "pupil", "key_mac", "file"}:
                named = isinstance(field.verbose_name, Promise) or field.name in histories._words
                assert named, f"{kind.model._meta.label}.{field.name}"


def test_every_reason_in_the_code_has_words():
    reasons = set()
    for app in IN_FILES:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.keyword) and node.arg == "why" and "migrations" not in path.parts:
                    reasons |= {
                        part.value
                        for part in ast.walk(node.value)
                        if isinstance(part, ast.Constant) and isinstance(part.value, str)
                    }
    of_the_set_up = {"arrangement", "accepted", "offered", "heading", "set up", "group", "teacher assigned"}
    of_the_set_up |= {"assignment ended", "back", "thrown away", "rights reviewed"}
    of_the_set_up |= {"signal written", "signal taken up", "signal step", "signal closed"}

    assert reasons - of_the_set_up <= set(histories._reasons)
    assert histories.reason_words("system: ended") == "begeleiding beëindigd"
    assert histories.reason_words("made for a test") == "made for a test"


# --- who supervises --------------------------------------------------------------------------------------------------


def trace_of(trajectory):
    """The address of the changes in a case."""
    return reverse("cases:trajectory_trace", args=[trajectory.pk])


@pytest.mark.parametrize("name", ["auditor", "fg", "privacy_officer"])
def test_a_supervisor_sees_who_changed_which_field_when_and_why_and_never_what(name, cast, trajectory, sign_in):
    one_of_each(cast, trajectory)
    held = talk(cast, trajectory, text="Papa ging weg.")
    with acting(cast.coordinator.pk):
        change_conversation(conversation=held, by=cast.coordinator, version=held.version, text="Papa is terug.")

    answer = sign_in(getattr(cast, name)).get(f"{trace_of(trajectory)}?rijen=200")

    line = next(line for line in answer.context["lines"] if line.fields == "wat besproken is")
    assert (line.who, line.why, line.kind, line.record) == (
        "Marloes Bakkers",
        "gewijzigd",
        "gesprek",
        str(held.pk)[:8],
    )
    content = (SECRET, "Papa", "Emma", "Kaya", "E.K.", "Ayse", trajectory.question, "Hoe help ik")
    assert not [word for word in content if word in answer.text]


def test_all_records_of_a_case_are_told_of_but_for_coaching(cast, trajectory, sign_in):
    rows = one_of_each(cast, trajectory)
    told = {
        row._meta.verbose_name
        for row in rows.values()
        if isinstance(row, Recorded) and (getattr(row, "trajectory_id", None) or row == trajectory)
    }

    lines = sign_in(cast.auditor).get(f"{trace_of(trajectory)}?rijen=200").context["lines"]

    # Nor of break-glass, which has a list of its own: the staff of the case see this page too.
    left_out = {CoachingNote._meta.verbose_name, BreakGlass._meta.verbose_name}
    assert {line.kind for line in lines} == {str(name) for name in told - left_out}
    assert len(told) > 20


def test_the_database_tells_the_changes_of_a_case_to_nobody_else(cast, trajectory):
    one_of_each(cast, trajectory)

    def told(user):
        with acting(user.pk), connection.cursor() as cursor:
            found = []
            for function in histories._tracers:
                cursor.callproc(function, [trajectory.pk, 50])
                found += cursor.fetchall()
        return len(found)

    names = ("auditor", "fg", "privacy_officer", "teacher", "coordinator", "director")
    others = ("colleague", "excluded", "admin", "stranger", "expert", "blind_expert", "safeguarding_lead")
    assert all(told(getattr(cast, name)) > 20 for name in names)
    assert not any(told(getattr(cast, name)) for name in others)


def test_a_supervisor_who_is_kept_from_a_child_is_told_nothing(cast, trajectory, sign_in):
    from cases.actions.people import exclude_colleague

    with acting(cast.coordinator.pk):
        exclude_colleague(pupil=cast.pupil, user=cast.auditor, reason="buren", from_on=TODAY, by=cast.coordinator)

    assert sign_in(cast.auditor).get(trace_of(trajectory)).status_code == 404
    with acting(cast.auditor.pk), connection.cursor() as cursor:
        cursor.callproc("traced_history_cases", [trajectory.pk, 50])
        assert cursor.fetchall() == []


def test_the_changes_of_a_case_ask_as_much_for_few_as_for_many(cast, trajectory, sign_in, own_queries):
    client = sign_in(cast.auditor)
    with own_queries() as few:
        client.get(trace_of(trajectory))
    for _number in range(30):
        talk(cast, trajectory)

    with own_queries() as many:
        answer = client.get(trace_of(trajectory))

    assert len(few) == len(many) <= 15
    assert (len(answer.context["lines"]), answer.context["more"]) == (50, 100)
    times = [line.at for line in answer.context["lines"]]
    assert times == sorted(times, reverse=True)
    with acting(SYSTEM):
        assert Event.objects.filter(action="trajectory.traced", ground="trace", actor=cast.auditor.pk).count() == 2


def test_the_sheet_of_a_supervisor_leads_to_the_changes(cast, trajectory, sign_in):
    sheet = reverse("cases:trajectory_detail", args=[trajectory.pk])

    assert trace_of(trajectory) in sign_in(cast.auditor).get(sheet).text
