"""What also stands in the school's pupil administration: a PDF for it, a tick, and Vandaag where the school asks it."""

import io
import re
from datetime import timedelta

import pypdf
import pytest
from django.urls import reverse

from accounts.actions import change_setting
from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.actions.files import close_trajectory
from cases.actions.papers import add_document, tick_administration
from cases.actions.talks import change_conversation
from cases.models import CaseTerms, Conversation, Heading, KeptFile
from cases.today import tasks
from cases.uploads import Accepted
from letters.actions import share_report
from letters.models import IssuedLetter
from tests.conftest import TODAY, make_pupil
from tests.letters.test_issuing import add_parent, answer, elsewhere, text_of
from tests.rows import kept as save
from tests.steps import at_level, fresh, refused, share, talk

pytestmark = pytest.mark.django_db

PDFS = {"conversation_pdf": "talk", "trajectory_pdf": "trajectory"}


def url(name, row):
    return reverse(name, args=[row.pk])


def shared(stage):
    """The report of the talk, with the mother."""
    with acting(stage.coordinator.pk):
        (copy,) = share_report(
            talk=fresh(stage.talk), guardians=[stage.mother.guardian], how="print", by=stage.coordinator, on=TODAY
        )
    return copy.letter


def closed(stage, on=TODAY):
    with acting(stage.coordinator.pk):
        return close_trajectory(
            trajectory=fresh(stage.trajectory), outcome="Emma rekent mee.", by=stage.coordinator, on=on
        )


def paper(stage):
    with acting(stage.coordinator.pk):
        return add_document(
            trajectory=stage.trajectory, heading=Heading.objects.filter(school=stage.school).first(), title="Brief",
            received_on=TODAY, accepted=Accepted(b"%PDF-1.7", "application/pdf"), by=stage.coordinator,
        )  # fmt: skip


def asks(stage, wanted=True):
    with acting(stage.coordinator.pk):
        terms = CaseTerms.objects.get(school=stage.school)
        change_setting(row=terms, version=terms.version, by=stage.coordinator, asks_administration=wanted)


# --- the PDFs --------------------------------------------------------------------------------------------------------


def test_the_report_for_the_file_holds_what_both_parents_thought_and_chose(issued, sign_in):
    add_parent(issued, **elsewhere())
    answer(issued, "Kaya", "anonymous")

    got = sign_in(issued.teacher).get(url("letters:conversation_pdf", issued.talk))

    text = text_of(got.content)
    assert got["Content-Disposition"] == f'attachment; filename="verslag-EK-{issued.talk.held_on}.pdf"'
    assert "Keuze van mevrouw A. Kaya op 24 november 2026: A, anoniem." in text
    assert "Mevrouw A. Kaya: stemt in." in text
    assert "Klopt er iets niet?" not in text
    assert "Emma" not in pypdf.PdfReader(io.BytesIO(got.content)).metadata.title
    with acting(SYSTEM):
        assert Event.objects.filter(action="conversation.downloaded", subject=issued.talk.pk).count() == 1


def test_a_pdf_for_the_administration_is_not_kept_as_a_letter(stage, sign_in):
    closed(stage)
    with acting(stage.coordinator.pk):
        kept = KeptFile.objects.count()
    client = sign_in(stage.coordinator)

    for name, row in PDFS.items():
        assert client.get(url(f"letters:{name}", getattr(stage, row))).content.startswith(b"%PDF")

    with acting(stage.coordinator.pk):
        assert KeptFile.objects.count() == kept
        assert not IssuedLetter.objects.exists()


def test_a_closed_case_is_summed_up_with_initials_in_its_name(stage, sign_in):
    closed(stage)

    got = sign_in(stage.coordinator).get(url("letters:trajectory_pdf", stage.trajectory))

    text = text_of(got.content)
    for words in (
        "Hoe help ik bij het rekenen?", "Niveau 0: leerkracht", "Niveau 2: externe expert", "Geen antwoord.",
        "17 november 2026", "Elke ochtend oefenen", "Emma rekent mee.", "Overgeslagen, omdat: liep al",
    ):  # fmt: skip
        assert words in text, words
    assert got["Content-Disposition"] == f'attachment; filename="samenvatting-EK-{TODAY}.pdf"'
    assert pypdf.PdfReader(io.BytesIO(got.content)).metadata.title == "Samenvatting E.K."
    with acting(SYSTEM):
        assert Event.objects.filter(action="trajectory.downloaded", subject=stage.trajectory.pk).count() == 1


