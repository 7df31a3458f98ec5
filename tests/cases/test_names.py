"""Initials, the order of lists, and the naamcontrole."""

from types import SimpleNamespace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cases.names import Name, find_names, fold, initials, names_of, sort_key, without_prefix

WORDS = st.text(alphabet=st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1, max_size=12)


def shown(text, *names):
    """What the naamcontrole points at."""
    return [text[hit.start : hit.end] for hit in find_names(text, names)]


@pytest.mark.parametrize(
    ("call_name", "surname", "expected"),
    [
        ("Emma", "Kaya", "E.K."),
        ("emma", "kaya", "E.K."),
        ("Gradje", "van 't Hof", "G.H."),
        ("Gradje", "'t Hart", "G.H."),
        ("Gradje", "’t Hart", "G.H."),
        ("Jan", "'s-Gravesande", "J.G."),
        ("Jan", "in 't Veld", "J.V."),
        ("Jan", "Van Den Berg", "J.B."),
        ("Jan", "van t Hof", "J.H."),
        ("Anna", "d'Ancona", "A.A."),
        ("Anna", "D'Angelo", "A.D."),
        ("Sean", "O'Brien", "S.O."),
        ("Sara", "el Amrani", "S.A."),
        ("Sara", "El Amrani", "S.E."),
        ("Lan", "Le", "L.L."),
        ("Emma", "Kaya - van der Berg", "E.K."),
        ("E\u0301lodie", "Ünal", "É.Ü."),
        ("ĳsbrand", "IJzer", "I.I."),
        ("  'Emma'", "(Kaya)", "E.K."),
        ("Emma", "", "E."),
        (None, None, ""),
    ],
)
def test_initials_are_the_first_letters_of_call_name_and_of_surname_without_tussenvoegsel(call_name, surname, expected):
    assert initials(call_name, surname) == expected


def test_without_a_call_name_the_first_names_give_the_letter():
    assert initials("", "Assati", "Ismaël Hassan") == "I.A."


@given(WORDS, WORDS)
def test_initials_never_hold_more_than_two_letters(call_name, surname):
    assert initials(call_name, surname).count(".") <= 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("İPEK Ağaoğlu ıŞß", "ipek agaoglu isss"),
        ("Łukasz Sørensen Þóra Æ", "lukasz sorensen thora ae"),
        ("Renée", "renee"),
        ("Rene\u0301e", "renee"),
        ("O’Brien–Smit", "o'brien-smit"),
        ("Em\u00adma", "emma"),
        (None, ""),
    ],
)
def test_folded_texts_compare_without_capitals_and_accents(text, expected):
    assert fold(text) == expected


@given(st.text(max_size=60))
@example("ẛ̣ſŉİ")
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_lists_are_in_order_of_surname_without_tussenvoegsel():
    people = [
        ("Zee", "", "Bo"),
        ("Berg", "van den", "Zoë"),
        ("Berg", "", "Ans"),
        ("van der Aa", None, "Cor"),
        ("Çelik", "", "A"),
    ]
    assert [person[0] for person in sorted(people, key=lambda person: sort_key(*person))] == [
        "van der Aa", "Berg", "Berg", "Çelik", "Zee",
    ]  # fmt: skip


@given(st.text(max_size=40))
def test_something_of_a_surname_always_stays(surname):
    assert without_prefix(surname) or not surname.strip()


@pytest.mark.parametrize(
    "written",
    ["Emma", "emma", "EMMA", "Émma", "E\u0301mma", "Emma's", "Emma’s", "Emmas", "Em\u00adma"],
)
def test_a_name_is_found_however_it_is_written(written):
    assert shown(f"Gisteren was {written} blij.", "Emma") == [written]


@pytest.mark.parametrize("text", ["Emma_verslag.pdf", "niet-Emma", "groep5Emma", "Emma2", "(Emma)", "\nEmma\t"])
def test_a_name_is_found_where_no_letter_touches_it(text):
    assert shown(text, "Emma") == ["Emma"]


@pytest.mark.parametrize("text", ["dilemma", "Emmanuel", "gemma", ""])
def test_a_name_inside_another_word_is_left_alone(text):
    assert shown(text, "Emma") == []


@pytest.mark.parametrize("written", ["Anne-Sophie", "Anne Sophie", "AnneSophie", "anne–sophie", "Anne", "Sophie"])
def test_each_part_of_a_double_name_is_found(written):
    assert shown(f"Met {written} gaat het goed.", "Anne-Sophie") == [written]


