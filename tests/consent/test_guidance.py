"""What an expert reads of one case: what is open, and not a word more; on a page, in a file, in what a file tells."""

import re
from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.access import Reading, living_grants
from cases.actions.papers import add_document, add_entry
from cases.actions.people import assign_teacher, create_group, place_pupil
from cases.models import Document, Group, Guardian, Heading, Pupil, TrajectoryGrant
from cases.names import find_names, names_of
from cases.uploads import Accepted
from consent.actions import close_part, end_engagement, leave_out, share_item, withdraw_choice
from consent.compose import guidance
from consent.models import ClbDay, EngagementPart
from tests.cases.test_uploads import pdf
from tests.conftest import LONG_AGO, TODAY, make_pupil, staff
from tests.rows import kept
from tests.steps import answer, ask, at_level, engaged, fresh, prepared, talk

pytestmark = pytest.mark.django_db
BEFORE, SINCE = TODAY - timedelta(days=40), TODAY - timedelta(days=20)


@pytest.fixture
def case(cast):
    """Emma's case at level 2."""
    return at_level(cast, 2)


def headings(cast):
    """The school's headings by their place."""
    return list(Heading.objects.filter(school=cast.school).order_by("position"))


def note(cast, case, heading, text, on=TODAY, **fields):
    """A note under a heading."""
    with acting(cast.coordinator.pk):
        return add_entry(trajectory=case, heading=heading, text=text, observed_on=on, by=cast.coordinator, **fields)


def paper(cast, case, heading, title, on=TODAY):
    """A document under a heading."""
    with acting(cast.coordinator.pk):
        return add_document(
            trajectory=case, heading=heading, title=title, received_on=on, by=cast.coordinator,
            accepted=Accepted(pdf(), "application/pdf"),
        )  # fmt: skip


def page_of(case):
    return reverse("consent:guided_detail", args=[case.pk])


def file_of(document):
    return reverse("consent:guided_document", args=[document.pk])


@pytest.fixture
def opened(cast, case):
    """A guidance in which talks, notes and tests open since twenty days, and more that stay shut."""
    talks, notes, tests, work, *_rest = headings(cast)
    engaged(cast, case, parts=[(talks, SINCE), (notes, SINCE), (tests, SINCE)])
    rows = {
        "talk": talk(cast, case, text="Wij spraken over de tafels.", agreements=[{"what": "elke dag lezen"}]),
        "old_talk": talk(cast, case, text="Over vroeger thuis.", held_on=BEFORE),
        "fact": note(cast, case, notes, "Telde op haar vingers."),
        "judgement": note(
            cast, case, notes, "Zij raakt vermoeid.", kind="hypothesis", rests_on="Gaapte drie keer.", source="juf"
        ),
        "old_fact": note(cast, case, notes, "Een oud verhaal.", on=BEFORE),
        "shut_fact": note(cast, case, work, "Een tekening."),
        "paper": paper(cast, case, tests, "Toets rekenen"),
        "old_paper": paper(cast, case, tests, "Oude toets", on=BEFORE),
        "shut_paper": paper(cast, case, work, "Schrift"),
    }
    return case, rows


# --- a known child -------------------------------------------------------------------------------------------------


def test_the_expert_reads_what_the_headings_open_since_their_day_and_nothing_else(cast, opened, sign_in):
    case, _rows = opened
    text = sign_in(cast.expert).get(page_of(case)).text

    for word in (
        "Emma Kaya", "Vlinders", "Lotte Bakkers", "Marloes Bakkers", "0123-456789", "Welke uitleg past bij rekenen?",
        "Wij spraken over de tafels.", "elke dag lezen", "Telde op haar vingers.", "Zij raakt vermoeid.",
        "Gaapte drie keer.", "Toets rekenen",
    ):  # fmt: skip
        assert word in text, word
    for word in (
        "Over vroeger thuis.", "Een oud verhaal.", "Een tekening.", "Oude toets", "Schrift", "Ayse", "Dorpsstraat",
        "4-3-2017", "gezag", "Hoe leert zij rekenen?",
    ):  # fmt: skip
        assert word not in text, word


