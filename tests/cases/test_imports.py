"""Reading in a school's pupils: looked at first, confirmed after, a second time nothing."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.actions.files import open_trajectory
from cases.actions.imports import (
    confirm_guardians,
    confirm_pupils,
    preview_guardians,
    preview_pupils,
)
from cases.actions.papers import add_document
from cases.actions.people import exclude_colleague
from cases.models import Group, GroupPlace, Guardianship, Heading, ImportRun, Pupil, Trajectory
from cases.names import ascii_initials
from cases.uploads import Accepted
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db

BSN = "123456782"


def child(key, call_name="Noor", surname="Smit", group="g7", born="2016-05-04", **extra):
    """One <leerling> with everything that may not be kept."""
    more = "".join(f"<{name}>{value}</{name}>" for name, value in extra.items())
    return (
        f'<leerling key="{key}"><achternaam>{surname}</achternaam><roepnaam>{call_name}</roepnaam>'
        f"<geboortedatum>{born}</geboortedatum><geslacht>2</geslacht><jaargroep>7</jaargroep>"
        f'<groep key="{group}"/><bsn>{BSN}</bsn><postcodenl>1234AB</postcodenl>{more}</leerling>'
    )


def edex(*children, brin="11AA", year="2026-2027", group="Groep 7"):
    """A whole file."""
    return (
        f"<EDEX><school><schooljaar>{year}</schooljaar><peildatum>2026-10-01</peildatum>"
        f"<brincode>{brin}</brincode></school>"
        f'<groepen><groep key="g7"><naam>{group}</naam><jaargroep>7</jaargroep></groep></groepen>'
        f"<leerlingen>{''.join(children)}</leerlingen>"
        "<leerkrachten><leerkracht key='L1'><achternaam>Pot</achternaam><rol>DIR</rol></leerkracht></leerkrachten>"
        "</EDEX>"
    ).encode()


def read_in(cast, data):
    """Preview and confirm, as the ib'er. Returns the counts."""
    with acting(cast.coordinator.pk):
        run = preview_pupils(school=cast.school, data=data, by=cast.coordinator, on=TODAY)
        confirm_pupils(run=run, by=cast.coordinator, on=TODAY)
        return {name: run.counts[name] for name in ("new", "changed", "gone", "unchanged")}


def find(cast, call_name):
    """The pupil of that name at the school."""
    with acting(cast.coordinator.pk):
        return next(pupil for pupil in Pupil.objects.with_place(TODAY) if pupil.call_name == call_name)


def test_a_second_reading_of_the_same_file_changes_nothing(cast):
    data = edex(child("1"), child("2", "Sem", "Vos"), child("#3", "Lot", "Bos"))

    assert read_in(cast, data) == {"new": 3, "changed": 0, "gone": 0, "unchanged": 0}
    assert read_in(cast, data) == {"new": 0, "changed": 0, "gone": 0, "unchanged": 3}
    pupil = find(cast, "Noor")
    assert (pupil.group_name, pupil.year, pupil.initials) == ("Groep 7", "7", "N.S.")


def test_who_moves_marries_or_leaves_is_changed_marked_and_never_deleted(cast):
    read_in(cast, edex(child("1"), child("2", "Sem", "Vos")))
    noor = find(cast, "Noor")
    with acting(cast.coordinator.pk):
        open_trajectory(pupil=noor, question="Hoe?", by=cast.coordinator, on=TODAY)

    counts = read_in(cast, edex(child("1", surname="Zon", group="g7"), group="Groep 7b"))

    assert counts == {"new": 0, "changed": 1, "gone": 1, "unchanged": 0}
    with acting(cast.coordinator.pk):
        assert Trajectory.objects.get().initials == "N.Z."
        assert Pupil.objects.get(pk=find(cast, "Sem").pk).left_on is not None
        assert GroupPlace.objects.filter(pupil=noor).count() == 2
    assert find(cast, "Noor").group_name == "Groep 7b"
    assert read_in(cast, edex(child("1"), child("2", "Sem", "Vos")))["changed"] == 2


