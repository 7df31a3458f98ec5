"""The letter about an expert, from the records to paper: whose it is, what may stand on it, that it is made once."""

import io
from datetime import date, timedelta
from hashlib import sha256

import pypdf
import pytest
from django.core.exceptions import ValidationError

from accounts.actions import add_holiday, saved
from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.actions.talks import mark_shared
from cases.models import CaseTerms, ReportSharing
from cases.models.people import Relation
from consent.actions import record_choice
from consent.models import ParentChoice
from letters import pdf
from letters.actions import issue_parent_letter, issue_reminder, record_given
from letters.compose import LetterFacts, parent_letter
from letters.models import IssuedLetter
from tests.conftest import TODAY, make_guardian
from tests.letters.conftest import prepared, to_external

pytestmark = pytest.mark.django_db


def text_of(data):
    """What a PDF says, spaces and line ends as one space."""
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def change(row, **fields):
    """Change a kept row, as the system."""
    for name, value in fields.items():
        setattr(row, name, value)
    with acting(SYSTEM):
        return saved(row, by=SYSTEM, why="test")


def add_parent(cast, first_name="Mehmet", surname="Demir", title="de heer", **person):
    with acting(SYSTEM):
        return make_guardian(cast.pupil, first_name=first_name, surname=surname, title=title, **person)


def elsewhere(**fields):
    """An address of its own."""
    return {"street": "Kerkplein 3", "postcode": "1234 CD", "city": "Voorbeeldstad"} | fields


def issue(stage, **more):
    with acting(stage.coordinator.pk):
        return issue_parent_letter(**({"engagement": stage.engagement, "by": stage.coordinator, "on": TODAY} | more))


def composed(stage, by=None):
    """The letters of the stage as values."""
    with acting(stage.coordinator.pk):
        facts = LetterFacts(stage.engagement, TODAY, by or stage.coordinator)
        letters = [facts.letter(envelope) for envelope in facts.envelopes]
    return sorted(letters, key=lambda letter: letter.addressees[0].name, reverse=True)  # mevrouw, de heer


# --- who gets which letter -------------------------------------------------------------------------------------------


def test_the_letter_is_filled_from_the_records(stage):
    (letter,) = composed(stage)

    assert [person.name for person in letter.addressees] == ["Mevrouw A. Kaya"]
    assert letter.address == ("Dorpsstraat 12", "1234 AB  VOORBEELDSTAD")
    assert (letter.child, letter.initials, letter.group, letter.alias) == (
        "Emma", "E.K.", "groep 5", "Een meisje uit groep 5",
    )  # fmt: skip
    assert (letter.teacher, letter.expert, letter.expert_function) == (
        "juf Lotte",
        "mevrouw De Boer",
        "gedragsdeskundige",
    )
    assert letter.parts == ("de toetsen",)
    assert letter.items == ("de toetsen van rekenen", "wat thuis helpt")
    assert letter.talk_on == stage.talk.held_on
    assert [signer.function for signer in letter.signers] == ["intern begeleider", "leerkracht groep 5"]
    assert letter.contact_phone == "0123-456789"
    assert len(letter.help_desks) == 3


def test_two_parents_at_one_address_get_one_letter_with_both_names(stage):
    add_parent(stage, street="Dorpsstraat  12")

    (letter,) = composed(stage)

    assert {person.name for person in letter.addressees} == {"Mevrouw A. Kaya", "De heer M. Demir"}
    assert letter.greeting in ("mevrouw Kaya en meneer Demir", "meneer Demir en mevrouw Kaya")
    assert letter.reference == f"{stage.engagement.reference}-A"


def test_a_school_may_want_a_letter_for_each_parent(stage):
    add_parent(stage)
    with acting(SYSTEM):
        change(CaseTerms.objects.get(school=stage.school), one_letter_per_address=False)

    assert [len(letter.addressees) for letter in composed(stage)] == [1, 1]


def test_parents_at_two_addresses_get_two_letters_and_neither_reads_where_the_other_lives(stage):
    add_parent(stage, **elsewhere())

    mother, father = composed(stage)

    assert {mother.reference[-2:], father.reference[-2:]} == {"-A", "-B"}
    for letter, other in ((mother, "Kerkplein"), (father, "Dorpsstraat")):
        html = pdf.render_html("letters/parent_letter.html", letter)
        assert other not in html
    assert "Demir" not in pdf.render_html("letters/parent_letter.html", mother)


def test_a_parent_who_was_not_at_the_talk_reads_nothing_of_it(stage):
    add_parent(stage, **elsewhere())

    mother, father = composed(stage)

    assert (mother.own_words, father.own_words) == ("Wij spraken af: elke ochtend oefenen.", "")
    assert father.talk_on is None


def test_a_secret_address_stands_on_no_letter(stage):
    add_parent(stage, secret_address=True, **elsewhere())

    letters = issue(stage)

    with acting(stage.coordinator.pk):
        for letter in letters:
            assert "Kerkplein" not in text_of(letter.file.data)
            assert b"Kerkplein" not in letter.file.data
        father = next(letter for letter in letters if "Demir" in letter.addressees)
        assert "Persoonlijk overhandigd" in text_of(father.file.data)