def test_a_judgement_stands_apart_from_the_facts_with_what_it_rests_on(cast, opened, sign_in):
    case, _rows = opened
    text = sign_in(cast.expert).get(page_of(case)).text

    facts, judgements = text.index("Feiten"), text.index("Oordelen en hypothesen")
    assert facts < text.index("Telde op haar vingers.") < judgements
    assert judgements < text.index("Zij raakt vermoeid.") < text.index("Gaapte drie keer.")


def test_the_title_of_the_page_says_initials_and_no_name(cast, opened, sign_in):
    case, _rows = opened
    title = sign_in(cast.expert).get(page_of(case)).text.split("<title>")[1].split("</title>")[0]

    assert "E.K." in title
    assert "Emma" not in title


def test_an_item_that_is_left_out_is_neither_read_nor_opened(cast, opened, sign_in):
    case, rows = opened
    client = sign_in(cast.expert)
    assert client.get(file_of(rows["paper"])).status_code == 200
    with acting(cast.coordinator.pk):
        for kind, name in (("entry", "fact"), ("document", "paper"), ("talk", "talk")):
            leave_out(trajectory=case, reader=cast.expert, kind=kind, item=rows[name].pk, by=cast.coordinator)

    text = client.get(page_of(case)).text

    assert not any(word in text for word in ("Telde op haar vingers.", "Toets rekenen", "Wij spraken over de tafels."))
    assert client.get(file_of(rows["paper"])).status_code == 404


def test_a_heading_that_closes_takes_its_rows_along(cast, opened, sign_in):
    case, rows = opened
    with acting(cast.coordinator.pk):
        part = fresh(rows["paper"]).heading_id
        engagement = TrajectoryGrant.objects.get(user=cast.expert).engagement
        close_part(part=EngagementPart.objects.get(engagement=engagement, heading=part), by=cast.coordinator)

    client = sign_in(cast.expert)
    assert "Toets rekenen" not in client.get(page_of(case)).text
    assert client.get(file_of(rows["paper"])).status_code == 404


@pytest.mark.parametrize("name", ["old_paper", "shut_paper"])
def test_a_document_that_no_heading_opens_is_not_there(name, cast, opened, sign_in):
    _case, rows = opened
    assert sign_in(cast.expert).get(file_of(rows[name])).status_code == 404


def test_a_document_is_read_in_the_browser_under_initials_and_the_look_is_recorded(cast, opened, sign_in):
    _case, rows = opened
    answer = sign_in(cast.expert).get(file_of(rows["paper"]))

    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"] == 'inline; filename="document-EK-2026-11-24.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"
    with acting(SYSTEM):
        event = Event.objects.get(action="document.read")
    assert (event.actor, event.subject, event.ground) == (cast.expert.pk, rows["paper"].pk, Reading.DOSSIER)


def test_staff_have_another_door_to_a_document(cast, opened, sign_in):
    _case, rows = opened
    assert sign_in(cast.coordinator).get(file_of(rows["paper"])).status_code == 404
    assert sign_in(cast.expert).get(reverse("cases:document_file", args=[rows["paper"].pk])).status_code == 404


def test_a_known_child_with_nothing_opened_says_so(cast, case, sign_in):
    engaged(cast, case)
    text = sign_in(cast.expert).get(page_of(case)).text

    assert "Emma Kaya" in text
    assert "Uit het dossier staat nog niets open." in text


def test_a_teacher_stays_when_a_classmate_leaves_the_group(cast, case):
    engaged(cast, case)
    with acting(SYSTEM):
        mate = make_pupil(cast.school, cast.group, "Wout", "Vertrekker")
        other = create_group(school=cast.school, name="6", year="6", school_year="2026-2027", by=SYSTEM)
        place_pupil(pupil=mate, group=other, from_on=TODAY - timedelta(days=5), year="6", by=SYSTEM)
        assign_teacher(group=other, user=staff("zes", cast.school, "teacher"), from_on=LONG_AGO, by=SYSTEM)
        assert mate.places.filter(group=cast.group, until_on__lt=TODAY).exists()

    with acting(cast.expert.pk):
        grant = living_grants(cast.expert).select_related("permission").get()
        people = guidance(fresh(case), grant=grant, reader=cast.expert).people

    assert [one.name for one in people] == ["Lotte Bakkers", "Marloes Bakkers"]


