"""What the letter promises, sentence by sentence: kept by the software, or by people whom it can only help.

Every sentence of the letter stands in one of the lists below. Who changes the letter finds the sentence here, and says
what keeps it.
"""

import sys

import pytest
from django.core.exceptions import ValidationError

from accounts.wall import acting
from cases.access import Reading, Sheet
from cases.models import Guardian, Trajectory
from consent.actions import end_engagement, record_choice, start_engagement
from consent.models import Outcome, ParentChoice
from letters.actions import issue_parent_letter, issue_reminder
from tests.conftest import TODAY
from tests.letters.test_issuing import add_parent, elsewhere
from tests.letters.test_letter_words import letter_blocks, sentences

pytestmark = pytest.mark.django_db

EXPLAINS = (
    "Marloes Visser legt de brief graag uit, ook met een tolk: 0123-456789 (ma, di, do) of "
    "m.visser@dewilgenboom.example."
)
HELP = (
    "Gratis advies: Ouders & Onderwijs 0800-5010, ouder- en jeugdsteunpunt 0123-987654, onderwijsconsulenten "
    "0123-555666."
)
# Sentence, and the test of this module that keeps it.
KEPT = {
    "Wij krijgen uw antwoord graag voor 26 november 2026.": "the_day_on_the_letter_is_the_day_that_counts",
    "Op 10 november praatten wij met u over Emma.": "who_was_not_at_the_talk_reads_of_no_talk",
    "Allebei is goed.": "a_answer_may_be_changed_at_any_time",
    "De expert begint pas na een antwoord.": "the_expert_begins_after_an_answer",
    "Kiest één ouder A?": "one_a_is_enough_to_begin_without_a_name",
    "Dan kan de expert al beginnen, zonder naam.": "one_a_is_enough_to_begin_without_a_name",
    "Vul de strook in of vertel het ons.": "an_answer_may_be_told",
    "Dan schrijven wij het op.": "an_answer_may_be_told",
    "Wilt u eerst praten?": "who_wants_to_talk_first_stops_the_term",
    "Dan wachten wij daarop.": "who_wants_to_talk_first_stops_the_term",
    "‘Een meisje uit groep 5’.": "under_a_the_expert_hears_an_alias_and_reads_nothing",
    "Geen naam.": "under_a_the_expert_hears_an_alias_and_reads_nothing",
    "Niets.": "under_a_the_expert_hears_an_alias_and_reads_nothing",
    "Wilt u toch iets delen?": "empty_means_nothing_shared_and_the_child_not_watched",
    "Kruis dat dan aan op de strook.": "empty_means_nothing_shared_and_the_child_not_watched",
    "De naam van Emma.": "under_b_the_expert_knows_the_name_and_no_address",
    "Uit het dossier: de gesprekken over rekenen en de toetsen van rekenen.": "only_what_the_letter_names_is_offered",
    "Niet uw adres of telefoonnummer.": "under_b_the_expert_knows_the_name_and_no_address",
    "Ook Emma?": "empty_means_nothing_shared_and_the_child_not_watched",
    "Alleen als u dat goed vindt.": "empty_means_nothing_shared_and_the_child_not_watched",
    "Tot de hulp stopt.": "after_the_end_the_expert_reads_nothing",
    "Daarna kan de expert bij ons niets meer lezen.": "after_the_end_the_expert_reads_nothing",
    "Beslist een andere ouder mee?": "the_other_parent_is_asked_too",
    "Dan vragen wij het die ouder ook.": "the_other_parent_is_asked_too",
    "Kiest u niet hetzelfde?": "parents_who_differ_leave_the_child_anonymous",
    "Dan blijft Emma anoniem tot u het eens bent.": "parents_who_differ_leave_the_child_anonymous",
    "Dan vragen wij het u nog één keer.": "silence_is_asked_once_more_and_no_oftener",
    "Uw toestemming is dan niet nodig, maar Emma blijft anoniem.": "silence_makes_nobody_known",
    "De expert hoort geen naam, leest niets en let in de klas niet speciaal op Emma.": "silence_makes_nobody_known",
    "U mag uw keuze altijd veranderen, zonder reden.": "a_answer_may_be_changed_at_any_time",
    "Wordt het A?": "from_b_to_a_the_file_closes_at_once",
    "Dan sluiten wij het dossier meteen voor de expert.": "from_b_to_a_the_file_closes_at_once",
    "Bent u het niet eens met dit plan?": "an_objection_is_written_down_and_stops_the_plan",
    "Zeg het ons.": "an_objection_is_written_down_and_stops_the_plan",
    "Wij schrijven uw redenen op en praten er met u over.": "an_objection_is_written_down_and_stops_the_plan",
}
# Promises that people keep, or that no deed of this system touches yet.
BY_PEOPLE = (
    "Emma krijgt geen onderzoek en geen behandeling.",
    "Is dat later toch nodig?",
    "Dan vragen wij u dat apart.",
    "Juf Lotte helpt Emma altijd, wat u ook kiest.",
    "Geen naam en geen voorletters.",  # no mail leaves from here
    "Alleen de eerste letters: E.K.",
    "In de klas: juf Lotte en de groep.",
    "Blijft het stil?",
    "Dan praat de school met de expert.",
    "Daarom mogen school en expert samen besluiten om toch te beginnen.",
    "U krijgt een brief met de reden.",
    "U mag zien wat de expert ziet.",
    "U mag het dossier lezen, een kopie krijgen en fouten laten verbeteren.",
    EXPLAINS,
)
# Sentences that tell, ask or name something, and promise nothing.
TELLS = (
    "Mag de expert weten wie Emma is?",
    "U kiest.",
    "Beste mevrouw Kaya,",
    "Juf Lotte vraagt advies aan iemand van buiten de school: mevrouw De Boer, gedragsdeskundige.",
    "Hier heet die persoon ‘de expert’.",
    "De vraag is: ‘Hoe kan juf Lotte Emma beter helpen met rekenen?",
    "De expert helpt juf Lotte.",
    "Wij spraken af dat juf Lotte elke ochtend tien minuten met Emma oefent.",
    "Wat kunt u kiezen?",
    "U kiest A of B.",
    "Vraag",
    "A.",
    "Anoniem",
    "B.",
    "Bekend",
    "Wat hoort de expert?",
    "In een kleine groep kan de expert soms raden wie het is.",
    "Kiest u later A?",
    "Dan kent de expert die naam al.",
    "Wat leest de expert?",
    "Wat staat in mails?",
    "Wat ziet de expert?",
    "Tot wanneer?",
    "En als u niet antwoordt?",
    "De hulp is voor juf Lotte.",
    "Wat zijn uw rechten?",
    "Wat de expert al weet, kunnen wij niet terughalen.",
    "Wie kan u helpen?",
    "Over privacy: Karim Bakker, functionaris gegevensbescherming, fg@bestuur.example.",
    HELP,
    "Een klacht?",
    "Kijk op dewilgenboom.example/klacht of vraag de Autoriteit Persoonsgegevens.",
)