def test_a_case_that_runs_has_no_summary_yet(stage, sign_in):
    client = sign_in(stage.coordinator)
    case = url("cases:trajectory_detail", stage.trajectory)

    assert client.get(url("letters:trajectory_pdf", stage.trajectory)).url == case
    assert url("letters:trajectory_pdf", stage.trajectory) not in client.get(case).text


@pytest.mark.parametrize("who", ["colleague", "stranger", "excluded", "auditor", "fg", "admin"])
def test_nobody_else_gets_a_pdf_or_ticks(who, stage, sign_in):
    closed(stage)
    letter = kept_letter(stage)
    client = sign_in(getattr(stage, who))

    for name, row in PDFS.items():
        assert client.get(url(f"letters:{name}", getattr(stage, row))).status_code == 404
    for name, row in (("cases:conversation_administered", stage.talk), ("letters:letter_administered", letter)):
        assert client.post(url(name, row), {"staat": "ja"}).status_code == 404
    assert client.post(url("cases:trajectory_administered", stage.trajectory), {"staat": "ja"}).status_code in (
        403,
        404,
    )
    with acting(SYSTEM):
        for row in (stage.talk, letter, stage.trajectory):
            assert fresh(row).in_administration_on is None


def kept_letter(stage):
    """A letter of the case, whatever its state."""
    with acting(SYSTEM):
        kept = KeptFile.keep(b"%PDF", content_type="application/pdf", trajectory=stage.trajectory)
        return save(
            IssuedLetter(
                school=stage.school, trajectory=stage.trajectory, file=kept, kind="referral",
                engagement=stage.engagement, addressees="mevrouw A. Kaya", issued_on=TODAY, given_on=TODAY,
            )
        )  # fmt: skip


# --- the tick --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["letter", "conversation", "document", "trajectory"])
def test_what_stands_in_the_administration_is_ticked_and_unticked_with_its_date(kind, issued, sign_in):
    document = paper(issued)
    rows = {
        "letter": (issued.letters[0], "letters:letter_administered", url("letters:letter_detail", issued.letters[0])),
        "conversation": (
            issued.talk, "cases:conversation_administered", url("cases:conversation_detail", issued.talk),
        ),
        "document": (document, "cases:document_administered", url("cases:trajectory_detail", issued.trajectory)),
        "trajectory": (
            issued.trajectory, "cases:trajectory_administered", url("cases:trajectory_detail", issued.trajectory),
        ),
    }  # fmt: skip
    row, name, page = rows[kind]
    client = sign_in(issued.coordinator)
    if kind == "trajectory":
        closed(issued)
    assert url(name, row) in client.get(page).text

    answered = client.post(url(name, row), {"staat": "ja", "back": page})

    assert answered.url == page
    with acting(issued.coordinator.pk):
        assert fresh(row).in_administration_on == TODAY
    assert "sinds 24-11-2026" in client.get(page).text
    client.post(url(name, row), {"staat": "nee", "back": page})
    with acting(issued.coordinator.pk):
        assert fresh(row).in_administration_on is None
    with acting(SYSTEM):
        found = Event.objects.filter(subject=row.pk, action__startswith="administration.")
        assert {event.action for event in found} == {"administration.ticked", "administration.cleared"}


def test_a_tick_that_stands_keeps_its_day(issued):
    letter = issued.letters[0]
    with acting(issued.coordinator.pk):
        tick_administration(row=letter, by=issued.coordinator, on=TODAY)
        tick_administration(row=letter, by=issued.coordinator, on=TODAY + timedelta(days=1))
        assert fresh(letter).in_administration_on == TODAY


def test_a_case_is_ticked_when_it_is_closed_and_its_papers_also_afterwards(issued, sign_in):
    client = sign_in(issued.coordinator)
    with acting(issued.coordinator.pk), refused("not_closed"):
        tick_administration(row=fresh(issued.trajectory), by=issued.coordinator, on=TODAY)
    client.post(url("cases:trajectory_administered", issued.trajectory), {"staat": "ja"})
    with acting(issued.coordinator.pk):
        assert fresh(issued.trajectory).in_administration_on is None
    closed(issued)

    client.post(url("letters:letter_administered", issued.letters[0]), {"staat": "ja"})

    with acting(issued.coordinator.pk):
        assert fresh(issued.letters[0]).in_administration_on == TODAY