def test_the_look_at_a_case_is_recorded(cast, case, sign_in):
    engaged(cast, case, says="anonymous")
    sign_in(cast.expert).get(page_of(case))

    with acting(SYSTEM):
        event = Event.objects.get(action="guidance.looked")
    assert (event.actor, event.dossier, event.ground) == (cast.expert.pk, case.pk, Reading.ANONYMOUS)


def test_the_address_of_the_case_leads_the_expert_to_the_own_page(cast, case, sign_in):
    engaged(cast, case)
    answer = sign_in(cast.expert).get(reverse("cases:trajectory_detail", args=[case.pk]))

    assert (answer.status_code, answer["Location"]) == (302, page_of(case))
    assert sign_in(cast.auditor).get(reverse("cases:trajectory_detail", args=[case.pk])).status_code == 200
    assert sign_in(cast.auditor).get(page_of(case)).status_code == 404


def test_the_list_stands_by_school_with_the_next_day_and_the_report_to_come(cast, case, sign_in):
    engagement = engaged(cast, case, until=TODAY + timedelta(days=10))
    with acting(SYSTEM):
        for days in (-7, 21, 7):
            kept(ClbDay(school=cast.school, expert=cast.expert, held_on=TODAY + timedelta(days=days)))
    client = sign_in(cast.expert)

    text = client.get(reverse("consent:guided_list")).text

    assert "De Wilgenboom" in text
    assert "Je komt hier op 1 december 2026." in text
    assert "nog geen verslag" in text
    assert page_of(case) in text
    assert engagement.case_code not in text


# --- nobody else ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ended_expert", "blind_expert", "stranger", "coordinator", "teacher"])
def test_who_has_no_running_guidance_of_this_child_gets_nothing(name, cast, opened, sign_in):
    case, rows = opened
    over = engaged(cast, case, expert=cast.ended_expert)
    with acting(cast.coordinator.pk):
        end_engagement(engagement=over, by=cast.coordinator, on=TODAY)
    client = sign_in(getattr(cast, name))

    for url in (page_of(case), file_of(rows["paper"])):
        assert client.get(url).status_code == 404
    for deed in ("consent:report_hand_in", "consent:note_write"):
        assert client.get(reverse(deed, args=[case.pk])).status_code == 404


def test_the_day_after_the_end_nothing_is_left_with_no_job_run(cast, opened, sign_in, frozen_clock):
    case, rows = opened
    with acting(cast.coordinator.pk):
        until = TrajectoryGrant.objects.get(user=cast.expert).until
    frozen_clock.move_to(f"{until}T12:00:00+01:00")
    assert sign_in(cast.expert).get(page_of(case)).status_code == 200

    frozen_clock.move_to(f"{until + timedelta(days=1)}T12:00:00+01:00")

    client = sign_in(cast.expert)
    assert [client.get(url).status_code for url in (page_of(case), file_of(rows["paper"]))] == [404, 404]
    assert "Emma" not in client.get(reverse("consent:guided_list")).text


# --- a child without a name ----------------------------------------------------------------------------------------


def told_by(answer):
    """All that an answer tells: its body, its headers, and what a PDF says about itself."""
    told = [f"{name}: {value}" for name, value in answer.items()]
    if answer["Content-Type"] == "application/pdf":
        with pikepdf.open(BytesIO(answer.content)) as document:
            told += [str(document.docinfo), str(document.trailer.get("/Info")), repr(document.Root.get("/Metadata"))]
        told.append(answer.content.decode("latin-1"))
    else:
        told.append(answer.text)
    return "\n".join(told)


def telling_pdf():
    """A PDF that names a child everywhere but on its page."""
    out, document = BytesIO(), pikepdf.new()
    document.add_blank_page()
    document.docinfo["/Title"] = "Verslag Emma Kaya"
    document.docinfo["/Author"] = "Ayse Kaya"
    document.attachments["Emma Kaya.txt"] = b"Emma Kaya"
    with document.open_metadata() as data:
        data["dc:title"] = "Emma Kaya"
    document.save(out)
    return out.getvalue()