@pytest.mark.parametrize("written", ["van der Kaya", "van  der\nKaya", "Van der Kaya", "vanderkaya", "Kaya"])
def test_a_surname_is_found_with_its_prefix_and_without(written):
    assert shown(f"Mevrouw {written} belde.", "van der Kaya") == [written]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Meneer de Boer belde", ["de Boer"]),
        ("Meneer Boer belde", ["Boer"]),
        ("Jong begon", ["Jong"]),
        ("wij waren bij de boer", []),
        ("een jong kind", []),
        ("JONG", ["JONG"]),
        ("Bo speelt", ["Bo"]),
        ("zo bo zo", []),
    ],
)
def test_a_name_that_is_a_plain_word_counts_with_a_capital(text, found):
    assert shown(text, "de Boer", "Jong", "Bo") == found


@pytest.mark.parametrize(
    "written",
    ["E.K.", "E.K", "EK", "E. K.", "E K", "E-K", "e.K.", "EK's", "É.K."],
)
def test_initials_are_found_in_all_their_forms(written):
    assert shown(f"Het gaat over {written} uit groep 5", Name("E.K.", "initials")) == [written]


@pytest.mark.parametrize("text", ["maandag e.k. is er een toets", "EKG", "week", "ek", "HEK"])
def test_what_only_looks_like_initials_is_left_alone(text):
    assert shown(text, Name("E.K.", "initials")) == []


def test_the_profession_of_the_coordinator_is_not_a_child_called_i_b():
    text = "De IB'er en de ib'er spraken over IB en I.B."
    assert shown(text, Name("I.B.", "initials")) == ["IB", "I.B."]


def test_short_forms_hide_no_initials_that_are_written_with_capitals():
    assert shown("n.a.v. gesprek met A.V., a.v. dinsdag", Name("A.V.", "initials")) == ["A.V."]


def test_a_place_inside_a_longer_one_is_told_once():
    text = "Emma Kaya en emma"
    hits = find_names(text, ["Emma", "Kaya", Name("Emma Kaya", "whole")])
    assert [(hit.start, hit.end) for hit in hits] == [(0, 9), (13, 17)]


def child(**fields):
    return SimpleNamespace(
        **{"call_name": "Emma", "first_names": "Emma Fleur", "prefix": "van der", "surname": "Kaya"} | fields
    )


def carer(**fields):
    person = {"first_name": "Fatma", "prefix": None, "surname": "Yılmaz-Smit", "institution": None} | fields
    return SimpleNamespace(guardian=SimpleNamespace(**person))


@pytest.mark.parametrize(
    "text",
    [
        "Emma", "fleur", "Kaya", "EmmaKaya", "kaya-emma", "E.K.", "EK", "E.v.d.K.", "E.F.K.", "Fatma", "Yilmaz", "smit",
        "William Testhuis Stichting",
    ],
)  # fmt: skip
def test_all_names_of_the_child_and_of_the_people_round_it_are_looked_for(text):
    names = names_of(
        child(), [carer(), carer(first_name="A.", surname="Bos", institution="William Testhuis Stichting")]
    )
    assert shown(f"iets over {text} en meer", *names) == [text]


def test_a_child_of_whom_little_is_known_has_no_empty_names():
    names = names_of(child(call_name="Emma", first_names=None, prefix=None, surname=""), [])
    assert names == (Name("Emma"),)


@given(st.lists(WORDS, min_size=1, max_size=3), st.text(max_size=20), st.text(max_size=20))
def test_a_name_with_a_capital_is_found_in_any_text(words, before, after):
    name = " ".join(word.capitalize() for word in words)
    assume(any(len(fold(word)) > 1 for word in words))
    assume(name[0].isupper() and fold(name) and name.capitalize())
    text = f"{before} {name} {after}"
    start = len(before) + 1
    assert any(hit.start <= start and hit.end >= start + len(name) for hit in find_names(text, [name]))


@given(st.text(max_size=200), st.lists(st.text(max_size=15), max_size=4))
def test_every_find_is_a_place_in_the_text_in_order_and_once(text, names):
    hits = find_names(text, [*names, *(Name(name, "initials") for name in names)])
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    assert [hit.start for hit in hits] == sorted({hit.start for hit in hits})


def test_names_stay_out_of_what_is_printed_of_them():
    assert "Emma" not in repr(Name("Emma")) + repr(find_names("Emma", ["Emma"]))
