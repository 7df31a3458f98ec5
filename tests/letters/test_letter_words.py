"""The letter's words: the marks that it has to reach in every school (`docs/rules.md`)."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from letters import pdf
from letters.papers import Addressee, Reminder

LETTER, SLIP, REMINDER = "letters/_parent_letter.html", "letters/_slip.html", "letters/reminder.html"
BLOCKS = {"p", "h1", "h2", "h3", "li", "td", "th", "div", "tr", "table", "ul", "title"}
FIXED = (
    "De naam van mijn kind wordt NIET bekend gemaakt aan de externe expert. "
    "De externe expert heeft geen inzage in het leerlingdossier van mijn kind."
)


class Words(HTMLParser):
    """Collects the text of each block, and the cells of each row."""

    def __init__(self):
        super().__init__()
        self.blocks, self.rows, self.classes = [""], [], []

    def handle_starttag(self, tag, attributes):
        if tag in BLOCKS:
            self.blocks.append("")
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"} and self.rows:
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        if tag in BLOCKS:
            self.blocks.append("")

    def handle_data(self, data):
        self.blocks[-1] += data
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def words_of(html):
    """Return the parsed `html`, its blocks tidied and the empty ones dropped."""
    words = Words()
    words.feed(html)
    words.blocks = [" ".join(block.split()) for block in words.blocks if block.strip()]
    words.rows = [[" ".join(cell.split()) for cell in row] for row in words.rows if any(cell.strip() for cell in row)]
    return words


def letter_blocks(letter):
    """Return the blocks of the letter from its title to its greeting at the end."""
    blocks = words_of(pdf.render_html(LETTER, letter)).blocks
    start = next(number for number, block in enumerate(blocks) if block.startswith("Mag de expert weten"))
    return blocks[start : blocks.index("Met vriendelijke groet,")]


def slip_of(letter, **more):
    """Return the text of the slip."""
    return " ".join(words_of(pdf.render_html("letters/parent_letter.html", letter, **more)).blocks).partition(
        "Uw antwoord Kenmerk"
    )[2]


def sentences(blocks):
    """Return the sentences of `blocks`."""
    return [part for block in blocks for part in re.split(r"(?<=[.?!])['’]?\s+(?=[A-ZÀ-Ü‘U])", block) if part.strip()]


def test_the_question_is_the_title_and_both_dates_stand_above_the_greeting(letter):
    blocks = words_of(pdf.render_html(LETTER, letter)).blocks
    title = blocks.index("Mag de expert weten wie Emma is? U kiest.")
    assert blocks[title - 2 : title + 2] == [
        "12 november 2026",
        "Kenmerk 7Q2-A",
        "Mag de expert weten wie Emma is? U kiest.",
        "Wij krijgen uw antwoord graag voor 26 november 2026.",
    ]


def test_sentences_are_short(letter):
    counts = [len(sentence.split()) for sentence in sentences(letter_blocks(letter))]
    assert sum(counts) / len(counts) <= 10
    assert max(counts) <= 20


def test_sentences_of_the_reminder_are_short(letter):
    reminder = Reminder(first=letter, sent_on=date(2026, 11, 27), due_on=date(2026, 12, 10))
    blocks = words_of(pdf.render_html("letters/reminder.html", reminder)).blocks
    first = next(number for number, block in enumerate(blocks) if block.startswith("Wat kiest u voor Emma?"))
    counts = [len(sentence.split()) for sentence in sentences(blocks[first : blocks.index("Met vriendelijke groet,")])]
    assert sum(counts) / len(counts) <= 10
    assert max(counts) <= 20


@pytest.mark.parametrize(
    "word", ["CLB", "niveau", "handelingsverlegen", "traject", "dossierinzage", "casus", "consultatieve", "subsidiair"]
)
def test_no_word_from_the_files_reaches_the_parents(letter, word):
    assert word.lower() not in " ".join(letter_blocks(letter)).lower()
    assert word.lower() not in slip_of(letter).lower()


@pytest.mark.parametrize("word", ["hij", "zij", "ze", "hem", "haar", "jij", "je", "jullie"])
def test_the_child_has_a_name_and_the_parent_is_u(letter, word):
    assert not re.search(rf"\b{word}\b", " ".join(letter_blocks(letter)) + slip_of(letter), re.IGNORECASE)


def test_no_double_negation(letter):
    for sentence in sentences(letter_blocks(letter)):
        assert not re.search(r"\b(niet|nooit|geen)\b[^,]{0,25}\b(niet|zonder|nooit|tenzij)\b", sentence), sentence


def test_both_choices_answer_the_same_questions_in_the_same_order_and_are_as_long(letter):
    rows = words_of(pdf.render_html(LETTER, letter)).rows
    assert rows[0] == ["Vraag", "A. Anoniem", "B. Bekend"]
    assert [row[0] for row in rows[1:]] == [
        "Wat hoort de expert?",
        "Wat leest de expert?",
        "Wat staat in mails?",
        "Wat ziet de expert?",
        "Tot wanneer?",
    ]
    apart = [row for row in rows[1:] if len(row) == 3]
    first, second = (sum(len(row[column].split()) for row in apart) for column in (1, 2))
    assert 0.75 <= first / second <= 1.35
    # What counts for both is said once, across both.
    assert [len(row) for row in rows[4:]] == [2, 2]


def test_neither_choice_is_ticked_or_coloured(letter):
    html = pdf.render_html("letters/parent_letter.html", letter)
    for trace in ("checked", "☑", "☒", "<mark", "style="):
        assert trace not in html


def test_the_letter_says_what_the_expert_does_not_see_and_what_cannot_be_promised(letter):
    text = " ".join(letter_blocks(letter))
    for promise in (
        "Niet uw adres of telefoonnummer.",
        "Geen naam en geen voorletters.",
        "In een kleine groep kan de expert soms raden wie het is.",
        "Wat de expert al weet, kunnen wij niet terughalen.",
        "Emma krijgt geen onderzoek en geen behandeling.",
    ):
        assert promise in text


def test_the_letter_says_what_happens_without_an_answer_and_why(letter):
    text = " ".join(letter_blocks(letter))
    for sentence in (
        "Dan vragen wij het u nog één keer.",
        "Dan praat de school met de expert.",
        "De hulp is voor juf Lotte.",
        "Uw toestemming is dan niet nodig, maar Emma blijft anoniem.",
        "U krijgt een brief met de reden.",
    ):
        assert sentence in text


def test_the_letter_names_a_person_help_outside_the_fg_and_a_way_to_complain(letter):
    text = " ".join(letter_blocks(letter))
    for part in (
        "Marloes Visser legt de brief graag uit, ook met een tolk: 0123-456789 (ma, di, do)",
        "Karim Bakker, functionaris gegevensbescherming, fg@bestuur.example",
        "Ouders & Onderwijs 0800-5010",
        "Een klacht? Kijk op dewilgenboom.example/klacht of vraag de Autoriteit Persoonsgegevens.",
    ):
        assert part in text


def test_wanting_to_talk_first_is_an_answer_of_its_own(letter):
    assert "Wilt u eerst praten? Dan wachten wij daarop." in " ".join(letter_blocks(letter))
    assert "☐ Ik wil eerst met u praten." in slip_of(letter)


def test_the_fixed_sentence_stands_on_the_slip_word_for_word(letter):
    assert FIXED in slip_of(letter)


def test_an_empty_slip_shares_nothing_and_says_so(letter):
    slip = slip_of(letter)
    assert "Laat u dit leeg? Dan delen wij niets en kijkt de expert alleen naar de leerkracht en de groep." in slip
    assert slip.index("☐ Niets.") < slip.index("☐ De toetsen van rekenen.") < slip.index("☐ Anders:")


def test_the_slip_travels_in_a_schoolbag_with_initials_and_reference_only(make_letter):
    letter = make_letter(
        addressees=(
            Addressee(name="Mevrouw A. Kaya", salutation="mevrouw Kaya"),
            Addressee(name="De heer B. Demir", salutation="meneer Demir"),
        )
    )
    slip = slip_of(letter)
    for name in ("Emma", "Kaya", "Demir", "Visser", "de Wit", "De Boer", "Dorpsstraat", "gedragsdeskundige"):
        assert name not in slip
    assert "7Q2-A · over E.K., groep 5 ZV-7Q2-A" in slip


def test_two_parents_at_one_address_get_one_letter_and_two_lines_to_sign(make_letter):
    both = make_letter(
        addressees=(
            Addressee(name="Mevrouw A. Kaya", salutation="mevrouw Kaya"),
            Addressee(name="De heer B. Demir", salutation="meneer Demir"),
        )
    )
    html = pdf.render_html("letters/parent_letter.html", both)
    assert "Beste mevrouw Kaya en meneer Demir," in html
    assert "Ik antwoord namens ons beiden." in html
    assert html.count("<tr><td></td><td></td><td></td></tr>") == 2
    alone = pdf.render_html("letters/parent_letter.html", make_letter())
    assert "namens ons beiden" not in alone
    assert alone.count("<tr><td></td><td></td><td></td></tr>") == 1


def test_a_voogd_reads_the_name_and_nothing_about_other_parents(letter):
    voogd = replace(letter, is_guardian_institution=True)
    text = " ".join(letter_blocks(voogd))
    assert "ouder" not in text.replace("ouder- en jeugdsteunpunt", "").replace("Ouders & Onderwijs", "")
    assert "uw kind" not in text
    assert "Met ‘mijn kind’ bedoelen wij E.K." in slip_of(voogd)
    assert "bedoelen wij" not in slip_of(letter)


def test_a_skipped_talk_is_not_claimed(letter):
    assert "praatten wij" not in " ".join(letter_blocks(replace(letter, talk_on=None)))


def test_without_parts_the_letter_opens_nothing(letter):
    assert "Niets uit het dossier. Niet uw adres of telefoonnummer." in " ".join(
        letter_blocks(replace(letter, parts=()))
    )


def test_the_reminder_says_that_it_is_the_only_one(letter):
    reminder = Reminder(first=letter, sent_on=date(2026, 11, 27), due_on=date(2026, 12, 10))
    text = " ".join(words_of(pdf.render_html(REMINDER, reminder)).blocks)
    assert "Dit is onze enige herinnering." in text
    assert "Antwoord graag voor 10 december 2026." in text
    assert FIXED in text
