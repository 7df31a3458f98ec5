"""The pages about letters: who gets in, what they show, and that a download gives what was kept."""

import io
import re
from datetime import date
from hashlib import sha256

import pypdf
import pytest
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.models import Conversation, KeptFile, Position, ReportSharing
from consent.models import Engagement, ParentChoice
from letters import actions, pdf
from letters.models import Addressee, IssuedLetter, ReadingLink
from letters.views import issued as issued_views
from letters.views import parents as parents_views
from letters.views import reports as reports_views
from tests.conftest import TODAY
from tests.letters.conftest import prepared, to_external
from tests.letters.test_issuing import add_parent, change, elsewhere

pytestmark = pytest.mark.django_db

SHUT_OUT = ("colleague", "stranger", "excluded", "expert", "auditor", "fg", "admin")
PAGES = {  # name of the page: whose uuid, and whether it is only posted to
    "letter_detail": ("letter", False),
    "letter_pdf": ("letter", False),
    "letter_given": ("letter", True),
    "letter_protected": ("letter", True),
    "reading_link_made": ("letter", True),
    "parent_letter_preview": ("engagement", False),
    "parent_letter_issue": ("engagement", True),
    "letter_words": ("engagement", False),
    "reminder_issue": ("engagement", True),
    "report_share": ("talk", False),
    "report_shared": ("talk", False),
    "report_nameless": ("talk", False),
}


def url(name, row):
    return reverse(f"letters:{name}", args=[row.pk])


def page_of(stage, name):
    of, posted = PAGES[name]
    row = stage.letters[0] if of == "letter" else getattr(stage, of)
    return url(name, row), "post" if posted else "get"


# --- the doors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", SHUT_OUT)
def test_who_does_not_work_with_the_child_finds_no_letter(who, issued, sign_in):
    client = sign_in(getattr(issued, who))

    for name in PAGES:
        page, method = page_of(issued, name)
        assert getattr(client, method)(page).status_code == 404, name
    listed = client.get(reverse("letters:letter_list"))
    assert listed.context["lines"] == []


def test_who_has_not_signed_in_is_sent_to_the_sign_in_page(issued, client):
    for name in PAGES:
        page, method = page_of(issued, name)
        answer = getattr(client, method)(page)
        if method == "post":  # a form that comes too late gets its own text back, and the way to sign in
            assert (answer.status_code, reverse("account_login") in answer.text) == (403, True), name
        else:
            assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login")), name
    assert client.get(reverse("letters:letter_list")).status_code == 302


@pytest.mark.parametrize("who", ["teacher", "coordinator", "director"])
def test_who_works_with_the_child_opens_them(who, stage, sign_in):
    client = sign_in(getattr(stage, who))

    for name in ("parent_letter_preview", "letter_words", "report_share", "report_shared", "report_nameless"):
        assert client.get(page_of(stage, name)[0]).status_code == 200, name


def test_a_page_that_does_something_is_never_opened_by_a_link(issued, sign_in):
    client = sign_in(issued.coordinator)

    for name, (_of, posted) in PAGES.items():
        if posted:
            assert client.get(page_of(issued, name)[0]).status_code == 405, name


# --- the letter to the parents ---------------------------------------------------------------------------------------


def test_the_letter_is_looked_at_made_and_given(stage, sign_in):
    client = sign_in(stage.coordinator)
    preview = client.get(url("parent_letter_preview", stage.engagement))
    assert preview.context["is_ready"]
    assert "Mag de expert weten wie Emma is?" in preview.text
    assert "Dorpsstraat 12" in preview.text

    made = client.post(url("parent_letter_issue", stage.engagement))

    with acting(stage.coordinator.pk):
        letter = IssuedLetter.objects.get()
    assert made.url == url("letter_detail", letter)
    shown = client.get(made.url)
    assert "Emma" not in re.search(r"<title>(.*?)</title>", shown.text, re.DOTALL)[1]
    given = client.post(url("letter_given", letter), {"how": "post", "on": "24-11-2026"})
    assert given.url == made.url
    with acting(stage.coordinator.pk):
        letter.refresh_from_db()
        assert (letter.given_on, letter.given_how) == (TODAY, "post")


