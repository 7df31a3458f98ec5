"""The values that a letter is made of."""

from dataclasses import FrozenInstanceError, replace
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from letters import papers, pdf
from letters.compose import PaperKind, file_name, nameless, without_names
from letters.papers import Letterhead


@pytest.mark.parametrize(
    ("initials", "name"),
    [
        ("E.K.", "brief-EK-2026-11-12.pdf"),
        ("É.Ö.", "brief-EO-2026-11-12.pdf"),
        ("../x", "brief-X-2026-11-12.pdf"),
        ("", "brief-X-2026-11-12.pdf"),
    ],
)
def test_a_file_name_carries_initials_and_a_date_and_no_name(initials, name):
    assert file_name(PaperKind.LETTER, initials, date(2026, 11, 12)) == name


def test_a_letter_cannot_be_changed_after_it_was_composed(letter):
    with pytest.raises(FrozenInstanceError):
        letter.child = "Anna"


@pytest.mark.parametrize(
    "change",
    [
        {"own_words": "x" * (papers.OWN_WORDS_MAX + 1)},
        {"question": "x" * (papers.QUESTION_MAX + 1)},
        {"parts": ("x" * (papers.PART_MAX + 1),)},
        {"parts": ("rekenen",) * (papers.PARTS_MAX + 1)},
        {"parts": ("x" * 40,) * 3},
        {"address": ("Dorpsstraat 12",) * 5},
    ],
)
def test_a_text_too_long_for_one_sheet_is_refused_by_name(letter, change):
    with pytest.raises(ValidationError) as caught:
        replace(letter, **change)
    assert caught.value.code == "paper_too_long"
    assert caught.value.params["field"] in change


def test_a_logo_is_a_picture_of_our_own_and_no_address(letter):
    with pytest.raises(ValidationError) as caught:
        replace(letter.school, logo="https://elders.example/logo.png")
    assert caught.value.code == "paper_logo"
    assert "base64" not in repr(replace(letter.school, logo="data:image/png;base64,AAAA"))


def test_a_letter_does_not_print_itself_in_a_log(letter, report):
    for paper in (letter, report, letter.addressees[0]):
        for name in ("Emma", "Kaya"):
            assert name not in repr(paper)
    assert isinstance(letter.school, Letterhead)


def test_names_become_words_where_they_stand_alone():
    words = {"Emma": "uw kind", "Lotte": "de leerkracht", "juf Lotte": "de leerkracht", "Em": "uw kind"}
    assert without_names("Emma leest. Juf Lotte helpt Emma.", words) == ("Uw kind leest. De leerkracht helpt uw kind.")
    assert without_names("Emma’s boek en emma's tas", words) == "boek van uw kind en tas van uw kind"
    assert without_names("Emmaus en emmer", words) == "Emmaus en emmer"


def test_the_copy_for_the_parent_app_holds_no_name_and_no_position(report):
    told = replace(report, text=("Emma Kaya rekent & oefent.",))
    names = {"Emma Kaya": "uw kind", "Emma": "uw kind", "juf Lotte": "de leerkracht"}
    text = pdf.render_html("letters/nameless.txt", nameless(told, names))
    assert "Uw kind rekent & oefent." in text
    assert "- Elke ochtend oefenen (de leerkracht, 12 december 2026)" in text
    for name in ("Emma", "Kaya", "Lotte", "bezwaar", "plaatjes"):
        assert name not in text
