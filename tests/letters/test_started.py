"""The letter that tells why the expert began without an answer (R43, R44): what it says, that it is true, made once."""

import io
import re
import sys
from dataclasses import fields
from datetime import date, timedelta
from hashlib import sha256

import pypdf
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.access import Reading
from cases.models.people import Relation
from cases.today import tasks
from consent.actions import end_engagement, record_choice, record_consultation, start_engagement
from consent.models import Outcome, ParentChoice, Visit
from letters import pdf
from letters.actions import issue_parent_letter, issue_reminder, issue_started_letter, name_of_file
from letters.compose import StartedFacts
from letters.models import IssuedLetter
from letters.papers import StartedLetter
from tests.conftest import TODAY
from tests.letters.conftest import longest, ordinary
from tests.letters.test_issuing import add_parent, change, elsewhere, text_of
from tests.letters.test_letter_words import sentences, words_of
from tests.letters.test_promises import EXPLAINS, HELP, sheet_for
from tests.steps import fresh, refused

TEMPLATE = "letters/started_letter.html"
REASON = "Juf Lotte heeft nu advies nodig. Wachten helpt Emma niet."
LATE = TODAY + timedelta(days=16)  # after the term of the letter
LATER = LATE + timedelta(days=20)  # after the term of the reminder too


def started(letter=None, **changes):
    """The letter of De Wilgenboom to mevrouw Kaya, who did not answer."""
    letter = letter or ordinary()
    same = {
        name: getattr(letter, name)
        for name in {field.name for field in fields(StartedLetter)} & {field.name for field in fields(letter)}
    }
    words = {
        "sent_on": date(2027, 1, 5),
        "asked_on": date(2026, 11, 12),
        "reminded_on": date(2026, 11, 30),
        "own_answer": "",
        "was_for_more": False,
        "conferred_on": date(2027, 1, 4),
        "reason": REASON,
        "started_on": date(2027, 1, 5),
        "is_answered": False,
        "ended_on": None,
    }
    return StartedLetter(**(same | words | changes))


def blocks_of(letter):
    """The blocks of the letter from its title to its greeting at the end."""
    blocks = words_of(pdf.render_html(TEMPLATE, letter)).blocks
    return blocks[blocks.index("De expert is begonnen. Hier leest u waarom.") : blocks.index("Met vriendelijke groet,")]


def said_in(letter):
    return " ".join(blocks_of(letter))


# --- the words -------------------------------------------------------------------------------------------------------

# Sentence, and the test of this module that keeps it.
KEPT = {
    "Op 12 november 2026 vroegen wij u: mag de expert weten wie Emma is?": "the_letter_is_filled_from_the_records",
    "Op 30 november 2026 vroegen wij het u nog één keer.": "the_letter_is_filled_from_the_records",
    "Wij kregen niet op tijd antwoord.": "the_letter_is_filled_from_the_records",
    "Op 4 januari 2027 praatten de school en de expert met elkaar.": "the_letter_is_filled_from_the_records",
    "Samen besloten de school en de expert om toch te beginnen.": "the_letter_is_filled_from_the_records",
    "De expert begon op 5 januari 2027.": "the_letter_is_filled_from_the_records",
    "Juf Lotte heeft nu advies nodig.": "the_letter_is_filled_from_the_records",
    "Wachten helpt Emma niet.": "the_letter_is_filled_from_the_records",
    "Emma is anoniem.": "the_expert_hears_an_alias_reads_nothing_and_does_not_look_at_the_child",
    "De expert hoort geen naam, alleen: ‘Een meisje uit groep 5’.": (
        "the_expert_hears_an_alias_reads_nothing_and_does_not_look_at_the_child"
    ),
    "De expert leest niets en let in de klas niet speciaal op Emma.": (
        "the_expert_hears_an_alias_reads_nothing_and_does_not_look_at_the_child"
    ),
    "U kiest A (anoniem) of B (bekend).": "an_answer_counts_at_once",
    "Allebei is goed.": "an_answer_counts_at_once",
    "Gebruik de strook met kenmerk 7Q2-A of vertel het ons.": "an_answer_counts_at_once",
    "Dan schrijven wij het op.": "an_answer_counts_at_once",
    "Uw antwoord geldt meteen.": "an_answer_counts_at_once",
    "Alleen als iedereen B kiest, hoort de expert de naam.": "the_expert_hears_the_name_when_everyone_chose_b",
    "U mag bezwaar maken.": "an_objection_shuts_the_expert_out_at_once",
    "Zeg het ons.": "an_objection_shuts_the_expert_out_at_once",
    "Wij schrijven uw redenen op en praten er met u over.": "an_objection_shuts_the_expert_out_at_once",
    "De expert ziet bij ons dan meteen niets meer.": "an_objection_shuts_the_expert_out_at_once",
}
# Promises that people keep.
BY_PEOPLE = {
    "Emma krijgt geen onderzoek en geen behandeling.",
    "Is dat later toch nodig?",
    "Dan vragen wij u dat apart.",
    "Juf Lotte helpt Emma altijd, wat u ook kiest.",
    "Is de strook zoek?",
    "Bel ons: dan krijgt u een nieuwe.",
    EXPLAINS,
}
# Sentences that tell or ask something, and promise nothing.
TELLS = {
    "De expert is begonnen.",
    "Hier leest u waarom.",
    "Beste mevrouw Kaya,",
    "Wat is er besloten?",
    "De expert is mevrouw De Boer, gedragsdeskundige.",
    "De expert helpt juf Lotte.",
    "Dit is de reden:",
    "De hulp is voor juf Lotte.",
    "Daarom is uw toestemming voor het begin niet nodig.",
    "Wat betekent dit voor Emma?",
    "In een kleine groep kan de expert soms raden wie het is.",
    "U mag nog kiezen",
    "Bent u het er niet mee eens?",
    "Wie kan u helpen?",
    "Over privacy: Karim Bakker, functionaris gegevensbescherming, fg@bestuur.example.",
    HELP,
    "Een klacht?",
    "Kijk op dewilgenboom.example/klacht of vraag de Autoriteit Persoonsgegevens.",
}