def test_a_letter_that_exists_is_not_made_again(issued, sign_in):
    client = sign_in(issued.coordinator)
    guidance = reverse("consent:engagement_detail", args=[issued.engagement.pk])

    assert client.get(url("parent_letter_preview", issued.engagement)).url == guidance
    assert client.post(url("parent_letter_issue", issued.engagement)).url == guidance
    with acting(issued.coordinator.pk):
        assert IssuedLetter.objects.count() == 1


def test_the_preview_says_what_misses_and_where_to_settle_it(cast, trajectory, sign_in):
    cast.talk = to_external(cast, trajectory, positions={}, agreements=[])
    cast.engagement = prepared(cast, trajectory, cast.talk)
    client = sign_in(cast.coordinator)

    answer = client.get(url("parent_letter_preview", cast.engagement))

    assert not answer.context["is_ready"]
    assert url("parent_letter_issue", cast.engagement) not in answer.text
    assert url("report_share", cast.talk) in answer.text
    refused = client.post(url("parent_letter_issue", cast.engagement))
    assert refused.status_code == 422
    with acting(cast.coordinator.pk):
        assert not IssuedLetter.objects.exists()


def test_the_preview_says_when_nobody_can_be_asked(stage, sign_in):
    change(stage.mother, has_authority=None, is_asked=False)

    answer = sign_in(stage.coordinator).get(url("parent_letter_preview", stage.engagement))

    assert not answer.context["is_ready"]
    assert reverse("cases:guardian_edit", args=[stage.mother.pk]) in answer.text


def test_words_that_are_too_long_are_made_shorter(cast, trajectory, sign_in):
    cast.talk = to_external(cast, trajectory)
    cast.engagement = prepared(cast, trajectory, cast.talk, items="een, twee, drie, vier, vijf")
    client = sign_in(cast.coordinator)
    words = url("letter_words", cast.engagement)
    assert words in client.get(url("parent_letter_preview", cast.engagement)).text
    typed = {"question": "Hoe help ik?", "items": "een, twee", "alias": "een meisje uit groep 5", "version": 1}

    assert client.post(words, typed | {"own_words": "x" * 201}).status_code == 422
    assert client.post(words, typed | {"question": "Hoe help ik Emma?"}).status_code == 422
    answer = client.post(words, typed)

    assert answer.url == url("parent_letter_preview", cast.engagement)
    assert client.get(answer.url).context["is_ready"]


def test_no_secret_address_reaches_a_page(stage, sign_in):
    add_parent(stage, secret_address=True, **elsewhere())
    client = sign_in(stage.coordinator)
    pages = [client.get(url("parent_letter_preview", stage.engagement))]

    client.post(url("parent_letter_issue", stage.engagement))

    with acting(stage.coordinator.pk):
        pages += [client.get(url("letter_detail", letter)) for letter in IssuedLetter.objects.all()]
    pages += [client.get(reverse("letters:letter_list")), client.get(url("report_share", stage.talk))]
    assert len(pages) == 5
    for page in pages:
        assert "Kerkplein" not in page.text


def test_the_reminder_is_made_from_the_guidance(issued, sign_in):
    client = sign_in(issued.coordinator)

    answer = client.post(url("reminder_issue", issued.engagement))

    with acting(issued.coordinator.pk):
        reminder = IssuedLetter.objects.get(kind="reminder")
        assert ParentChoice.objects.get().reminded_on == TODAY
    assert answer.url == url("letter_detail", reminder)
    again = client.post(url("reminder_issue", issued.engagement))
    assert again.url == reverse("consent:engagement_detail", args=[issued.engagement.pk])


# --- what was kept ---------------------------------------------------------------------------------------------------


