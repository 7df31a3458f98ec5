"""Parents stay silent: what the pages say to do next, and the two steps of recording a consultation (R40-R43)."""

import pytest
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.timeline import moments
from cases.today import tasks
from consent.models import Consultation
from letters import pdf
from tests.conftest import TODAY
from tests.consent.test_states import (
    CONFERRED,
    REMINDED,
    agreed_to_begin,
    asked,
    begin_words,
    conferred,
    consulted,
    reminded,
    silent,
    waiting_longer,
)
from tests.steps import at_level, fresh

pytestmark = pytest.mark.django_db

REASON = "Juf Lotte wil nu weten hoe zij verder kan. Wij belden u drie keer."


@pytest.fixture(autouse=True)
def no_press(monkeypatch):
    """Papers are made and not printed."""
    monkeypatch.setattr(pdf, "render", lambda *_: pdf.Rendered(html="", pdf=b"%PDF-", pages=1))


@pytest.fixture
def case(cast):
    """Emma's case at the level of the expert."""
    return at_level(cast, 2)


def typed(**fields):
    """What somebody fills in."""
    return {
        "on": "24-11-2026", "decision": "start", "school_agrees": "yes", "expert_agrees": "yes", "reason": REASON,
    } | fields  # fmt: skip


def page_of(engagement):
    """The address of the consultation page."""
    return reverse("consent:consultation_record", args=[engagement.pk])


def count(cast, engagement):
    """How many consultations stand."""
    with acting(cast.coordinator.pk):
        return engagement.consultations.count()


def test_nothing_is_ticked_beforehand_and_the_page_says_what_it_means(cast, case, sign_in, own_queries):
    engagement = reminded(cast, case)
    client = sign_in(cast.coordinator)

    with own_queries() as queries:
        page = client.get(page_of(engagement))

    assert len(queries) <= 15
    assert " checked" not in page.text
    assert "Een antwoord dat nog komt, geldt meteen." in page.text
    assert "lezen de ouders ze in een brief" in page.text


def test_what_was_typed_is_looked_at_once_more_and_saved_only_then(cast, case, sign_in):
    engagement = reminded(cast, case)
    client = sign_in(cast.coordinator)

    check = client.post(page_of(engagement), typed())
    assert (check.status_code, count(cast, engagement)) == (200, 0)
    assert REASON in check.text
    assert "24 november 2026" in check.text

    back = client.post(page_of(engagement), typed(step="back"))
    assert (back.status_code, count(cast, engagement)) == (200, 0)
    assert REASON in back.text
    assert back.context["form"]["decision"].value() == "start"

    answer = client.post(page_of(engagement), typed(step="save"), follow=True)
    assert count(cast, engagement) == 1
    assert "De volgende stap staat op deze pagina" in answer.text
    assert REASON in answer.text
    assert "Begin zonder antwoord" in answer.text


def test_the_hidden_answers_of_the_check_page_are_what_is_saved(cast, case, sign_in):
    engagement = reminded(cast, case)
    client = sign_in(cast.coordinator)
    check = client.post(page_of(engagement), typed())

    hidden = {field.html_name: field.value() for field in check.context["form"]}
    for name, value in hidden.items():
        assert f'name="{name}"' in check.text
        assert not value or str(value) in check.text
    client.post(page_of(engagement), {name: value or "" for name, value in hidden.items()} | {"step": "save"})

    with acting(cast.coordinator.pk):
        row = Consultation.objects.get()
        assert (row.held_on, row.decision, row.reason) == (TODAY, "start", REASON)
        assert row.school_agrees
        assert row.expert_agrees


@pytest.mark.parametrize(
    ("way", "fields", "field", "words"),
    [
        (asked, {}, "on", "niemand is te laat"),
        (silent, {}, "decision", "Herinner de ouders eerst"),
        (reminded, {"on": REMINDED.strftime("%d-%m-%Y")}, "on", "niemand is te laat"),
        (reminded, {"school_agrees": "no"}, "school_agrees", "allebei willen"),
        (reminded, {"expert_agrees": "no"}, "expert_agrees", "allebei willen"),
        (reminded, {"expert_agrees": ""}, "expert_agrees", "Kies ja of nee"),
        (reminded, {"decision": "wait"}, "until", "Zeg tot wanneer"),
        (reminded, {"decision": "wait", "until": "24-11-2026"}, "until", "die nog komt"),
        (reminded, {"reason": ""}, "reason", "verplicht"),
    ],
)
def test_what_is_not_right_yet_is_said_beside_its_field(way, fields, field, words, cast, case, sign_in):
    engagement = way(cast, case)

    page = sign_in(cast.coordinator).post(page_of(engagement), typed(**fields))

    assert page.status_code == 422
    assert words.lower() in " ".join(page.context["form"].errors[field]).lower()
    assert count(cast, engagement) == 0