def test_every_sentence_says_what_keeps_it():
    assert set(sentences(blocks_of(started()))) == {*KEPT, *BY_PEOPLE, *TELLS}


@pytest.mark.parametrize("name", sorted(set(KEPT.values())))
def test_what_keeps_a_sentence_is_a_test_of_this_module(name):
    assert callable(getattr(sys.modules[__name__], f"test_{name}"))


VARIANTS = [  # every way in which the letter may read
    {},
    {"own_answer": "B, bekend", "was_for_more": True, "reminded_on": None},
    {"is_answered": True, "was_for_more": True},
    {"ended_on": date(2027, 1, 5)},
    {"asked_on": None, "reminded_on": None},
    {"is_guardian_institution": True},
    {"is_pupil": True},
    {"is_pupil": True, "asked_on": None, "reminded_on": None},
]


@pytest.mark.parametrize("changes", VARIANTS)
def test_sentences_are_short_and_speak_to_the_parent(changes):
    letter = started(**changes)
    blocks = blocks_of(letter)
    counts = [len(sentence.split()) for sentence in sentences(blocks)]
    assert sum(counts) / len(counts) <= 10
    assert max(counts) <= 20
    text = " ".join(blocks).replace(REASON, "")
    for word in ("hij", "zij", "ze", "hem", "haar", "jij", "je", "jullie"):
        assert not re.search(rf"\b{word}\b", text, re.IGNORECASE), word
    for word in ("CLB", "niveau", "handelingsverlegen", "traject", "dossier", "casus", "subsidiair", "engagement"):
        assert word.lower() not in text.lower()
    for sentence in sentences(blocks):
        assert not re.search(r"\b(nooit|geen)\b[^,]{0,25}\b(niet|zonder|nooit|tenzij)\b", sentence), sentence


def test_a_voogd_and_a_pupil_read_of_no_other_people():
    for letter in (started(is_guardian_institution=True), started(is_pupil=True)):
        assert "iedereen" not in said_in(letter)
        assert "uw kind" not in said_in(letter)
    assert "Emma" not in said_in(started(is_pupil=True, reason="Wachten helpt niet."))
    assert "mag de expert weten wie u bent?" in said_in(started(is_pupil=True))


def test_who_was_not_asked_is_told_so_and_is_offered_no_slip():
    text = said_in(started(asked_on=None, reminded_on=None))

    assert "Die brief ging nog niet naar u." in text
    assert "strook" not in text


@pytest.mark.parametrize("dense", [{}, {"is_answered": True, "own_answer": "B, bekend", "was_for_more": True}])
def test_the_letter_fits_on_one_sheet_with_the_longest_values(dense):
    reason = ("Anna-Sophie-Charlotte wacht al weken op uitleg die past bij het rekenen. " * 6)[:400]

    made = pdf.render(TEMPLATE, started(longest(), reason=reason, **dense))

    assert made.pages == 1
    assert reason[-40:].strip() in text_of(made.pdf)


def test_a_reason_that_is_too_long_is_refused():
    with refused("paper_too_long"):
        started(reason="x" * 401)


