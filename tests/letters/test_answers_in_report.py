"""What was chosen stands in the report of the talk before the letter, for who chose it (R26)."""

from datetime import timedelta

import pytest

from accounts.wall import SYSTEM, acting
from cases.actions.talks import mark_shared
from cases.due import reports_to_share
from cases.models import Conversation
from consent.actions import record_choice, withdraw_choice
from consent.models import ParentChoice
from letters import pdf
from letters.actions import issue_parent_letter, nameless_text, share_report
from letters.compose import TalkFacts
from tests.conftest import TODAY
from tests.letters.conftest import prepared, to_external
from tests.letters.test_issuing import add_parent, answer, change, elsewhere, text_of
from tests.letters.test_letter_words import words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(stage):
    """The letters to two parents at two addresses; both get reports."""
    stage.father = add_parent(stage, **elsewhere())
    return letter_out(stage)


@pytest.fixture
def home(cast, trajectory):
    """Two parents at one address, who sat at the talk together and got one letter."""
    cast.trajectory, cast.father = trajectory, add_parent(cast)
    cast.talk = to_external(cast, trajectory, guardians=[cast.mother.guardian, cast.father.guardian])
    cast.engagement = prepared(cast, trajectory, cast.talk)
    return letter_out(cast)


def letter_out(stage):
    with acting(stage.coordinator.pk):
        stage.letters = issue_parent_letter(engagement=stage.engagement, by=stage.coordinator, on=TODAY)
    return stage


def read_by(stage, *people):
    """The words of the copy for these people, from the heading of their answer on."""
    with acting(stage.coordinator.pk):
        talk = Conversation.objects.get(pk=stage.talk.pk)
        report = TalkFacts(talk, TODAY).report(tuple(person.guardian for person in people))
        text = " ".join(words_of(pdf.render_html("letters/report.html", report)).blocks)
    return text.partition("Wat koos u?")[2].partition("Klopt er iets niet?")[0].strip()


def app_text(stage):
    with acting(stage.coordinator.pk):
        return " ".join(nameless_text(talk=Conversation.objects.get(pk=stage.talk.pk), on=TODAY)[0].split())


def test_before_an_answer_the_report_tells_of_the_choice_alone(issued):
    assert read_by(issued, issued.mother) == ""
    assert "Wat koos u?" not in app_text(issued)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            {"answer": "anonymous"},
            (
                "A, anoniem. De expert kijkt in de klas alleen naar de leerkracht en de groep. "
                "Wij delen niets met de expert."
            ),
        ),
        (
            {"answer": "anonymous", "class_visit": "no", "items": "de toetsen van rekenen"},
            (
                "A, anoniem. De expert komt niet in de klas kijken. "
                "Dit mag de expert weten, zonder naam: de toetsen van rekenen."
            ),
        ),
        (
            {"answer": "anonymous", "class_visit": "child"},
            "A, anoniem. De expert mag in de klas ook naar Emma kijken, zonder de naam. Wij delen niets met de expert.",
        ),
        ({"answer": "known", "observe": True}, "B, bekend. De expert mag in de klas ook naar Emma kijken."),
        ({"answer": "known", "observe": False}, "B, bekend. De expert kijkt in de klas niet speciaal naar Emma."),
        ({"answer": "known"}, "B, bekend. De expert kijkt in de klas niet speciaal naar Emma."),
        ({"answer": "talk_first"}, "eerst praten met de school."),
        ({"answer": "objects", "remark": "Nee."}, "niet eens met het plan."),
    ],
)
def test_an_answer_stands_in_words_in_the_copy_of_who_gave_it(said, words, issued):
    answer(issued, "Kaya", **said)

    assert read_by(issued, issued.mother) == (
        f"Dit is na het gesprek toegevoegd. Uw keuze op 24 november 2026: {words}"
    )


def test_a_choice_makes_the_report_of_the_talk_ask_to_be_shared_again(issued):
    def asks():
        with acting(issued.coordinator.pk):
            return bool(list(reports_to_share(issued.coordinator, TODAY)))

    assert not asks()  # the letter was the report (decision 7)

    answer(issued, "Kaya", "known")

    assert asks()
    with acting(issued.coordinator.pk):
        (copy,) = share_report(
            talk=Conversation.objects.get(pk=issued.talk.pk), guardians=[issued.mother.guardian], how="print",
            by=issued.coordinator, on=TODAY,
        )  # fmt: skip
        text = text_of(copy.letter.file.data)
    assert "Dit is versie 2." in text
    assert "Uw keuze op 24 november 2026: B, bekend." in text
    assert not asks()


