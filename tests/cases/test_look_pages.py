"""The pages of the record of looking: what each role finds there, filters, pages, files; and that looking is kept."""

import csv
import io
from hashlib import sha256
from zipfile import ZipFile

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.wall import SYSTEM, acting
from audit.models import Event
from audit.record import record
from cases.look_files import as_csv, as_xlsx, plain
from tests.steps import at_level, engaged

LIST, FILE = "/inzage/", "/inzage/bestand/"


@pytest.fixture
def looked(cast, trajectory):
    """A teacher looked, an expert looked, a colleague elsewhere made a list."""
    with acting(SYSTEM):
        record("trajectory.looked", trajectory, by=cast.teacher, ground="staff")
        record("guidance.looked", trajectory, by=cast.expert, ground="dossier")
        record("trajectory.listed", by=cast.colleague, detail={"rows": 7})
        record("letter.listed", by=cast.stranger, school=cast.other_school.pk)
    return trajectory


def lines(answer):
    """(who, what) of the lines on the page."""
    return [(line.who, line.what) for line in answer.context["lines"]]


def test_the_page_tells_in_words_who_looked_at_what_on_what_ground(cast, looked, sign_in):
    answer = sign_in(cast.director).get(LIST)

    assert (cast.teacher.full_name, "traject: bekeken") in lines(answer)
    assert "werkt in dit traject" in answer.text
    assert "expert, op naam" in answer.text
    assert "7 regels" in answer.text
    assert cast.stranger.full_name not in answer.text
    assert "Emma" not in answer.text, "a list of looks names no child"
    assert "traject E.K." in answer.text


def test_an_intern_begeleider_finds_there_what_experts_did_and_no_colleague(cast, looked, sign_in):
    answer = sign_in(cast.coordinator).get(LIST, {"zaak": looked.pk})

    assert lines(answer) == [(cast.expert.full_name, "traject, als expert: bekeken")]
    assert cast.teacher.full_name not in answer.context["form"]["persoon"].as_widget()


def test_everybody_finds_what_they_did_themselves(cast, looked, sign_in):
    client = sign_in(cast.teacher)
    client.get(reverse("cases:pupil_detail", args=[cast.pupil.pk]))
    answer = client.get(LIST)

    assert {who for who, _what in lines(answer)} == {cast.teacher.full_name}
    assert "Recent bekeken en gedaan door jou" in answer.text
    assert "Bewaar als CSV" not in answer.text
    nothing = sign_in(cast.ended_expert).get(LIST, {"van": "1-1-2020", "tot": "2-1-2020"})
    assert "Niets gevonden" in nothing.text


@pytest.mark.parametrize("name", ["stranger", "colleague", "ended_expert", "excluded", "expert", "admin"])
def test_a_case_that_somebody_can_not_see_is_not_there_in_the_record_either(name, cast, looked, sign_in):
    answer = sign_in(getattr(cast, name)).get(LIST, {"zaak": looked.pk})
    nothing = sign_in(getattr(cast, name)).get(LIST, {"zaak": "00000000-0000-4000-8000-000000000000"})

    assert answer.status_code == nothing.status_code == 404


def test_the_filters_narrow_by_person_thing_and_period(cast, looked, sign_in, frozen_clock):
    client = sign_in(cast.director)
    person = client.get(LIST, {"persoon": cast.teacher.pk})
    thing = client.get(LIST, {"soort": "guidance"})
    today = client.get(LIST, {"van": "24-11-2026", "tot": "24 nov 2026", "zaak": looked.pk})
    before = client.get(LIST, {"tot": "23-11-2026", "zaak": looked.pk})

    assert {who for who, _what in lines(person)} == {cast.teacher.full_name}
    assert {what for _who, what in lines(thing)} == {"traject, als expert: bekeken"}
    assert (cast.expert.full_name, "traject, als expert: bekeken") in lines(today)
    assert lines(before) == []