def test_every_sentence_of_the_letter_says_what_keeps_it(letter):
    said = sentences(letter_blocks(letter))

    assert set(said) == {*KEPT, *BY_PEOPLE, *TELLS}
    assert not (set(KEPT) & {*BY_PEOPLE, *TELLS})


@pytest.mark.parametrize("name", sorted(set(KEPT.values())))
def test_what_keeps_a_sentence_is_a_test_of_this_module(name):
    assert callable(getattr(sys.modules[__name__], f"test_{name}"))


# --- the deeds -------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(stage):
    """The letters to two parents at two addresses."""
    add_parent(stage, **elsewhere())
    with acting(stage.coordinator.pk):
        stage.letters = issue_parent_letter(engagement=stage.engagement, by=stage.coordinator, on=TODAY)
    return stage


def say(stage, answer, surname="Kaya", how="slip", **more):
    with acting(stage.coordinator.pk):
        choice = next(row for row in ParentChoice.objects.all() if row.guardian.surname == surname)
        record_choice(choice=choice, answer=answer, how=how, by=stage.coordinator, on=TODAY, **more)
        stage.engagement.refresh_from_db()
        return stage.engagement.outcome(TODAY)


def begin(stage):
    with acting(stage.coordinator.pk):
        stage.engagement.refresh_from_db()
        start_engagement(engagement=stage.engagement, by=stage.coordinator, on=TODAY)


def sheet_for(stage):
    """What the expert sees, or None."""
    with acting(stage.expert.pk):
        row = Trajectory.objects.for_user(stage.expert).first()
        return row and Sheet.of(row)


def test_the_day_on_the_letter_is_the_day_that_counts(issued):
    with acting(issued.coordinator.pk):
        due = ParentChoice.objects.get().due_on
        assert issued.engagement.outcome(due) == Outcome.WAITING
        assert issued.engagement.outcome(due.fromordinal(due.toordinal() + 1)) == Outcome.SILENT


def test_who_was_not_at_the_talk_reads_of_no_talk(make_letter):
    assert "Deze brief gaat over Emma." in sentences(letter_blocks(make_letter(talk_on=None)))


def test_the_expert_begins_after_an_answer(issued):
    with pytest.raises(ValidationError) as refusal:
        begin(issued)

    assert refusal.value.code == "no_answer"
    assert sheet_for(issued) is None