@pytest.mark.parametrize(("way", "words"), [(asked, "Niemand is te laat"), (silent, "Herinner de ouders eerst")])
def test_before_its_time_the_page_says_what_to_do_first(way, words, cast, case, sign_in):
    page = sign_in(cast.coordinator).get(page_of(way(cast, case)))

    assert words in page.text
    assert "<textarea" not in page.text


def test_waiting_longer_tells_until_when(cast, case, sign_in):
    engagement = reminded(cast, case)
    fields = typed(decision="wait", until="3-12-2026", school_agrees="", expert_agrees="", step="save")

    answer = sign_in(cast.coordinator).post(page_of(engagement), fields, follow=True)

    assert "tot 3 december 2026" in answer.text
    assert "Begin zonder antwoord" not in answer.text


def test_the_button_to_begin_stands_there_only_after_the_consultation(cast, case, sign_in):
    client = sign_in(cast.coordinator)
    button = "Begin zonder antwoord"
    for way, is_there in ((silent, False), (reminded, False), (waiting_longer, False), (consulted, True)):
        engagement = way(cast, case)
        page = client.get(reverse("consent:engagement_detail", args=[engagement.pk]))
        assert (button in page.text) == is_there, way

    answer = client.post(reverse("consent:engagement_start", args=[engagement.pk]), follow=True)
    assert "het kind blijft anoniem" in answer.text
    assert "begonnen zonder antwoord; de ouders weten nog niet waarom" in answer.text
    with acting(cast.coordinator.pk):
        assert fresh(engagement).runs_untold


def told(cast, case):
    """What Vandaag and the time line say: (kind of the task, last word of its address), note of the moment."""
    with acting(cast.coordinator.pk):
        rows = [task for task in tasks(cast.coordinator, TODAY) if "begeleidingen" in task.url]
        due = [(task.kind, task.late, task.url.rstrip("/").endswith("overleg")) for task in rows]
        notes = [moment.note for moment in moments(case) if moment.kind == "wait"]
    return due, notes


@pytest.mark.parametrize(
    ("way", "due", "note"),
    [
        (silent, [("silent", True, False)], "Herinner de ouders één keer."),
        (reminded, [("confer", True, True)], "Overleg met de expert: beginnen zonder het antwoord, of langer wachten."),
        (consulted, [("consulted", True, False)], "Jij en de expert besloten te beginnen. Laat de expert beginnen."),
        (agreed_to_begin, [("tell", True, False)], "Vertel de ouders waarom de expert is begonnen."),
    ],
)
def test_vandaag_and_the_time_line_say_what_to_do_next(way, due, note, cast, case):
    way(cast, case)

    assert told(cast, case) == (due, [note])


def test_a_consultation_stands_on_the_time_line(cast, case):
    consulted(cast, case)

    with acting(cast.coordinator.pk):
        rows = [moment for moment in moments(case) if moment.kind == "talk" and moment.on == CONFERRED]

    assert [row.title for row in rows] == ["Overleg met mevrouw De Boer: beginnen zonder het antwoord"]


def test_vandaag_asks_as_much_for_one_silence_as_for_more(cast, case, own_queries):
    asked_for = []
    for _number in range(2):
        consulted(cast, case)
        conferred(cast, reminded(cast, case), **begin_words())
        with acting(cast.coordinator.pk), own_queries() as queries:
            tasks(cast.coordinator, TODAY)
        asked_for.append(len(queries))

    assert asked_for[0] == asked_for[1]


def test_the_reason_stands_in_no_event(cast, case, sign_in):
    sign_in(cast.coordinator).post(page_of(reminded(cast, case)), typed(step="save"))

    with acting(SYSTEM):
        row = Event.objects.filter(action="engagement.conferred").get()
    assert row.detail == {"decision": "start"}


@pytest.mark.parametrize("who", ["stranger", "colleague", "excluded", "expert", "blind_expert", "ended_expert"])
def test_nobody_outside_the_file_confers(who, cast, case, sign_in):
    engagement = reminded(cast, case)
    client = sign_in(getattr(cast, who))

    assert client.get(page_of(engagement)).status_code == 404
    assert client.post(page_of(engagement), typed(step="save")).status_code == 404
    assert count(cast, engagement) == 0