def test_nothing_that_may_not_be_kept_is_kept(cast):
    read_in(
        cast,
        edex(
            child(
                "1",
                emailadres="noor@voorbeeld.example",
                fotourl="https://voorbeeld.example/noor.jpg",
                uithuisgeplaatst="ja",
            )
        ),
    )

    with acting(SYSTEM):
        run = ImportRun.objects.get()
        everything = json.dumps([list(map(str, row)) for row in Pupil.objects.values_list()] + [str(vars(run))])
    assert run.rows is None
    assert run.counts["staff"] == 1
    assert run.counts["dropped"]["bsn"] == 1
    assert "uithuisgeplaatst" not in everything
    for secret in (BSN, "1234AB", "noor@voorbeeld.example", "Noor", "Smit"):
        assert secret not in everything


def test_no_rights_come_from_the_file(cast):
    from accounts.models import Membership

    before = Membership.objects.count()
    read_in(cast, edex(child("1")))
    assert Membership.objects.count() == before


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "leeg"),
        (b"PK\x03\x04zip", "zip"),
        (b"<EDEX><school>", "XML"),
        (edex(child("1"), brin="99ZZ"), "99ZZ"),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><EDEX/>", "DOCTYPE"),
        (b"x" * 50_000_000, "20 MB"),
    ],
    ids=["empty", "zip", "broken", "other school", "doctype", "50 MB"],
)
def test_a_file_that_is_no_use_is_refused_in_words_and_nothing_is_saved(data, word, cast, sign_in):
    upload = SimpleUploadedFile("EDEX.XML", data)

    answer = sign_in(cast.coordinator).post(
        reverse("cases:pupil_import"), {"school": str(cast.school.pk), "file": upload}
    )

    assert answer.status_code == 422
    assert word in str(answer.context["form"].errors["file"])
    with acting(cast.coordinator.pk):
        assert not ImportRun.objects.exists()


def test_the_story_in_the_browser_upload_look_confirm(cast, sign_in):
    client = sign_in(cast.coordinator)
    upload = SimpleUploadedFile("EDEX.XML", edex(child("1")))

    page = client.post(reverse("cases:pupil_import"), {"school": str(cast.school.pk), "file": upload}).url
    preview = client.get(page)
    with acting(cast.coordinator.pk):
        assert not any(pupil.call_name == "Noor" for pupil in Pupil.objects.all())
    done = client.post(page + "bevestigen/")
    again = client.post(page + "bevestigen/", follow=True)

    assert "Noor Smit" in preview.text
    assert BSN not in preview.text
    assert done.url == reverse("cases:pupil_list")
    assert "te lang geleden" in again.text
    assert find(cast, "Noor")
    with acting(SYSTEM):
        assert Event.objects.filter(action="pupils.imported").count() == 1


@pytest.mark.parametrize("name", ["teacher", "stranger", "expert", "auditor", "admin"])
def test_only_who_leads_the_school_reads_in(name, cast, sign_in):
    with acting(cast.coordinator.pk):
        run = preview_pupils(school=cast.school, data=edex(child("1")), by=cast.coordinator, on=TODAY)
    client = sign_in(getattr(cast, name))

    assert client.get(reverse("cases:import_preview", args=[run.pk])).status_code == 404
    assert client.post(reverse("cases:import_confirm", args=[run.pk])).status_code == 404
    upload = SimpleUploadedFile("EDEX.XML", edex(child("1")))
    answer = client.post(reverse("cases:pupil_import"), {"school": str(cast.school.pk), "file": upload})
    assert answer.status_code in (404, 422)


def test_the_command_says_the_same_and_a_dry_run_keeps_nothing(cast, tmp_path, capsys):
    path = tmp_path / "EDEX.XML"
    path.write_bytes(edex(child("1"), child("2", "Sem", "Vos")))

    call_command("import_edexml", str(path), "--school", "11AA", "--dry-run", "--json")
    told = json.loads(capsys.readouterr().out)
    with acting(cast.coordinator.pk):
        assert not ImportRun.objects.exists()
    call_command("import_edexml", str(path), "--school", "11AA", "--json")
    kept = json.loads(capsys.readouterr().out)

    assert told == kept
    assert (kept["new"], kept["dropped"]["bsn"]) == (2, 2)
    with pytest.raises(CommandError):
        call_command("import_edexml", str(path), "--school", "99ZZ")