# --- the deeds -------------------------------------------------------------------------------------------------------


def confer_and_begin(stage):
    """The term passed, the reminder too; school and expert agreed, and the expert began."""
    with acting(stage.coordinator.pk):
        by, engagement = stage.coordinator, fresh(stage.engagement)
        issue_reminder(engagement=engagement, by=by, on=LATE)
        record_consultation(
            engagement=fresh(engagement), decision="start", reason=REASON, school_agrees=True, expert_agrees=True,
            by=by, on=LATER,
        )  # fmt: skip
        stage.engagement = start_engagement(engagement=fresh(engagement), by=by, on=LATER)
    return stage


@pytest.fixture
def begun(issued, frozen_clock):
    """The mother stayed silent; the expert began, and nobody was told why."""
    frozen_clock.move_to(f"{LATER}T10:10:00+01:00")
    return confer_and_begin(issued)


@pytest.fixture
def begun_for_two(stage, frozen_clock):
    """Two parents at two addresses: the mother chose B, the father stayed silent."""
    add_parent(stage, **elsewhere())
    with acting(stage.coordinator.pk):
        stage.letters = issue_parent_letter(engagement=stage.engagement, by=stage.coordinator, on=TODAY)
    say(stage, "known", on=TODAY + timedelta(days=2))
    frozen_clock.move_to(f"{LATER}T10:10:00+01:00")
    return confer_and_begin(stage)


def say(stage, answer, surname="Kaya", on=LATER, **more):
    with acting(stage.coordinator.pk):
        choice = next(row for row in ParentChoice.objects.all() if row.guardian.surname == surname)
        record_choice(choice=choice, answer=answer, how="slip", by=stage.coordinator, on=on, **more)
        stage.engagement = fresh(stage.engagement)


def tell(stage, on=LATER):
    with acting(stage.coordinator.pk):
        return issue_started_letter(engagement=fresh(stage.engagement), by=stage.coordinator, on=on)


def composed(stage):
    """The letters as values, the mother's first."""
    with acting(stage.coordinator.pk):
        facts = StartedFacts(fresh(stage.engagement), LATER, stage.coordinator)
        letters = [facts.letter(envelope) for envelope in facts.envelopes]
    return sorted(letters, key=lambda letter: letter.addressees[0].name, reverse=True)


@pytest.mark.django_db
def test_the_letter_is_filled_from_the_records(begun):
    (letter,) = composed(begun)

    assert (letter.asked_on, letter.reminded_on, letter.conferred_on, letter.started_on) == (TODAY, LATE, LATER, LATER)
    assert (letter.reason, letter.alias, letter.own_answer) == (REASON, "Een meisje uit groep 5", "")
    assert (letter.was_for_more, letter.is_answered, letter.ended_on) == (False, False, None)
    assert letter.reference == begun.letters[0].reference
    assert letter.address == ("Dorpsstraat 12", "1234 AB  VOORBEELDSTAD")
    assert len(letter.help_desks) == 3


@pytest.mark.django_db
def test_it_is_told_once_and_the_copy_is_kept(begun):
    (letter,) = tell(begun)

    with acting(begun.coordinator.pk):
        engagement, kept = fresh(begun.engagement), IssuedLetter.objects.get(pk=letter.pk)
        assert (engagement.parents_told_on, engagement.runs_untold) == (LATER, False)
        assert engagement.history.filter(history_change_reason="told").count() == 1
        assert kept.file.sha256 == sha256(kept.file.data).hexdigest()
        assert REASON in text_of(kept.file.data)
        assert len(pypdf.PdfReader(io.BytesIO(kept.file.data)).pages) == 1
        assert [row.guardian_id for row in kept.to.all()] == [begun.mother.guardian_id]
    with acting(SYSTEM):
        assert Event.objects.filter(action="letter.issued", subject=letter.pk, detail__kind="started").count() == 1
    with refused("told"):
        tell(begun)


@pytest.mark.django_db
def test_nothing_outside_its_text_names_the_child(begun):
    (letter,) = tell(begun)

    with acting(begun.coordinator.pk):
        assert name_of_file(letter) == f"bericht-EK-{LATER}.pdf"
        read = pypdf.PdfReader(io.BytesIO(letter.file.data))
    for name in ("Emma", "Kaya", "Lotte", "Boer"):
        assert name not in str(read.metadata) + str(read.xmp_metadata and read.xmp_metadata.dc_title)


@pytest.mark.django_db
def test_there_is_nothing_to_tell_before_such_a_beginning(issued):
    with refused("not_without_answer"):
        tell(issued)
    say(issued, "anonymous", on=TODAY)
    with acting(issued.coordinator.pk):
        start_engagement(engagement=fresh(issued.engagement), by=issued.coordinator, on=TODAY)

    with refused("not_without_answer"):
        tell(issued)