def test_a_filter_that_is_no_date_or_nobody_is_told_beside_the_field(cast, looked, sign_in):
    client = sign_in(cast.director)
    for asked in ({"van": "morgenochtend"}, {"persoon": cast.stranger.pk}, {"soort": "x"}, {"zaak": "x"}):
        answer = client.get(LIST, asked)
        assert answer.status_code == 422, asked
        assert answer.context["form"].errors, asked


def test_there_are_fifty_on_a_page_and_the_filters_go_along(cast, trajectory, sign_in, own_queries):
    with acting(SYSTEM):
        for _time in range(60):
            record("trajectory.looked", trajectory, by=cast.teacher, ground="staff")
    client = sign_in(cast.director)
    first = client.get(LIST, {"zaak": trajectory.pk})
    assert f"zaak={trajectory.pk}&amp;bladzijde=2" in first.text
    with own_queries() as asked:
        second = client.get(LIST, {"zaak": trajectory.pk, "bladzijde": 2})

    assert len(first.context["lines"]) == 50
    assert len(second.context["lines"]) >= 10
    assert len(asked) <= 15


def test_looking_into_the_record_is_recorded_with_the_filters_and_no_words(cast, looked, sign_in):
    sign_in(cast.director).get(LIST, {"zaak": looked.pk, "van": "1-11-2026"})
    with acting(SYSTEM):
        [event] = Event.objects.filter(action="looks.looked")

    assert (event.actor, event.dossier) == (cast.director.pk, looked.pk)
    assert event.detail["filters"] == ["van", "zaak"]


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_file_holds_what_the_page_would_and_is_recorded_with_its_seal(cast, looked, sign_in):
    answer = sign_in(cast.privacy_officer).get(FILE, {"vorm": "csv", "zaak": looked.pk})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    with acting(SYSTEM):
        [event] = Event.objects.filter(action="looks.exported")

    assert answer["Content-Disposition"] == 'attachment; filename="inzage-2026-11-24.csv"'
    assert [row[1] for row in rows[1:]].count(cast.expert.full_name) == 1
    assert event.detail["rows"] == len(rows) - 1
    assert event.detail["sha256"] == sha256(answer.content).hexdigest()
    assert "Emma" not in answer.content.decode()


def test_the_same_as_xlsx(cast, looked, sign_in):
    answer = sign_in(cast.fg).get(FILE, {"vorm": "xlsx"})
    sheet = load_workbook(io.BytesIO(answer.content)).active

    assert sheet["A1"].value == "Wanneer"
    assert cast.teacher.full_name in [cell.value for cell in sheet["B"]]


def test_what_begins_like_a_formula_is_data():
    for text in ("=1+1", "+1", "-1", "@x", "\tx", "\rx"):
        assert plain(text) == f"'{text}"
        assert b"'" + text[:1].encode() in as_csv([[text]])
        assert load_workbook(io.BytesIO(as_xlsx([[text]]))).active["A1"].data_type == "s"
        with ZipFile(io.BytesIO(as_xlsx([[text]]))) as book:
            assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    assert plain("juf Lotte") == "juf Lotte"


def test_a_file_of_an_unknown_form_is_not_there(cast, looked, sign_in):
    assert sign_in(cast.director).get(FILE, {"vorm": "exe"}).status_code == 404
    assert sign_in(cast.director).get(FILE, {"van": "x"}).status_code == 404


def test_the_page_of_a_case_leads_there_for_who_leads(cast, sign_in):
    trajectory = at_level(cast, 2)
    engaged(cast, trajectory)
    link = f"{LIST}?zaak={trajectory.pk}"
    page = reverse("cases:trajectory_detail", args=[trajectory.pk])

    assert link in sign_in(cast.coordinator).get(page).text
    assert link not in sign_in(cast.teacher).get(page).text
    assert link in sign_in(cast.auditor).get(page).text