def test_parents_come_in_for_children_with_a_case_and_a_shared_parent_once(cast, trajectory, sign_in):
    lines = [
        "Roepnaam;Achternaam;Geboortedatum;Relatie;Voornaam ouder;Achternaam ouder;Gezag;Straat;Postcode;Plaats",
        "Emma;Kaya;04-03-2017;vader;Mert;Kaya;ja;Kerkstraat 3;1234 AB;Voorbeeldstad",
        "Emma;Kaya;04-03-2017;moeder;Ayse;Kaya;ja;Dorpsstraat 12;1234 AB;Voorbeeldstad",
        "Meisje1;Zomer1;04-03-2017;moeder;Els;Zomer1;ja;Dorpsstraat 9;1234 AB;Voorbeeldstad",
    ]
    upload = SimpleUploadedFile("ouders.csv", "\n".join(lines).encode())
    client = sign_in(cast.coordinator)

    page = client.post(reverse("cases:guardian_import"), {"school": str(cast.school.pk), "file": upload}).url
    counts = client.get(page).context["counts"]
    client.post(page + "bevestigen/")

    assert (counts["new"], counts["unchanged"], counts["later"]) == (1, 1, 1)
    with acting(cast.coordinator.pk):
        father = next(row for row in Guardianship.objects.filter(pupil=cast.pupil) if row.guardian.first_name == "Mert")
    assert father.is_asked


def test_two_thousand_pupils_are_looked_at_without_a_question_for_each(cast, own_queries):
    data = edex(*(child(str(number), f"Kind{number}", f"Naam{number}") for number in range(2000)))

    with acting(cast.coordinator.pk), own_queries() as asked:
        run = preview_pupils(school=cast.school, data=data, by=cast.coordinator, on=TODAY)

    assert run.counts["new"] == 2000
    assert len(asked) <= 10


def test_a_new_group_gets_the_years_of_its_pupils(cast):
    read_in(cast, edex(child("1")))
    with acting(cast.coordinator.pk):
        assert Group.objects.get(name="Groep 7").year == "7"


EMMA = {"call_name": "Emma", "surname": "Kaya", "born": "2017-03-04"}
PARENTS = "Roepnaam;Achternaam;Geboortedatum;Relatie;Voornaam ouder;Achternaam ouder;Gezag"
FATHER = "Emma;Kaya;04-03-2017;vader;Mert;Kaya;ja"
NOBODY = "Niemand;Nergens;04-03-2017;vader;Mert;Kaya;ja"


def upload(client, cast, page, name, data):
    """Choose a file in the browser; returns the address of what it would do."""
    form = {"school": str(cast.school.pk), "file": SimpleUploadedFile(name, data)}
    return client.post(reverse(page), form).url


@pytest.mark.parametrize(
    "children",
    [
        [child("1", **EMMA)],
        [child("1", **EMMA | {"surname": "Anders"})],
        [child("1", **EMMA, uitstroomdatum="2026-09-01")],
        [child("2", "Sem", "Vos")],
    ],
    ids=["same", "other name", "left", "not in the file"],
)
def test_who_is_kept_from_a_child_neither_sees_nor_changes_it_by_reading_in_pupils(children, cast, trajectory, sign_in):
    read_in(cast, edex(child("1", **EMMA)))
    with acting(SYSTEM):
        before = Pupil.objects.get(pk=cast.pupil.pk).version, list(cast.pupil.places.values())
    client = sign_in(cast.excluded)

    page = upload(client, cast, "cases:pupil_import", "EDEX.XML", edex(*children))
    preview = client.get(page)
    client.post(page + "bevestigen/")

    assert preview.context["counts"]["unchanged"] == 1
    assert (preview.context["counts"]["changed"], preview.context["counts"]["gone"]) == (0, 0)
    for word in ("Emma", "Kaya", "Anders", "E.K."):
        assert word not in preview.text
    with acting(SYSTEM):
        after = Pupil.objects.get(pk=cast.pupil.pk).version, list(cast.pupil.places.values())
        assert ImportRun.objects.get(made_by=cast.excluded).confirmed_at
    assert before == after