@pytest.mark.django_db
def test_a_pdf_that_cannot_be_made_leaves_the_flag_up(begun, monkeypatch):
    def broken(*_args):
        raise pdf.PdfFailed("kapot", code="broken")

    monkeypatch.setattr(pdf, "render", broken)
    with pytest.raises(ValidationError):
        tell(begun)

    with acting(begun.coordinator.pk):
        assert fresh(begun.engagement).runs_untold
        assert not IssuedLetter.objects.filter(kind="started").exists()


@pytest.mark.django_db
def test_who_answered_and_who_did_not_both_read_what_is_true_and_nothing_of_each_other(begun_for_two):
    mothers, fathers = composed(begun_for_two)

    assert (mothers.own_answer, mothers.reminded_on) == ("B, bekend", None)
    assert (fathers.own_answer, fathers.reminded_on) == ("", LATE)
    for letter in (mothers, fathers):
        assert "Wij kregen niet op tijd antwoord van iedereen." in said_in(letter)
    assert "Uw antwoord hebben wij opgeschreven: B, bekend." in said_in(mothers)
    assert "Uw antwoord" not in said_in(fathers).replace("Uw antwoord geldt meteen.", "")
    letters = tell(begun_for_two)
    with acting(begun_for_two.coordinator.pk):
        for letter in letters:
            other = "Kerkplein" if "Kaya" in letter.addressees else "Dorpsstraat"
            assert other not in text_of(letter.file.data)
            assert ParentChoice.objects.filter(letter_of=letter.reference).count() == 1


@pytest.mark.django_db
def test_two_at_one_address_read_one_letter_and_one_at_a_secret_address_no_address(begun_for_two):
    change(begun_for_two.mother.guardian, secret_address=True)
    mothers, fathers = composed(begun_for_two)
    assert (mothers.address, bool(fathers.address)) == ((), True)

    change(begun_for_two.mother.guardian, secret_address=False, **elsewhere())
    (both,) = composed(begun_for_two)

    assert len(both.addressees) == 2
    assert both.own_answer == ""  # one of them did not answer


@pytest.mark.django_db
def test_with_whom_no_contact_is_allowed_gets_no_letter(begun_for_two):
    change(begun_for_two.mother.guardian, no_contact=True)

    assert [letter.greeting for letter in composed(begun_for_two)] == ["meneer Demir"]


@pytest.mark.django_db
def test_who_got_gezag_after_the_letter_is_told_too(begun):
    add_parent(begun, **elsewhere())

    mothers, fathers = composed(begun)

    assert (mothers.asked_on, fathers.asked_on) == (TODAY, None)


@pytest.mark.django_db
def test_a_voogd_and_a_pupil_of_sixteen_are_told_as_such(begun):
    change(begun.mother, relation=Relation.GUARDIAN)
    assert composed(begun)[0].is_guardian_institution

    change(begun.pupil, born="2010-01-01")

    (letter,) = composed(begun)
    assert (letter.greeting, letter.is_pupil, letter.asked_on) == ("Emma", True, None)
    assert pdf.render(TEMPLATE, letter).pages == 1


@pytest.mark.django_db
def test_an_answer_before_the_letter_changes_what_it_says_of_today(begun):
    say(begun, "anonymous", items="de toetsen van rekenen")

    (letter,) = composed(begun)

    assert letter.is_answered
    assert "Later kregen wij toch een antwoord. Sinds die dag geldt dat antwoord." in said_in(letter)
    assert "De expert leest niets" not in said_in(letter)


@pytest.mark.django_db
def test_after_the_end_the_letter_offers_no_choice(begun):
    with acting(begun.coordinator.pk):
        end_engagement(engagement=fresh(begun.engagement), by=begun.coordinator, on=LATER)

    (letter,) = composed(begun)

    assert "De expert kan bij ons niets meer lezen." in said_in(letter)
    assert "kiezen" not in said_in(letter)


# --- what the letter promises ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_expert_hears_an_alias_reads_nothing_and_does_not_look_at_the_child(begun_for_two):
    sheet = sheet_for(begun_for_two)

    assert (sheet.child, sheet.reading, sheet.shows_dossier) == (
        "een meisje uit groep 5", Reading.ANONYMOUS, False,
    )  # fmt: skip
    with acting(begun_for_two.coordinator.pk):
        engagement = fresh(begun_for_two.engagement)
        assert (engagement.allowed_items(LATER), engagement.visit(LATER)) == ((), Visit.CLASS)