def test_a_download_gives_the_kept_bytes_and_renders_nothing(issued, sign_in, monkeypatch):
    monkeypatch.setattr(pdf, "render", None)
    client, letter = sign_in(issued.coordinator), issued.letters[0]

    for query, kind in (("", "inline"), ("?bewaar=1", "attachment")):
        answer = client.get(url("letter_pdf", letter) + query)
        assert sha256(answer.content).hexdigest() == letter.file.sha256
        assert answer["Content-Disposition"] == f'{kind}; filename="brief-EK-2026-11-24.pdf"'
        assert "script" not in answer["Content-Security-Policy"]
    with acting(SYSTEM):
        assert Event.objects.filter(action="letter.downloaded", subject=letter.pk).count() == 2


def test_what_was_kept_cannot_be_changed(issued):
    with acting(issued.coordinator.pk):
        assert KeptFile.objects.filter(pk=issued.letters[0].file_id).update(sha256="0") == 0


def refused(stage, client, letter):
    """The roads to the kept paper, and whether this page names one."""
    page = client.get(url("letter_detail", letter))
    assert url("letter_pdf", letter) not in page.text
    assert url("letter_protected", letter) not in page.text
    assert page.context["closed"] in page.text
    roads = (
        client.get(url("letter_pdf", letter)),
        client.get(url("letter_pdf", letter) + "?bewaar=1"),
        client.post(url("letter_protected", letter)),
        client.post(url("letter_protected", letter), {"pass_phrase": "bada-bada-bada-bada-bada"}),
    )
    assert {answer.status_code for answer in roads} == {403}
    assert not any("Dorpsstraat" in answer.text for answer in (page, *roads))
    with acting(SYSTEM):
        assert not Event.objects.filter(action="letter.downloaded", subject=letter.pk).exists()
    return page.context["closed"]


@pytest.mark.parametrize("flag", ["secret_address", "no_contact"])
def test_a_teacher_does_not_open_a_letter_with_an_address_that_is_secret_now(flag, issued, sign_in):
    change(issued.mother.guardian, **{flag: True})

    assert refused(issued, sign_in(issued.teacher), issued.letters[0])


def test_who_lives_with_a_secret_address_closes_a_kept_letter_too(issued, sign_in):
    add_parent(issued, secret_address=True)  # at the mother's address

    assert refused(issued, sign_in(issued.teacher), issued.letters[0])


@pytest.mark.parametrize("who", ["coordinator", "director"])
def test_who_leads_opens_a_letter_with_a_secret_address(who, issued, sign_in):
    change(issued.mother.guardian, secret_address=True)
    client, letter = sign_in(getattr(issued, who)), issued.letters[0]

    assert url("letter_pdf", letter) in client.get(url("letter_detail", letter)).text
    assert client.get(url("letter_pdf", letter)).status_code == 200
    assert client.post(url("letter_protected", letter)).status_code == 200


def test_a_teacher_opens_a_letter_and_a_report_without_a_secret_in_it(issued, link, sign_in):
    client = sign_in(issued.teacher)
    assert client.get(url("letter_pdf", issued.letters[0])).status_code == 200
    change(issued.mother.guardian, secret_address=True)

    assert client.get(url("letter_pdf", link.copy.letter)).status_code == 200  # a report carries no address


def test_a_teacher_does_not_open_a_report_for_whom_no_contact_is_allowed_with(link, sign_in):
    change(link.mother.guardian, no_contact=True)
    client = sign_in(link.teacher)

    assert refused(link, client, link.copy.letter)
    assert url("letter_pdf", link.copy.letter) not in client.get(url("report_shared", link.talk)).text
    leads = sign_in(link.coordinator).get(url("report_shared", link.talk))
    assert url("letter_pdf", link.copy.letter) in leads.text