def test_an_answer_that_was_taken_back_stands_there_no_more(issued):
    answer(issued, "Kaya", "known")
    with acting(issued.coordinator.pk):
        mark_shared(
            conversation=Conversation.objects.get(pk=issued.talk.pk), guardians=[issued.mother.guardian], how="print",
            by=issued.coordinator, on=TODAY,
        )  # fmt: skip
        withdraw_choice(choice=ParentChoice.objects.get(), by=issued.coordinator)
        assert Conversation.objects.get(pk=issued.talk.pk).edition == 3

    assert read_by(issued, issued.mother) == ""


def test_no_parent_reads_what_the_other_chose_at_another_address(two):
    answer(two, "Kaya", "anonymous", items="de toetsen van rekenen")
    answer(two, "Demir", "known")

    assert "A, anoniem" in read_by(two, two.mother)
    assert "bekend" not in read_by(two, two.mother)
    assert "B, bekend" in read_by(two, two.father)
    assert "anoniem" not in read_by(two, two.father)
    assert "toetsen" not in read_by(two, two.father)


def test_who_did_not_answer_reads_nothing_of_who_did(two):
    answer(two, "Kaya", "known")

    assert read_by(two, two.father) == ""


def test_one_answer_for_both_stands_once_and_says_so(home):
    answer(home, "Kaya", "known", for_both=True)

    for people in ((home.mother, home.father), (home.mother,), (home.father,)):
        assert read_by(home, *people).count("Uw keuze op 24 november 2026, namens u beiden: B, bekend.") == 1


def test_two_answers_in_one_copy_say_whose_each_is(home):
    answer(home, "Kaya", "known")
    answer(home, "Demir", "anonymous")

    text = read_by(home, home.mother, home.father)

    assert "Keuze van mevrouw A. Kaya op 24 november 2026: B, bekend." in text
    assert "Keuze van de heer M. Demir op 24 november 2026: A, anoniem." in text


def test_two_questions_about_two_experts_say_which_each_is_about(issued):
    answer(issued, "Kaya", "known")
    with acting(issued.coordinator.pk):
        issued.engagement = prepared(issued, issued.trajectory, issued.talk)
    letter_out(issued)

    assert "over mevrouw De Boer: B, bekend." in read_by(issued, issued.mother)


# --- the copy without names ------------------------------------------------------------------------------------------


def test_the_copy_without_names_holds_the_answer_when_one_person_reads_it(issued):
    answer(issued, "Kaya", "anonymous", class_visit="child")

    text = app_text(issued)

    assert "Uw keuze op 24 november 2026: A, anoniem. De expert mag in de klas ook naar uw kind kijken" in text
    assert "Emma" not in text


def test_the_copy_without_names_holds_the_answers_of_one_home(home):
    answer(home, "Kaya", "known")
    answer(home, "Demir", "anonymous")

    text = app_text(home)

    assert "Keuze van moeder op 24 november 2026: B, bekend." in text
    assert "Keuze van vader op 24 november 2026: A, anoniem." in text


def test_the_copy_without_names_for_two_homes_holds_no_answer(two):
    answer(two, "Kaya", "known")

    text = app_text(two)

    assert "Uw keuze op" not in text
    assert "Keuze van" not in text
    assert "Uw keuze staat in het verslag op papier." in text


def test_who_moved_since_does_not_read_the_answer_of_the_other_in_the_app(home):
    answer(home, "Kaya", "known")
    change(home.father.guardian, **elsewhere())

    assert "Keuze van" not in app_text(home)


def test_a_parent_who_gets_reports_and_was_not_asked_keeps_the_answer_out_of_the_app(issued):
    father = add_parent(issued, authority=False)
    with acting(SYSTEM):
        change(father, gets_report=True)
    answer(issued, "Kaya", "known")

    assert "Uw keuze op" not in app_text(issued)
    assert read_by(issued, father) == ""


def test_the_answer_of_a_pupil_of_sixteen_is_not_the_parents_to_read(stage):
    change(stage.pupil, born="2010-01-01")
    letter_out(stage)
    with acting(stage.coordinator.pk):
        choice = ParentChoice.objects.get()
        assert choice.guardian is None
        record_choice(choice=choice, answer="anonymous", how="slip", by=stage.coordinator, on=TODAY + timedelta(days=1))

    assert read_by(stage, stage.mother) == ""
    assert "keuze staat in het verslag op papier" not in app_text(stage)