@pytest.mark.django_db
@pytest.mark.parametrize(("answer", "reading"), [("known", Reading.DOSSIER), ("anonymous", Reading.ANONYMOUS)])
def test_an_answer_counts_at_once(answer, reading, begun):
    tell(begun)

    say(begun, answer)

    assert sheet_for(begun).reading == reading


@pytest.mark.django_db
def test_the_expert_hears_the_name_when_everyone_chose_b(begun_for_two):
    assert sheet_for(begun_for_two).reading == Reading.ANONYMOUS

    say(begun_for_two, "known", "Demir")

    assert sheet_for(begun_for_two).reading == Reading.DOSSIER


@pytest.mark.django_db
def test_an_objection_shuts_the_expert_out_at_once(begun):
    say(begun, "objects", remark="Ik wil eerst meer weten.")

    assert sheet_for(begun) is None
    with acting(begun.coordinator.pk):
        assert fresh(begun.engagement).outcome(LATER) == Outcome.OBJECTS
        assert ParentChoice.objects.get().remark == "Ik wil eerst meer weten."


# --- the pages -------------------------------------------------------------------------------------------------------


def url(name, row):
    return reverse(f"letters:{name}", args=[row.pk])


def to_tell(user):
    """What Vandaag says of guidances that began without an answer."""
    return [task for task in tasks(user, LATER) if task.kind == "tell"]


@pytest.mark.django_db
def test_the_guidance_warns_until_the_parents_are_told(begun, sign_in):
    client = sign_in(begun.coordinator)
    guidance = reverse("consent:engagement_detail", args=[begun.engagement.pk])
    case = reverse("cases:trajectory_detail", args=[begun.trajectory.pk])
    today = reverse("cases:today")
    preview = client.get(url("started_letter_preview", begun.engagement))
    assert REASON in preview.text
    assert "Emma" not in re.search(r"<title>(.*?)</title>", preview.text, re.DOTALL)[1]
    assert guidance in client.get(today).text
    assert "De ouders weten nog niet dat de expert zonder antwoord begon" in client.get(guidance).text
    assert url("started_letter_issue", begun.engagement) in client.get(guidance).text
    assert "de ouders weten nog niet waarom" in client.get(case).text

    made = client.post(url("started_letter_issue", begun.engagement))

    with acting(begun.coordinator.pk):
        letter = IssuedLetter.objects.select_related("file").get(kind="started")
        assert not to_tell(begun.coordinator)
    assert made.url == url("letter_detail", letter)
    assert url("started_letter_issue", begun.engagement) not in client.get(guidance).text
    assert url("letter_detail", letter) in client.get(case).text
    assert url("letter_detail", letter) in client.get(today).text  # to be given
    assert client.get(url("letter_pdf", letter)).content == letter.file.data
    assert f"bericht-EK-{LATER}.pdf" in client.get(url("letter_pdf", letter))["Content-Disposition"]
    assert client.post(url("started_letter_issue", begun.engagement)).url == guidance
    assert client.get(url("started_letter_preview", begun.engagement)).url == guidance


@pytest.mark.django_db
def test_vandaag_says_at_once_that_it_is_late(begun):
    with acting(begun.teacher.pk):
        (task,) = to_tell(begun.teacher)

    assert (task.child, task.late, task.due) == ("E.K.", True, LATER)
    with acting(begun.stranger.pk):
        assert not to_tell(begun.stranger)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["colleague", "stranger", "excluded", "expert", "ended_expert", "auditor", "admin"])
def test_nobody_else_finds_the_letter(who, begun, sign_in):
    client = sign_in(getattr(begun, who))

    sleeps = who == "ended_expert"  # nothing has needed that account for thirty days
    assert client.get(url("started_letter_preview", begun.engagement)).status_code == (302 if sleeps else 404)
    assert client.post(url("started_letter_issue", begun.engagement)).status_code == (403 if sleeps else 404)
    with acting(begun.coordinator.pk):
        assert fresh(begun.engagement).runs_untold


@pytest.mark.django_db
@pytest.mark.parametrize("parents", [0, 3])
def test_the_preview_asks_as_much_for_one_parent_as_for_more(parents, begun, sign_in, own_queries):
    for number in range(parents):
        add_parent(begun, first_name=f"Ouder{number}", **elsewhere(street=f"Kerkplein {number}"))
    client = sign_in(begun.coordinator)

    with own_queries() as asked:
        assert client.get(url("started_letter_preview", begun.engagement)).status_code == 200

    assert len(asked) <= 15, [query["sql"][:90] for query in asked.captured_queries]