def test_who_lives_at_a_secret_address_has_a_secret_address_too(stage):
    add_parent(stage, secret_address=True)

    mother, father = composed(stage)

    assert mother.address == father.address == ()


def test_two_parents_with_one_secret_address_get_one_letter_without_it(stage):
    change(stage.mother.guardian, secret_address=True)
    add_parent(stage, secret_address=True)

    (letter,) = composed(stage)

    assert (len(letter.addressees), letter.address) == (2, ())


def test_a_voogd_is_addressed_as_such(stage):
    change(stage.mother, has_authority=False, is_asked=False)
    voogd = add_parent(
        stage, first_name="Ilse", surname="Jansen", title="mevrouw", **elsewhere(institution="Jeugdbescherming Oever")
    )  # fmt: skip
    change(voogd, relation=Relation.INSTITUTION)

    (letter,) = composed(stage)

    assert letter.addressees[0].name == "Jeugdbescherming Oever"
    assert letter.address[0] == "t.a.v. mevrouw I. Jansen"
    assert letter.is_guardian_institution
    assert "uw kind" not in pdf.render_html("letters/parent_letter.html", letter)


def test_from_sixteen_on_the_pupil_answers(stage):
    change(stage.pupil, born="2010-01-01")

    (letter,) = composed(stage)
    html = pdf.render_html("letters/parent_letter.html", letter)

    assert (letter.addressees[0].name, letter.greeting, letter.address) == ("Emma Kaya", "Emma", ())
    assert "Mag de expert weten wie u bent?" in html
    assert "helpt u altijd" in html
    assert "Met ‘mijn kind’ bedoelen wij u zelf" in html
    assert "over Emma" not in html
    assert pdf.render("letters/parent_letter.html", letter).pages == 2


def test_who_has_no_gezag_or_may_have_no_contact_is_not_asked(stage):
    with acting(SYSTEM):
        make_guardian(stage.pupil, first_name="Piet", surname="Zonder", authority=False)
        make_guardian(stage.pupil, first_name="Kees", surname="Verboden", no_contact=True)

    issue(stage)

    with acting(stage.coordinator.pk):
        assert [choice.guardian.surname for choice in ParentChoice.objects.all()] == ["Kaya"]


def test_a_combined_class_is_named_by_its_years_and_never_by_its_nickname(stage):
    change(stage.group, year="5/6")

    (letter,) = composed(stage)

    assert letter.group == "groep 5/6"
    assert "Vlinders" not in pdf.render_html("letters/parent_letter.html", letter)


def test_one_guardian_of_two_is_composed_apart(stage):
    father = add_parent(stage, **elsewhere())
    with acting(stage.coordinator.pk):
        assert parent_letter(stage.engagement, (father.guardian,), TODAY).greeting == "meneer Demir"
        with pytest.raises(ValidationError) as refusal:
            parent_letter(stage.engagement, (father.guardian, stage.mother.guardian), TODAY)

    assert refusal.value.code == "no_such_letter"


# --- issued once, and kept -------------------------------------------------------------------------------------------


def test_issuing_puts_the_choice_to_everyone_and_keeps_what_was_printed(stage):
    add_parent(stage, **elsewhere())

    letters = issue(stage)

    with acting(stage.coordinator.pk):
        asked = {choice.guardian.formal_name: choice.letter_of for choice in ParentChoice.objects.all()}
        assert asked == {letter.addressees: letter.reference for letter in letters}
        assert set(asked.values()) == {f"{stage.engagement.reference}-{suffix}" for suffix in "AB"}
        for letter in letters:
            assert letter.file.sha256 == sha256(letter.file.data).hexdigest()
            assert f"ZV-{letter.reference}" in text_of(letter.file.data)
    with acting(SYSTEM):
        assert Event.objects.filter(action="letter.issued").count() == 1


def test_the_term_skips_the_holidays(stage):
    with acting(SYSTEM):
        add_holiday(
            school=stage.school, name="Kerst", from_on=date(2026, 12, 1), until_on=date(2026, 12, 7), by=SYSTEM
        )  # fmt: skip

    (letter,) = issue(stage)

    with acting(stage.coordinator.pk):
        due = ParentChoice.objects.get().due_on
        assert due == TODAY + timedelta(days=14 + 7)
        assert "15 december 2026" in text_of(letter.file.data)


def test_a_letter_is_issued_once(issued):
    with pytest.raises(ValidationError) as refusal:
        issue(issued)

    assert refusal.value.code == "issued_once"


def test_nobody_with_gezag_means_no_letter(stage):
    change(stage.mother, has_authority=None, is_asked=False)

    with pytest.raises(ValidationError) as refusal:
        issue(stage)

    assert refusal.value.code == "nobody_to_ask"
    with acting(stage.coordinator.pk):
        assert not IssuedLetter.objects.exists()