def hand_in(client, case, **fields):
    """Hand in a report as the page does, with what the page has in its hidden field."""
    url = reverse("consent:report_hand_in", args=[case.pk])
    seen = fields.pop("seen", None) or client.get(url).context["form"]["seen"].value()
    data = {
        "seen": seen, "kind": "clb", "title": "Verslag van het bezoek", "written_on": "24-11-2026",
        "file": SimpleUploadedFile("Emma Kaya.pdf", telling_pdf(), "application/pdf"),
    }  # fmt: skip
    return client.post(url, data | fields)


def test_no_page_and_no_file_of_an_anonymous_child_tells_who_it_is(cast, case, sign_in):
    talks, notes, *_rest = headings(cast)
    engagement = engaged(cast, case, says="known", parts=[(talks, LONG_AGO), (notes, LONG_AGO)])
    with acting(cast.coordinator.pk):
        withdraw_choice(choice=engagement.choices.get(), by=cast.coordinator)
        choice = engagement.choices.get()
    answer(cast, choice, "anonymous", items="de toetsen", class_visit="class")
    talk(cast, case, text="Emma en haar moeder Ayse waren er.")
    note(cast, case, notes, "Emma Kaya rekende.")
    shut = paper(cast, case, notes, "Toets van Emma")
    with acting(cast.coordinator.pk):
        share_item(
            engagement=fresh(engagement), title="de toetsen", text="Zij telt op haar vingers.", necessity="voor uitleg",
            by=cast.coordinator, on=TODAY,
        )  # fmt: skip
    client = sign_in(cast.expert)

    answers = [hand_in(client, case), client.get(page_of(case)), client.get(reverse("consent:guided_list"))]
    answers += [client.get(reverse(f"consent:{name}", args=[case.pk])) for name in ("report_hand_in", "note_write")]
    with acting(cast.expert.pk):
        own = Document.objects.opened_to(cast.expert).get()
    answers += [client.get(file_of(own)), client.get(reverse("consent:note_list")), client.get(reverse("cases:today"))]
    told = "\n".join(told_by(one) for one in answers)

    assert engagement.alias in told
    assert "Lotte" not in answers[1].text  # the teacher of this child
    assert engagement.case_code in answers[1].text.split("<title>")[1].split("</title>")[0]
    assert "Zij telt op haar vingers." in told
    assert answers[5]["Content-Disposition"] == f'inline; filename="document-{engagement.case_code}-2026-11-24.pdf"'
    assert client.get(file_of(shut)).status_code == 404
    with acting(SYSTEM):
        words = {word for row in Pupil.objects.all() for word in (row.call_name, row.surname, *row.initials)}
        words |= {word for row in Guardian.objects.all() for word in (row.first_name, row.surname, row.street)}
        words |= {row.name for row in Group.objects.all()}
        own_names = names_of(cast.pupil, cast.pupil.guardianships.select_related("guardian"))
    assert len(words) > 10
    assert [word for word in words if word and len(word) > 2 and word in told] == []
    assert [told[found.start : found.end] for found in find_names(told.replace("zorgvuldig", ""), own_names)] == []


def test_an_answer_that_is_not_there_yet_opens_nothing_by_name(cast, case, sign_in):
    engagement = prepared(cast, case)
    ask(cast, engagement)

    assert sign_in(cast.expert).get(page_of(case)).status_code == 404


# --- how much it asks ----------------------------------------------------------------------------------------------


def test_the_page_asks_as_much_for_one_note_as_for_fifty(cast, opened, sign_in, own_queries):
    case, _rows = opened
    client, notes = sign_in(cast.expert), headings(cast)[1]
    with own_queries() as few:
        assert client.get(page_of(case)).status_code == 200
    note(cast, case, notes, "De oudste notitie.", on=SINCE)
    for number in range(49):
        note(cast, case, notes, f"Feit {number}.")
        if number % 10 == 0:
            talk(cast, case, text=f"Gesprek {number}.", agreements=[{"what": "lezen"}])
            paper(cast, case, headings(cast)[2], f"Toets {number}")

    with own_queries() as many:
        text = client.get(page_of(case)).text

    assert len(few) == len(many) <= 15, "\n".join(query["sql"][:140] for query in many.captured_queries)
    assert len(re.findall(r"Feit \d+\.", text)) >= 48  # fifty at once, of which two are the notes that stood already
    assert "De oudste notitie." not in text
    assert "De oudste notitie." in client.get(page_of(case), {"notities": "100"}).text