# --- what is recorded ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "views", "renders", "action"),
    [
        ("letter_list", issued_views, "render", "letter.listed"),
        ("letter_detail", issued_views, "render", "letter.looked"),
        ("parent_letter_preview", parents_views, "render", "engagement.looked"),
        ("report_shared", reports_views, "render", "conversation.looked"),
        ("report_nameless", reports_views, "show_form", "conversation.looked"),
    ],
)
def test_a_look_is_recorded_when_the_page_stands(name, views, renders, action, stage, sign_in, monkeypatch):
    more_letters(stage, 1)
    with acting(stage.coordinator.pk):
        stage.letters = list(IssuedLetter.objects.all())
    made, recorded_before = getattr(views, renders), []

    def rendered(*args, **kwargs):
        answer = made(*args, **kwargs)
        with acting(SYSTEM):
            recorded_before.append(Event.objects.filter(action=action).count())
        return answer

    monkeypatch.setattr(views, renders, rendered)
    page = reverse("letters:letter_list") if name == "letter_list" else page_of(stage, name)[0]

    assert sign_in(stage.coordinator).get(page).status_code == 200

    assert recorded_before == [0]
    with acting(SYSTEM):
        assert Event.objects.filter(action=action, school=stage.school.pk).count() == 1


def test_a_vandaag_line_says_which_letter_still_lies_here(issued, sign_in):
    client = sign_in(issued.coordinator)
    detail = url("letter_detail", issued.letters[0])

    assert detail in client.get(reverse("cases:today")).text
    client.post(url("letter_given", issued.letters[0]), {"how": "handed", "on": "24-11-2026"})
    assert detail not in client.get(reverse("cases:today")).text


def test_the_letter_stands_on_the_time_line(issued, sign_in):
    page = sign_in(issued.coordinator).get(reverse("cases:trajectory_detail", args=[issued.trajectory.pk]))

    assert url("letter_detail", issued.letters[0]) in page.text


# --- sharing ---------------------------------------------------------------------------------------------------------


def test_a_report_is_shared_on_one_screen(cast, trajectory, sign_in):
    cast.talk = to_external(cast, trajectory, positions={}, agreements=[])
    client, mother = sign_in(cast.coordinator), cast.mother.guardian
    page = url("report_share", cast.talk)
    form = client.get(page).context["form"]
    assert form["receivers"].initial == [str(mother.pk)]
    typed = {"receivers": [str(mother.pk)], "how": "print", "on": "24-11-2026"}

    refused = client.post(page, typed | {f"stance_{mother.pk}": "objects"})

    assert refused.status_code == 422
    assert {f"reasons_{mother.pk}", "no_agreements"} <= set(refused.context["form"].errors)
    position = {f"stance_{mother.pk}": "objects", f"no_reason_{mother.pk}": "on", "no_agreements": "on"}
    shared = client.post(page, typed | position)
    assert shared.url == url("report_shared", cast.talk)
    with acting(cast.coordinator.pk):
        assert Position.objects.get().gave_no_reason
        assert Conversation.objects.get().no_agreements
        assert ReportSharing.objects.get().how == "print"
        assert url("letter_pdf", IssuedLetter.objects.get()) in client.get(shared.url).text


def test_the_report_can_go_with_the_letter(cast, trajectory, sign_in):
    cast.talk = to_external(cast, trajectory, positions={})
    cast.engagement = prepared(cast, trajectory, cast.talk)
    client, mother = sign_in(cast.coordinator), cast.mother.guardian
    typed = {"receivers": [str(mother.pk)], "how": "letter", "on": "24-11-2026", f"stance_{mother.pk}": "agrees"}

    answer = client.post(url("report_share", cast.talk), typed)

    assert answer.url == url("parent_letter_preview", cast.engagement)
    assert client.get(answer.url).context["is_ready"]
    with acting(cast.coordinator.pk):
        assert not ReportSharing.objects.exists()


def test_a_pass_phrase_is_shown_once_and_locks_the_pdf(stage, sign_in):
    client = sign_in(stage.coordinator)
    typed = {"receivers": [str(stage.mother.guardian_id)], "how": "protected_pdf", "on": "24-11-2026"}

    answer = client.post(url("report_share", stage.talk), typed)

    (copy,) = answer.context["copies"]
    assert copy.pass_phrase in answer.text
    locked = client.post(url("letter_protected", copy.letter), {"pass_phrase": copy.pass_phrase})
    assert pypdf.PdfReader(io.BytesIO(locked.content)).is_encrypted
    assert copy.pass_phrase not in client.get(url("letter_detail", copy.letter)).text
    new = client.post(url("letter_protected", copy.letter))
    assert new.context["copies"][0].pass_phrase != copy.pass_phrase


