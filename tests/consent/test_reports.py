"""Reports that an expert hands in: by whom, of which kind, under which heading, and the copy for the parents (R51)."""

from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.access import Reading
from cases.actions.school import heading_of_reports
from cases.models import Document, KeptFile
from cases.uploads import Accepted
from consent.actions import end_engagement, give_copy, receive_report, withdraw_choice
from consent.models import ExpertReport
from tests.cases.test_uploads import pdf, picture
from tests.conftest import TODAY, make_pupil
from tests.consent.test_guidance import hand_in, page_of, telling_pdf
from tests.steps import at_level, engaged, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    """Emma's case at level 2."""
    return at_level(cast, 2)


def received(cast, case, *, seen=Reading.DOSSIER, by=None, **fields):
    """A report, handed in under the eyes of its author."""
    by = by or cast.expert
    usual = {"kind": "clb", "title": "Verslag van het bezoek", "written_on": TODAY - timedelta(days=2)}
    with acting(by.pk):
        return receive_report(
            trajectory=case, accepted=Accepted(telling_pdf(), "application/pdf"), seen=seen, by=by, on=TODAY,
            **(usual | fields),
        )  # fmt: skip


def nothing_is_kept():
    with acting(SYSTEM):
        return not (ExpertReport.objects.exists() or KeptFile.objects.exists() or Document.objects.exists())


@pytest.mark.parametrize("says", ["known", "anonymous"])
def test_a_report_stands_under_its_heading_with_its_author_and_its_engagement(says, cast, case, sign_in):
    engagement = engaged(cast, case, says=says)
    answer = hand_in(sign_in(cast.expert), case)

    assert (answer.status_code, answer["Location"]) == (302, page_of(case))
    with acting(cast.coordinator.pk):
        report = ExpertReport.objects.for_user(cast.coordinator).select_related("document__heading").get()
    assert (report.author_id, report.engagement_id, report.written_on) == (cast.expert.pk, engagement.pk, TODAY)
    assert (report.document.author_id, report.document.heading.name) == (cast.expert.pk, "CLB")
    page = sign_in(cast.expert).get(page_of(case))
    assert "Verslag van het bezoek" in page.text


def test_another_expert_of_the_same_child_does_not_read_the_report(cast, case, sign_in):
    reports = heading_of_reports(case.school_id)
    engaged(cast, case, parts=[(reports, TODAY - timedelta(days=20))])
    engaged(cast, case, expert=cast.blind_expert, parts=[(reports, TODAY - timedelta(days=20))])
    report = received(cast, case)

    for reader, stands in ((cast.expert, True), (cast.blind_expert, False)):
        with acting(reader.pk):
            assert Document.objects.filter(pk=report.document_id).exists() is stands
            assert Document.objects.opened_to(reader).filter(pk=report.document_id).exists() is stands
        assert ("Verslag van het bezoek" in sign_in(reader).get(page_of(case)).text) is stands


def test_the_page_says_before_and_after_who_reads_the_report(cast, case, sign_in):
    engaged(cast, case)
    client = sign_in(cast.expert)
    before = client.get(reverse("consent:report_hand_in", args=[case.pk])).text
    hand_in(client, case)
    after = client.get(page_of(case)).text

    for text in (before, after):
        assert "de intern begeleider, de directeur en de leerkracht" in text.lower()
        assert "geeft de ouders een kopie" in text


def test_a_report_about_research_on_the_child_goes_to_the_parents_first(cast, case, sign_in):
    engaged(cast, case)
    answer = hand_in(sign_in(cast.expert), case, kind="child")

    assert answer.status_code == 422
    assert "gaat eerst naar de ouders" in answer.text
    assert nothing_is_kept()
    with refused("parents_first"):
        received(cast, case, kind="child")


def test_only_a_pdf_is_taken_in(cast, case, sign_in):
    engaged(cast, case)
    photo = SimpleUploadedFile("scan.pdf", picture("PNG"), "application/pdf")
    answer = hand_in(sign_in(cast.expert), case, file=photo)

    assert answer.status_code == 422
    assert "Kies een PDF." in answer.text
    assert nothing_is_kept()


def test_what_a_pdf_tells_about_itself_is_taken_off(cast, case):
    engaged(cast, case, says="anonymous")
    report = received(cast, case, seen=Reading.ANONYMOUS)

    with acting(cast.coordinator.pk):
        kept = KeptFile.objects.get(pk=report.document.file_id)
    assert b"Emma" not in kept.data
    assert b"Kaya" not in kept.data
    with pikepdf.open(BytesIO(kept.data)) as document:
        assert len(document.pages) == 1
        assert not list(document.docinfo.keys())
        assert "/Metadata" not in document.Root
        assert not list(document.attachments)


@pytest.mark.parametrize("title", ["Verslag van Emma", "Verslag E.K.", "Gesprek met mevrouw Kaya"])
@pytest.mark.parametrize("says", ["known", "anonymous"])
def test_a_title_with_a_name_is_refused_also_of_a_known_child(says, title, cast, case, sign_in):
    engaged(cast, case, says=says)
    answer = hand_in(sign_in(cast.expert), case, title=title)

    assert answer.status_code == 422
    assert nothing_is_kept()
    with refused("names_child"):
        received(cast, case, seen=Reading.DOSSIER if says == "known" else Reading.ANONYMOUS, title=title)


