"""Who looked at a child's file, for its parents: outsiders by name, staff by function, never what is restricted."""

import io
from hashlib import sha256

import pypdf
import pytest
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from audit.models import Event
from audit.record import record
from cases import look_files, looking
from letters.compose import looks_extract
from tests.conftest import TODAY


@pytest.fixture
def looked(cast, trajectory):
    """Staff and an expert looked; somebody was refused; a restricted record was looked at."""
    with acting(SYSTEM):
        for user, roles in ((cast.teacher, "teacher"), (cast.safeguarding_lead, "safeguarding_lead")):
            user.held_roles = roles
            for _time in range(2):
                record("trajectory.looked", trajectory, by=user, ground="staff")
        record("guidance.looked", trajectory, by=cast.expert, ground="dossier")
        record("letter.downloaded", cast.pupil, by=cast.teacher, dossier=trajectory.pk, ground="staff")
        record("entry.added", trajectory, by=cast.teacher)
        record("refused.404", by=cast.colleague, school=cast.school.pk, dossier=trajectory.pk)
        Event.objects.create(
            action="safeguarding.looked", kind=looking.RESTRICTED[0], school=cast.school.pk, dossier=trajectory.pk,
            actor=cast.safeguarding_lead.pk, actor_name="x", actor_role="safeguarding_lead",
        )  # fmt: skip
    return trajectory


def extract(cast, trajectory):
    """What the director would give."""
    with acting(cast.director.pk):
        return looks_extract(trajectory, by=cast.director, on=TODAY)


def test_parents_read_when_in_which_function_what_and_why_and_the_names_of_outsiders_alone(cast, looked):
    letter = extract(cast, looked)

    assert [(row.who, row.what, row.ground, row.times) for row in letter.rows] == [
        ("leerkracht", "het dossier bekeken", "werkt met uw kind", 2),
        ("medewerker van de school", "het dossier bekeken", "werkt met uw kind", 2),
        (
            f"{cast.expert.full_name}, gedragsdeskundige",
            "wat voor een expert openstaat bekeken",
            "begeleidt uw kind; u hebt daarin toegestemd",
            1,
        ),
        ("leerkracht", "een brief opgehaald", "werkt met uw kind", 1),
    ]
    assert {row.on for row in letter.rows} == {TODAY}


def test_the_extract_never_tells_of_a_restricted_record(cast, looked):
    told = str([(row.who, row.what) for row in extract(cast, looked).rows])

    for word in ("aandachtsfunctionaris", "Veilig Thuis", "safeguarding", "onderdeel"):
        assert word not in told


def test_the_director_sees_it_first_and_makes_a_pdf_whose_seal_is_kept(cast, looked, sign_in):
    client = sign_in(cast.director)
    shown = client.get(reverse("letters:extract_preview", args=[looked.pk]))
    made = client.post(reverse("letters:extract_issue", args=[looked.pk]))
    with acting(SYSTEM):
        [event] = Event.objects.filter(action="looks.exported")

    assert cast.expert.full_name in shown.text
    assert cast.teacher.full_name not in shown.text.split("<main")[1]
    assert made["Content-Disposition"] == 'attachment; filename="inzage-EK-2026-11-24.pdf"'
    assert made.content.startswith(b"%PDF")
    assert event.detail["sha256"] == sha256(made.content).hexdigest()
    assert event.detail["rows"] >= 4


def test_the_preview_asks_a_constant_number_of_questions(cast, looked, sign_in, own_queries):
    client = sign_in(cast.director)
    client.get(reverse("letters:extract_preview", args=[looked.pk]))
    with own_queries() as asked:
        client.get(reverse("letters:extract_preview", args=[looked.pk]))

    assert len(asked) <= 15


@pytest.mark.parametrize("name", ["coordinator", "teacher", "privacy_officer", "excluded", "expert", "stranger"])
def test_nobody_but_the_director_decides_what_parents_are_told(name, cast, looked, sign_in):
    client = sign_in(getattr(cast, name))

    assert client.get(reverse("letters:extract_preview", args=[looked.pk])).status_code == 404
    assert client.post(reverse("letters:extract_issue", args=[looked.pk])).status_code == 404


def test_who_looks_along_the_record_takes_the_list_along_as_a_pdf_and_its_seal_is_kept(cast, looked, sign_in):
    made = sign_in(cast.director).get("/inzage/bestand/", {"vorm": "pdf", "zaak": looked.pk})
    with acting(SYSTEM):
        [event] = Event.objects.filter(action="looks.exported")
    told = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made.content)).pages)

    assert made["Content-Disposition"] == 'attachment; filename="inzage-2026-11-24.pdf"'
    assert cast.teacher.full_name in " ".join(told.split())
    assert str(looked.pk)[:8] in told
    assert "Emma" not in told
    assert (event.detail["as"], event.detail["sha256"]) == ("pdf", sha256(made.content).hexdigest())


def test_a_list_too_long_for_a_pdf_says_so_and_gives_nothing(cast, looked, sign_in, monkeypatch):
    make, content_type, _most = look_files.FORMS["pdf"]
    monkeypatch.setitem(look_files.FORMS, "pdf", (make, content_type, 2))
    answer = sign_in(cast.director).get("/inzage/bestand/", {"vorm": "pdf", "zaak": looked.pk}, follow=True)
    with acting(SYSTEM):
        assert not Event.objects.filter(action="looks.exported").exists()

    assert "Kies een kortere periode" in answer.text


@pytest.mark.parametrize("name", ["coordinator", "teacher", "expert", "admin"])
def test_nobody_else_gets_the_list_as_a_pdf(name, cast, looked, sign_in):
    assert sign_in(getattr(cast, name)).get("/inzage/bestand/", {"vorm": "pdf"}).status_code == 404