def test_the_copy_without_names_is_shown_first_and_marked_after(stage, sign_in):
    client = sign_in(stage.coordinator)
    typed = {"receivers": [str(stage.mother.guardian_id)], "how": "parent_app", "on": "24-11-2026"}

    answer = client.post(url("report_share", stage.talk), typed)

    assert answer.url == url("report_nameless", stage.talk)
    assert "Uw kind rekent langzamer" in client.get(answer.url).context["text"]
    with acting(stage.coordinator.pk):
        assert not ReportSharing.objects.exists()
    client.post(answer.url, {"receivers": [str(stage.mother.guardian_id)]})
    with acting(stage.coordinator.pk):
        assert ReportSharing.objects.get().how == "parent_app"
        assert not IssuedLetter.objects.exists()


def test_a_page_about_sharing_names_nobody_in_its_title(stage, sign_in):
    client = sign_in(stage.coordinator)
    for name in ("report_share", "report_shared", "report_nameless", "parent_letter_preview", "letter_words"):
        title = re.search(r"<title>(.*?)</title>", client.get(page_of(stage, name)[0]).text, re.DOTALL)[1]
        assert "Emma" not in title, name
        assert "Kaya" not in title, name


# --- the reading link ------------------------------------------------------------------------------------------------


@pytest.fixture
def link(stage):
    """A report behind a link, for the mother."""
    with acting(stage.coordinator.pk):
        (stage.copy,) = actions.share_report(
            talk=stage.talk, guardians=[stage.mother.guardian], how="reading_link", by=stage.coordinator, on=TODAY
        )
    stage.page = reverse("letters:reading_link_open", args=[stage.copy.token])
    return stage