def test_a_refusal_tells_no_reader_of_an_anonymous_child_which_child_it_is(cast, case):
    """Any child's name is refused there: else a class list, tried word by word, would give the child away."""
    engaged(cast, case, says="anonymous")
    with acting(SYSTEM):
        make_pupil(cast.school, cast.group, "Wietske", "Anderskind")

    for name in ("Emma", "Wietske"):
        with refused("names_child"):
            received(cast, case, seen=Reading.ANONYMOUS, title=f"Verslag van {name}")


def test_a_choice_withdrawn_while_the_form_is_open_saves_nothing(cast, case, sign_in):
    engagement = engaged(cast, case)
    client = sign_in(cast.expert)
    seen = client.get(reverse("consent:report_hand_in", args=[case.pk])).context["form"]["seen"].value()
    with acting(cast.coordinator.pk):
        withdraw_choice(choice=engagement.choices.get(), by=cast.coordinator)

    answer = hand_in(client, case, seen=seen, title="Verslag")

    assert answer.status_code == 422
    assert "Er is niets bewaard." in answer.text
    assert "Emma" not in answer.text
    assert nothing_is_kept()
    with refused("choice_changed"):
        received(cast, case)


def test_a_guidance_that_ended_while_the_form_is_open_saves_nothing(cast, case, sign_in):
    engagement = engaged(cast, case)
    client = sign_in(cast.expert)
    client.get(reverse("consent:report_hand_in", args=[case.pk]))
    with acting(cast.coordinator.pk):
        end_engagement(engagement=engagement, by=cast.coordinator, on=TODAY)

    assert hand_in(client, case, seen="dossier").status_code == 404
    assert nothing_is_kept()
    with refused("ended"):
        received(cast, case)


def test_a_second_expert_does_not_find_the_report_of_the_first(cast, case, sign_in):
    engaged(cast, case)
    engaged(cast, case, expert=cast.blind_expert, says="known")
    report = received(cast, case)
    url = reverse("consent:guided_document", args=[report.document_id])

    assert sign_in(cast.expert).get(url).status_code == 200
    client = sign_in(cast.blind_expert)
    assert client.get(url).status_code == 404
    assert "Verslag van het bezoek" not in client.get(page_of(case)).text
    with acting(cast.blind_expert.pk):
        assert not ExpertReport.objects.exists()


def test_the_report_stays_in_the_file_when_the_guidance_ends(cast, case, sign_in):
    engagement = engaged(cast, case)
    report = received(cast, case)
    with acting(cast.coordinator.pk):
        end_engagement(engagement=engagement, by=cast.coordinator, on=TODAY)

    page = sign_in(cast.teacher).get(reverse("cases:trajectory_detail", args=[case.pk])).text
    assert "verslag van een expert" in page
    assert sign_in(cast.teacher).get(reverse("cases:document_file", args=[report.document_id])).status_code == 200
    assert sign_in(cast.expert).get(reverse("consent:guided_document", args=[report.document_id])).status_code == 404


def test_vandaag_asks_for_the_copy_until_it_is_given(cast, case, sign_in):
    guidance = reverse("consent:engagement_detail", args=[engaged(cast, case).pk])
    report = received(cast, case)
    client, url = sign_in(cast.teacher), reverse("consent:report_copy", args=[report.pk])
    assert "Geef de ouders een kopie van het verslag van de expert" in client.get(reverse("cases:today")).text
    assert "ouders hebben nog geen kopie" in client.get(guidance).text
    assert "Verslag van Bo De Boer" in client.get(reverse("cases:trajectory_detail", args=[case.pk])).text

    answer = client.post(url, {"how": "talk", "on": "24-11-2026"})

    assert answer.status_code == 302
    assert url not in client.get(reverse("cases:today")).text
    assert "Kopie voor de ouders: 24-11-2026, samen gelezen" in client.get(guidance).text
    with acting(SYSTEM):
        assert Event.objects.get(action="report.copy_given").detail == {"how": "talk"}


def test_a_copy_is_not_older_than_the_report(cast, case):
    engaged(cast, case)
    report = received(cast, case)

    with acting(cast.teacher.pk), refused("before_the_report"):
        give_copy(report=report, how="post", by=cast.teacher, on=report.written_on - timedelta(days=1))


def test_who_hands_in_is_recorded_without_a_word_of_it(cast, case):
    engaged(cast, case)
    received(cast, case)

    with acting(SYSTEM):
        event = Event.objects.get(action="report.received")
    assert (event.actor, event.dossier, event.detail) == (cast.expert.pk, case.pk, {"kind": "clb"})


def test_a_plain_pdf_stays_readable(cast, case):
    engaged(cast, case)
    with acting(cast.expert.pk):
        report = receive_report(
            trajectory=case, kind="clb", title="Verslag", written_on=TODAY, seen=Reading.DOSSIER, by=cast.expert,
            accepted=Accepted(pdf(), "application/pdf"), on=TODAY,
        )  # fmt: skip
        data = KeptFile.objects.get(pk=report.document.file_id).data
    with pikepdf.open(BytesIO(data)) as document:
        assert len(document.pages) == 1