def test_one_a_is_enough_to_begin_without_a_name(two):
    assert say(two, "anonymous") == Outcome.ANONYMOUS

    begin(two)

    assert sheet_for(two).reading == Reading.ANONYMOUS


@pytest.mark.parametrize("how", ["slip", "talk", "phone"])
def test_an_answer_may_be_told(how, issued):
    assert say(issued, "anonymous", how=how) == Outcome.ANONYMOUS


def test_who_wants_to_talk_first_stops_the_term(two):
    say(two, "known", "Demir")

    assert say(two, "talk_first") == Outcome.TALK

    with acting(two.coordinator.pk):
        late = TODAY.replace(year=TODAY.year + 1)
        assert two.engagement.outcome(late) == Outcome.TALK  # never "no answer"
        with pytest.raises(ValidationError):
            issue_reminder(engagement=two.engagement, by=two.coordinator, on=late)


def test_under_a_the_expert_hears_an_alias_and_reads_nothing(issued):
    say(issued, "anonymous")
    begin(issued)

    sheet = sheet_for(issued)

    assert (sheet.child, sheet.shows_dossier) == ("een meisje uit groep 5", False)
    assert "E.K." not in f"{sheet}"


def test_empty_means_nothing_shared_and_the_child_not_watched(issued):
    say(issued, "anonymous")
    with acting(issued.coordinator.pk):
        choice = ParentChoice.objects.get()
        assert (choice.items, choice.class_visit) == (None, "")
    say(issued, "known")
    with acting(issued.coordinator.pk):
        assert ParentChoice.objects.get().observe is None


def test_under_b_the_expert_knows_the_name_and_no_address(issued):
    say(issued, "known")
    begin(issued)

    assert (sheet_for(issued).child, sheet_for(issued).short) == ("Emma Kaya", "E.K.")
    with acting(issued.expert.pk):
        assert not Guardian.objects.exists()


def test_only_what_the_letter_names_is_offered(issued, make_letter):
    with acting(issued.coordinator.pk):
        assert [part.heading.parents_name for part in issued.engagement.parts.all()] == ["de toetsen"]
    assert "Niets uit het dossier." in sentences(letter_blocks(make_letter(parts=())))


def test_after_the_end_the_expert_reads_nothing(issued):
    say(issued, "known")
    begin(issued)
    with acting(issued.coordinator.pk):
        end_engagement(engagement=issued.engagement, by=issued.coordinator, on=TODAY)

    assert sheet_for(issued) is None


def test_the_other_parent_is_asked_too(two):
    assert say(two, "known") == Outcome.WAITING

    assert say(two, "known", "Demir") == Outcome.KNOWN


@pytest.mark.parametrize(("one", "other"), [("known", "anonymous"), ("anonymous", "known")])
def test_parents_who_differ_leave_the_child_anonymous(one, other, two):
    say(two, one)

    assert say(two, other, "Demir") == Outcome.ANONYMOUS
    assert say(two, "known", "Kaya" if one == "anonymous" else "Demir") == Outcome.KNOWN


def test_silence_is_asked_once_more_and_no_oftener(issued):
    with acting(issued.coordinator.pk):
        issue_reminder(engagement=issued.engagement, by=issued.coordinator, on=TODAY)
        with pytest.raises(ValidationError) as refusal:
            issue_reminder(engagement=issued.engagement, by=issued.coordinator, on=TODAY)

    assert refusal.value.code == "once"


def test_silence_makes_nobody_known(two):
    say(two, "known")

    with acting(two.coordinator.pk):
        assert two.engagement.outcome(TODAY.replace(year=TODAY.year + 1)) == Outcome.SILENT
    with pytest.raises(ValidationError):
        begin(two)
    assert sheet_for(two) is None


def test_a_answer_may_be_changed_at_any_time(issued):
    for answer in ("anonymous", "known", "anonymous"):
        assert say(issued, answer) == answer
    begin(issued)

    assert say(issued, "known") == Outcome.KNOWN


def test_from_b_to_a_the_file_closes_at_once(issued):
    say(issued, "known")
    begin(issued)
    assert sheet_for(issued).shows_dossier

    say(issued, "anonymous")

    assert not sheet_for(issued).shows_dossier


def test_an_objection_is_written_down_and_stops_the_plan(issued):
    assert say(issued, "objects", remark="Ik wil eerst meer weten.") == Outcome.OBJECTS

    with pytest.raises(ValidationError):
        begin(issued)
    with acting(issued.coordinator.pk):
        assert ParentChoice.objects.get().remark == "Ik wil eerst meer weten."