def test_an_address_outside_is_never_gone_back_to(issued, sign_in):
    tick = url("letters:letter_administered", issued.letters[0])
    case = url("cases:trajectory_detail", issued.trajectory)

    for elsewhere_ in ("https://elders.example/", "//elders.example/"):
        assert sign_in(issued.coordinator).post(tick, {"staat": "ja", "back": elsewhere_}).url == case


def test_a_report_has_one_tick_which_a_new_edition_clears(stage, sign_in):
    letter = shared(stage)
    client = sign_in(stage.coordinator)
    page = url("letters:letter_detail", letter)
    assert url("cases:conversation_administered", stage.talk) in client.get(page).text
    client.post(url("cases:conversation_administered", stage.talk), {"staat": "ja"})

    with acting(stage.coordinator.pk):
        talk_now = Conversation.objects.get(pk=stage.talk.pk)
        assert talk_now.in_administration_on == TODAY
        change_conversation(
            conversation=talk_now, by=stage.coordinator, version=talk_now.version, guardians=[stage.mother.guardian],
            colleagues=[stage.teacher], text="Beter.",
            agreements=[{"what": "Elke ochtend oefenen", "who": "juf Lotte"}],
        )  # fmt: skip
        assert fresh(talk_now).in_administration_on is None
    assert url("cases:conversation_administered", stage.talk) not in client.get(page).text  # an older edition


# --- Vandaag ---------------------------------------------------------------------------------------------------------


def due(stage, day=TODAY, user=None):
    """What Vandaag says about the administration."""
    user = user or stage.coordinator
    with acting(user.pk):
        return [task for task in tasks(user, day) if task.kind == "administration"]


def test_a_school_that_does_not_ask_it_finds_nothing_on_vandaag(issued):
    shared(issued)

    assert due(issued) == []


def test_what_is_shared_issued_or_closed_stands_on_vandaag_until_it_is_ticked(issued):
    asks(issued)
    (letter, report) = sorted(due(issued), key=lambda task: task.text)  # the letter was the report of the talk too
    assert (letter.child, report.child) == ("E.K.", "E.K.")
    assert "Brief aan de ouders" in letter.text
    closed(issued)
    assert len(due(issued)) == 3

    with acting(issued.coordinator.pk):
        for row in (issued.letters[0], issued.talk, issued.trajectory):
            tick_administration(row=fresh(row), by=issued.coordinator, on=TODAY)

    assert due(issued) == []


def test_a_report_that_is_not_shared_yet_waits(stage):
    asks(stage)

    assert due(stage) == []
    shared(stage)
    assert len(due(stage)) == 1


def test_only_the_last_school_year_is_asked(issued):
    asks(issued)

    assert due(issued, TODAY + timedelta(days=370)) == []


def test_only_who_works_in_the_case_is_asked(issued):
    asks(issued)

    assert len(due(issued, user=issued.teacher)) == 2
    for who in (issued.stranger, issued.colleague, issued.expert, issued.excluded):
        assert due(issued, user=who) == []


def test_the_terms_of_a_school_hold_the_setting(stage, sign_in):
    page = reverse("cases:setup_terms", args=[stage.school.pk])
    client = sign_in(stage.coordinator)
    form = client.get(page).context["form"]
    typed = {name: form[name].value() for name in form.fields} | {"asks_administration": "on"}

    client.post(page, typed)

    with acting(stage.coordinator.pk):
        assert CaseTerms.objects.get(school=stage.school).asks_administration


def test_vandaag_asks_as_much_for_one_as_for_more(issued, sign_in, own_queries):
    asks(issued)
    client = sign_in(issued.coordinator)
    with own_queries() as few:
        client.get(reverse("cases:today") + "?toon=alles")
    with acting(SYSTEM):
        pupils = [make_pupil(issued.school, issued.group, f"Kind{number}", "Zomer") for number in range(5)]
    for pupil in pupils:
        case = at_level(issued, 0, pupil)
        share(issued, talk(issued, case, by=issued.coordinator))
        closed(type("case", (), {"coordinator": issued.coordinator, "trajectory": case}))

    with own_queries() as many:
        answered = client.get(reverse("cases:today") + "?toon=alles")

    assert len(answered.context["tasks"]) >= 12
    assert len(few) == len(many) <= 15, [query["sql"][:90] for query in many.captured_queries]


def test_a_page_with_a_tick_names_nobody_in_its_title(issued, sign_in):
    page = sign_in(issued.coordinator).get(url("cases:conversation_detail", issued.talk))

    assert "Emma" not in re.search(r"<title>(.*?)</title>", page.text, re.DOTALL)[1]