def without_tokens(text):
    """A page without what differs at each request."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken": "[^"]*"', "", text)


def test_a_link_to_an_older_version_gets_the_same_answer_and_its_page_says_so(link, client, sign_in):
    wrong = client.post(link.page, {"code": "AAAA-AAAA"})
    with acting(SYSTEM):
        talk = Conversation.objects.get()
        talk.edition += 1
        actions.saved(talk, by=SYSTEM, why="test")

    older = client.post(link.page, {"code": link.copy.code})

    assert older.status_code == wrong.status_code == 422
    assert without_tokens(older.text).replace(link.copy.code, "AAAA-AAAA") == without_tokens(wrong.text)
    staff = sign_in(link.coordinator)
    page = staff.get(url("letter_detail", link.copy.letter))
    assert url("reading_link_made", link.copy.letter) not in page.text
    staff.post(url("reading_link_made", link.copy.letter))
    with acting(SYSTEM):
        assert ReadingLink.objects.count() == 1


def test_a_parent_without_an_account_reads_the_report_once(link, client):
    asked = client.get(link.page)
    for name in ("Emma", "Kaya", "Wilgenboom", "E.K."):
        assert name not in asked.text
    assert asked["Referrer-Policy"] == "same-origin"  # the address, with its token, is told to nobody else

    answer = client.post(link.page, {"code": link.copy.code})

    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"] == 'attachment; filename="verslag-EK-2026-11-24.pdf"'
    assert client.post(link.page, {"code": link.copy.code}).status_code == 422


def test_wrong_used_old_and_unknown_get_the_same_answer(link, client):
    unknown = reverse("letters:reading_link_open", args=["geen-bestaand-adres"])
    wrong = client.post(link.page, {"code": "AAAA-AAAA"})
    nowhere = client.post(unknown, {"code": "AAAA-AAAA"})
    client.post(link.page, {"code": link.copy.code})
    used = client.post(link.page, {"code": "AAAA-AAAA"})

    pages = {without_tokens(answer.text) for answer in (wrong, nowhere, used)}

    assert len(pages) == 1
    assert {answer.status_code for answer in (wrong, nowhere, used)} == {422}
    assert without_tokens(client.get(unknown).text) == without_tokens(client.get(link.page).text)


def test_who_guesses_is_counted_although_the_answer_is_a_refusal(link, client):
    for _number in range(6):
        client.post(link.page, {"code": "AAAA-AAAA"})

    assert client.post(link.page, {"code": link.copy.code}).status_code == 422
    with acting(SYSTEM):
        assert Event.objects.filter(action="reading_link.refused").count() == 5


def test_a_lost_code_is_replaced_by_a_new_link(link, sign_in, client):
    answer = sign_in(link.coordinator).post(url("reading_link_made", link.copy.letter))

    (new,) = answer.context["copies"]
    assert reverse("letters:reading_link_open", args=[new.token]) in answer.text
    assert client.post(link.page, {"code": link.copy.code}).status_code == 422


# --- what a page asks of the database --------------------------------------------------------------------------------


def more_letters(stage, count):
    """The same letter, kept as often."""
    with acting(stage.coordinator.pk):
        for number in range(count):
            kept = KeptFile.keep(b"%PDF", content_type="application/pdf", trajectory=stage.trajectory)
            letter = IssuedLetter(
                school=stage.school, trajectory=stage.trajectory, file=kept, kind="report", conversation=stage.talk,
                addressees="mevrouw A. Kaya", issued_on=date(2026, 11, 1 + number % 20),
            )  # fmt: skip
            actions.saved(letter, by=stage.coordinator, why="issued")
            row = Addressee(
                school=stage.school, trajectory=stage.trajectory, letter=letter, guardian=stage.mother.guardian
            )  # fmt: skip
            actions.saved(row, by=stage.coordinator, why="addressee")


@pytest.mark.parametrize("rows", [1, 50])
def test_the_list_asks_as_little_for_fifty_letters_as_for_one(rows, issued, sign_in, own_queries):
    more_letters(issued, rows)
    client = sign_in(issued.coordinator)

    with own_queries() as asked:
        answer = client.get(reverse("letters:letter_list"))

    assert len(answer.context["lines"]) == min(rows + 1, 50)
    assert len(asked) <= 9, [query["sql"][:90] for query in asked.captured_queries]


@pytest.mark.parametrize("rows", [1, 50])
def test_the_copies_of_a_report_ask_as_little_for_fifty_as_for_one(rows, stage, sign_in, own_queries):
    more_letters(stage, rows)
    client = sign_in(stage.coordinator)

    with own_queries() as asked:
        assert len(client.get(url("report_shared", stage.talk)).context["letters"]) == rows

    assert len(asked) <= 9, [query["sql"][:90] for query in asked.captured_queries]


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("letter_detail", 15),
        ("letter_pdf", 15),
        ("report_share", 15),
        ("report_shared", 15),
        ("letter_words", 15),
    ],
)
def test_a_page_asks_little(name, most, issued, sign_in, own_queries):
    client = sign_in(issued.coordinator)

    with own_queries() as asked:
        assert client.get(page_of(issued, name)[0]).status_code == 200

    assert len(asked) <= most, [query["sql"][:90] for query in asked.captured_queries]


@pytest.mark.parametrize("name", ["parent_letter_preview", "report_nameless"])
@pytest.mark.parametrize("parents", [0, 3])
def test_a_page_that_composes_asks_as_much_for_one_parent_as_for_more(name, parents, stage, sign_in, own_queries):
    for number in range(parents):
        add_parent(stage, first_name=f"Ouder{number}", **elsewhere(street=f"Kerkplein {number}"))
    client = sign_in(stage.coordinator)

    with own_queries() as asked:
        assert client.get(page_of(stage, name)[0]).status_code == 200

    assert len(asked) <= 15, [query["sql"][:90] for query in asked.captured_queries]
    with acting(stage.coordinator.pk):
        assert Engagement.objects.count() == 1