def test_a_pdf_that_cannot_be_made_leaves_nothing_behind(stage, monkeypatch):
    def broken(*_args):
        raise pdf.PdfFailed("kapot", code="broken")

    monkeypatch.setattr(pdf, "render", broken)
    with pytest.raises(pdf.PdfFailed):
        issue(stage)

    with acting(stage.coordinator.pk):
        stage.engagement.refresh_from_db()
        assert stage.engagement.asked_on is None
        assert not IssuedLetter.objects.exists()


def test_the_letter_is_the_written_report_of_the_joint_talk(stage):
    add_parent(stage, **elsewhere())

    issue(stage)

    with acting(stage.coordinator.pk):
        row = ReportSharing.objects.get()
        assert (row.guardian_id, row.how, row.conversation_id) == (
            stage.mother.guardian_id, ReportSharing.How.LETTER, stage.talk.pk,
        )  # fmt: skip


def test_without_own_words_the_agreements_flow_into_the_letter(cast, trajectory):
    cast.talk = to_external(cast, trajectory)
    cast.engagement = prepared(cast, trajectory, cast.talk, own_words="")

    (letter,) = composed(cast)

    assert letter.own_words == "Wij spraken af: Elke ochtend oefenen."


def test_a_report_that_was_shared_is_not_shared_again_by_the_letter(stage):
    with acting(stage.coordinator.pk):
        mark_shared(
            conversation=stage.talk, guardians=[stage.mother.guardian], how="print", by=stage.coordinator, on=TODAY
        )  # fmt: skip

    issue(stage)

    with acting(stage.coordinator.pk):
        assert ReportSharing.objects.get().how == "print"


def test_a_letter_waits_until_the_stance_of_who_was_there_is_known(cast, trajectory):
    cast.talk = to_external(cast, trajectory, positions={})
    cast.engagement = prepared(cast, trajectory, cast.talk)

    with pytest.raises(ValidationError) as refusal:
        issue(cast)

    assert refusal.value.code == "stance_missing"
    with acting(cast.coordinator.pk):
        assert not IssuedLetter.objects.exists()


def test_no_kept_byte_and_no_property_of_the_pdf_names_the_child_outside_its_text(issued):
    with acting(issued.coordinator.pk):
        data = issued.letters[0].file.data
    read = pypdf.PdfReader(io.BytesIO(data))

    assert "Emma" not in str(read.metadata) + str(read.xmp_metadata and read.xmp_metadata.dc_title)
    assert "Kaya" not in read.metadata.title


# --- given, and reminded of ------------------------------------------------------------------------------------------


def test_it_is_recorded_when_a_letter_was_given_and_how(issued):
    (letter,) = issued.letters
    with acting(issued.coordinator.pk):
        record_given(letter=letter, how="handed", by=issued.coordinator, on=TODAY)
        letter.refresh_from_db()
        assert (letter.given_on, letter.given_how) == (TODAY, "handed")
        with pytest.raises(ValidationError):
            record_given(letter=letter, how="handed", by=issued.coordinator, on=TODAY - timedelta(days=1))


def remind(stage, days=15):
    with acting(stage.coordinator.pk):
        stage.engagement.refresh_from_db()
        return issue_reminder(engagement=stage.engagement, by=stage.coordinator, on=TODAY + timedelta(days=days))


def answer(stage, surname, answer, **more):
    with acting(stage.coordinator.pk):
        choice = next(row for row in ParentChoice.objects.all() if row.guardian.surname == surname)
        return record_choice(choice=choice, answer=answer, how="slip", by=stage.coordinator, on=TODAY, **more)


def test_one_reminder_goes_to_who_did_not_answer_with_a_new_term(stage):
    add_parent(stage, **elsewhere())
    issue(stage)
    answer(stage, "Kaya", "known")

    (letter,) = remind(stage)

    with acting(stage.coordinator.pk):
        choices = {row.guardian.surname: row for row in ParentChoice.objects.all()}
        assert (letter.kind, letter.reference) == ("reminder", choices["Demir"].letter_of)
        assert (choices["Demir"].reminded_on, choices["Kaya"].reminded_on) == (TODAY + timedelta(days=15), None)
        assert choices["Demir"].due_on > choices["Kaya"].due_on
        text = text_of(letter.file.data)
        assert "Beste meneer Demir" in text
        assert "Op 24 november kreeg u van ons een brief" in text
    with pytest.raises(ValidationError) as refusal:
        remind(stage, days=40)
    assert refusal.value.code == "once"


@pytest.mark.parametrize(
    ("given", "code"),
    [("talk_first", "talk_first"), ("objects", "objects"), ("anonymous", "answered"), ("known", "answered")],
)
def test_nobody_is_reminded_who_answered_or_wants_to_talk(issued, given, code):
    answer(issued, "Kaya", given)

    with pytest.raises(ValidationError) as refusal:
        remind(issued)

    assert refusal.value.code == code


def test_no_reminder_goes_before_the_letter(stage):
    with pytest.raises(ValidationError) as refusal:
        remind(stage)

    assert refusal.value.code == "not_asked"