def test_who_is_kept_from_a_child_learns_no_case_from_a_list_of_parents_and_adds_no_parent(cast, trajectory, sign_in):
    client = sign_in(cast.excluded)

    answers = []
    for line in (FATHER, NOBODY):
        data = f"{PARENTS}\n{line}".encode()
        page = upload(client, cast, "cases:guardian_import", "ouders.csv", data)
        context = client.get(page).context
        answers.append((context["counts"], context["content"]["rows"], context["content"]["problems"]))
        client.post(page + "bevestigen/")

    assert answers[0] == answers[1]
    assert answers[0][0] == {"new": 0, "unchanged": 0, "later": 0, "problems": 1}
    with acting(SYSTEM):
        assert [row.pk for row in Guardianship.objects.filter(pupil=cast.pupil)] == [cast.mother.pk]


def test_an_exclusion_after_the_look_holds_at_the_next_look_and_at_the_confirmation(cast, trajectory, sign_in):
    pupils, parents = edex(child("1", **EMMA)), f"{PARENTS}\n{FATHER}".encode()
    client, by = sign_in(cast.director), cast.director
    pages = [
        upload(client, cast, "cases:pupil_import", "EDEX.XML", pupils),
        upload(client, cast, "cases:guardian_import", "ouders.csv", parents),
    ]
    assert all("Emma" in client.get(page).text for page in pages)
    with acting(SYSTEM):
        exclude_colleague(pupil=cast.pupil, user=by, reason="buurkind", from_on=TODAY, by=SYSTEM)

    assert not any("Emma" in client.get(page).text for page in pages)
    with acting(by.pk):
        runs = {run.kind: run for run in ImportRun.objects.for_user(by)}
        assert confirm_pupils(run=runs["pupils"], by=by, on=TODAY)["changed"] == 0
        assert confirm_guardians(run=runs["guardians"], by=by, on=TODAY)["new"] == 0
    with acting(SYSTEM):
        assert Pupil.objects.get(pk=cast.pupil.pk).key_mac is None
        assert Guardianship.objects.filter(pupil=cast.pupil).count() == 1


@pytest.mark.parametrize("name", ["director", "excluded", "stranger", "teacher"])
def test_what_was_read_in_is_looked_at_and_confirmed_only_by_who_read_it_in(name, cast, trajectory, sign_in):
    with acting(cast.coordinator.pk):
        told = {"school": cast.school, "by": cast.coordinator, "on": TODAY}
        runs = [
            preview_pupils(data=edex(child("1")), **told),
            preview_guardians(data=f"{PARENTS}\n{FATHER}".encode(), filename="ouders.csv", **told),
        ]
    client = sign_in(getattr(cast, name))

    for run in runs:
        assert client.get(reverse("cases:import_preview", args=[run.pk])).status_code == 404
        assert client.post(reverse("cases:import_confirm", args=[run.pk])).status_code == 404
    with acting(SYSTEM):
        assert not ImportRun.objects.filter(confirmed_at__isnull=False).exists()


def test_the_papers_of_a_child_with_other_letters_in_its_name_have_a_plain_file_name(cast, sign_in):
    read_in(cast, edex(child("1", "Şule", "Łoś")))
    with acting(cast.coordinator.pk):
        trajectory = open_trajectory(pupil=find(cast, "Şule"), question="Hoe?", by=cast.coordinator, on=TODAY)
        document = add_document(
            trajectory=trajectory,
            heading=Heading.objects.filter(school=cast.school).first(),
            title="Brief",
            received_on=TODAY,
            accepted=Accepted(b"%PDF-1.7", "application/pdf"),
            by=cast.coordinator,
        )

    answer = sign_in(cast.coordinator).get(reverse("cases:document_file", args=[document.pk]))

    assert answer["Content-Disposition"] == 'attachment; filename="document-SL-2026-11-24.pdf"'


@pytest.mark.parametrize(
    ("letters", "plain"),
    [("E.K.", "EK"), ("İ.Ğ.", "IG"), ("Ş.Ł.", "SL"), ("É.Ø.", "EO"), ("Д.Ж.", "X"), ("", "X")],
)
def test_initials_in_a_file_name_are_plain_letters(letters, plain):
    assert ascii_initials(letters) == plain
