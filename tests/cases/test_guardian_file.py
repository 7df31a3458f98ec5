"""Reading a list of parents and carers. All people here are made up."""

import time
from contextlib import suppress
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from cases import sheets
from cases.guardian_file import UnreadableFile, parse
from cases.incoming import MAX_BYTES

FULL = (
    "Leerlingnummer;Roepnaam;Tussenvoegsel;Achternaam;Geboortedatum;Relatie;Aanhef;Voornaam ouder;Tussenvoegsel ouder;"
    "Achternaam ouder;Gezag;Bron gezag;Straat;Huisnummer;Postcode;Plaats;Telefoon;E-mail;Taal;Tolk nodig;Geheim adres"
)
FATMA = (
    "101;Emma;van der;Kaya;4-3-2017;moeder;;Fatma;;Yılmaz;ja;uittreksel;Dorpsweg;12a;1234ab;Ede;"
    "06-12345678;f@example.org;Turks;ja;nee"
)


def read(text, encoding="utf-8", name="ouders.csv"):
    return parse(text.encode(encoding), name)


def only(text):
    (row,) = read(text).rows
    return row


def codes(file):
    return [problem.code for problem in file.problems]


def refusal(data, name="ouders.csv"):
    with pytest.raises(UnreadableFile) as refused:
        parse(data, name)
    assert str(refused.value.message)
    return refused.value.code


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    with BytesIO() as made:
        book.save(made)
        return made.getvalue()


def repacked(data, part, content):
    """The same workbook with one part written anew."""
    with BytesIO() as made, ZipFile(BytesIO(data)) as old:
        with ZipFile(made, "w", ZIP_DEFLATED) as new:
            for name in {*old.namelist(), part}:
                new.writestr(name, content if name == part else old.read(name))
        return made.getvalue()


def test_a_row_is_one_grown_up_of_one_child():
    file = read(f"{FULL}\n{FATMA}\n")
    (row,) = file.rows
    assert (row.line, row.pupil_key, row.pupil_call_name, row.pupil_prefix, row.pupil_surname) == (
        2, "101", "Emma", "van der", "Kaya",
    )  # fmt: skip
    assert row.pupil_born_on == date(2017, 3, 4)
    assert (row.relation, row.title, row.first_name, row.prefix, row.surname) == (
        "parent",
        "mevrouw",
        "Fatma",
        "",
        "Yılmaz",
    )
    assert (row.has_authority, row.authority_source) == (True, "uittreksel")
    assert (row.street, row.postcode, row.city) == ("Dorpsweg 12a", "1234 AB", "Ede")
    assert (row.phone, row.email, row.language) == ("06-12345678", "f@example.org", "Turks")
    assert (row.needs_interpreter, row.secret_address, row.no_contact) == (True, False, False)
    assert (file.problems, file.ignored) == ((), ())
    assert ("Achternaam ouder", "surname") in file.columns


def test_grown_ups_side_by_side_are_a_row_each():
    file = read(
        "Leerlingnummer;Roepnaam;Achternaam;Vader achternaam;Vader e-mail;Moeder achternaam;Moeder e-mail\n"
        "101;Emma;Kaya;Kaya;a@example.org;Bos;b@example.org\n102;Bo;Bos;;;Bos;\n"
    )
    assert [(row.line, row.surname, row.email, row.title, row.relation) for row in file.rows] == [
        (2, "Kaya", "a@example.org", "de heer", "parent"),
        (2, "Bos", "b@example.org", "mevrouw", "parent"),
        (3, "Bos", "", "mevrouw", "parent"),
    ]
    assert file.problems == ()


@pytest.mark.parametrize(
    "header",
    [
        "Leerling;Verzorger 1 naam;Verzorger 2 naam",
        "Naam kind;Naam verzorger1;Naam verzorger2",
        "Naam leerling;1e ouder/verzorger;2e ouder/verzorger",
        "Leerling;Ouder;Ouder 2",
        "LEERLING;EERSTE VERZORGER;TWEEDE VERZORGER",
        "leerling;verzorger_1_naam;verzorger_2_naam",
    ],
)
def test_headings_are_known_in_many_ways_of_writing(header):
    file = read(f"{header}\nEmma van der Kaya;Fatma van den Bos;Kaya, A. van der")
    assert [(row.first_name, row.prefix, row.surname) for row in file.rows] == [
        ("Fatma", "van den", "Bos"), ("A.", "van der", "Kaya"),
    ]  # fmt: skip
    assert (file.rows[0].pupil_call_name, file.rows[0].pupil_prefix, file.rows[0].pupil_surname) == (
        "Emma", "van der", "Kaya",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Leerlingnummer;Relatie;Voornaam;Achternaam", "101;vader;Ali;Bos"),
        ("Leerlingnummer;Relatie;Voornaam;Achternaam;Instelling", "101;vader;Ali;Bos;"),
        ("Leerlingnummer;Roepnaam;Relatie;Voornaam;Achternaam", "101;Emma;vader;Ali;Bos"),
        ("Roepnaam;Achternaam;Relatie;Voornaam;Achternaam", "Emma;Kaya;vader;Ali;Bos"),
        ("Achternaam;Roepnaam;Achternaam;Voornaam;Relatie", "Kaya;Emma;Bos;Ali;vader"),
        ("Roepnaam kind;Achternaam kind;Voornaam;Achternaam;Relatie tot leerling", "Emma;Kaya;Ali;Bos;vader"),
    ],
)
def test_a_name_without_an_owner_goes_where_one_is_missing(header, row):
    found = only(f"{header}\n{row}")
    assert (found.first_name, found.surname, found.relation) == ("Ali", "Bos", "parent")
    assert found.pupil_key == "101" or (found.pupil_call_name, found.pupil_surname) == ("Emma", "Kaya")


def test_the_address_of_a_child_is_never_taken_for_that_of_a_parent():
    file = read("Leerlingnummer;Adres leerling;Straat;Achternaam ouder 1;Achternaam ouder 2\n101;Weg 1;Weg 1;Bos;Kaya")
    assert [row.street for row in file.rows] == ["", ""]
    assert file.ignored == ("Adres leerling", "Straat")


def test_what_is_no_column_of_ours_is_named_and_left_alone():
    file = read("Leerlingnummer;Achternaam ouder;BSN;Geslacht\n101;Bos;999999990;v")
    assert file.ignored == ("BSN", "Geslacht")
    (row,) = file.rows
    assert row.title == "none"
    assert not any("999999990" in str(getattr(row, name)) for name in row.__slots__)


def test_a_title_above_the_headings_is_passed_over():
    row = only("Lijst van ouders;;\n;;\nLeerlingnummer;Achternaam ouder;Relatie\n101;Bos;vader")
    assert (row.line, row.surname) == (4, "Bos")


@pytest.mark.parametrize("sign", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_any_csv_is_read(sign, encoding, end):
    text = end.join(
        sign.join(row) for row in (["Leerlingnummer", "Achternaam ouder", "Relatie"], ["101", '"Né, ; B"', "vader"])
    )
    assert read(text, encoding).rows[0].surname == "Né, ; B"


def test_the_line_that_excel_writes_above_a_csv_is_passed_over():
    assert only("sep=;\nLeerlingnummer;Achternaam ouder;Relatie\n101;Bos;vader").line == 3


def test_a_cell_of_more_lines_keeps_the_lines_behind_it_right():
    file = read('Leerlingnummer;Achternaam ouder;Relatie;Adres\n101;Bos;vader;"Weg 1\nachter"\n102;Kaya;vader;')
    assert [(row.line, row.street) for row in file.rows] == [(2, "Weg 1 achter"), (4, "")]


@pytest.mark.parametrize("text", ["=1+1", "+31", "-x", "@x", '=HYPERLINK("x")'])
def test_a_cell_that_looks_like_a_formula_is_text(text):
    quoted = text.replace('"', '""')
    assert only(f'Leerlingnummer;Achternaam ouder;Relatie\n101;"{quoted}";vader').surname == text
    rows = (["Leerlingnummer", "Achternaam ouder", "Relatie"], ["101", "x", "vader"])
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.active["B2"].value = text
    book.active["B2"].data_type = "s"
    with BytesIO() as made:
        book.save(made)
        assert parse(made.getvalue(), "x.xlsx").rows[0].surname == text


@pytest.mark.parametrize("number", ['"=""0012"""', "'0012", "0012"])
def test_zeros_in_front_of_a_number_stay(number):
    assert only(f"Leerlingnummer;Achternaam ouder;Relatie\n{number};Bos;vader").pupil_key == "0012"


def test_a_workbook_is_read_with_its_dates_numbers_and_ticks():
    header = ["Leerlingnummer", "Geboortedatum", "Achternaam ouder", "Relatie", "Telefoon", "Gezag", "Tolk nodig"]
    file = parse(
        workbook(["Ouders"], [], header, [101, date(2017, 3, 4), "Bos", "voogd", 612345678, True, None]),
        "x.xlsx",
    )
    (row,) = file.rows
    assert (row.line, row.pupil_key, row.pupil_born_on, row.phone) == (4, "101", date(2017, 3, 4), "0612345678")
    assert (row.relation, row.has_authority, row.needs_interpreter) == ("guardian", True, False)


def test_the_sheet_that_has_the_columns_is_read():
    book = Workbook()
    book.active.append(["Uitleg"])
    sheet = book.create_sheet("Ouders")
    sheet.append(["Leerlingnummer", "Achternaam ouder", "Relatie"])
    sheet.append(["101", "Bos", "vader"])
    with BytesIO() as made:
        book.save(made)
        assert len(parse(made.getvalue(), "x.xlsx").rows) == 1


@pytest.mark.parametrize(
    ("said", "relation", "title"),
    [
        ("Moeder", "parent", "mevrouw"),
        ("vader (gescheiden)", "parent", "de heer"),
        ("ouder", "parent", "none"),
        ("pleegmoeder", "foster_parent", "mevrouw"),
        ("Voogd", "guardian", "none"),
        ("voogd GI", "institution", "none"),
        ("voogdij-instelling", "institution", "none"),
        ("gezinsvoogd", "supervisor", "none"),
    ],
)
def test_what_somebody_is_to_the_child_is_understood(said, relation, title):
    file = read(f"Leerlingnummer;Achternaam ouder;Relatie\n101;Bos;{said}")
    assert (file.rows[0].relation, file.rows[0].title, file.problems) == (relation, title, ())


@pytest.mark.parametrize("said", ["stiefvader", "partner van moeder", "oma", "buurvrouw", "xyz"])
def test_who_is_no_parent_is_never_made_one(said):
    file = read(f"Leerlingnummer;Achternaam ouder;Relatie\n101;Bos;{said}")
    assert (file.rows[0].relation, file.rows[0].title, codes(file)) == ("", "none", ["relation_unknown"])


def test_a_relation_that_the_file_does_not_tell_is_taken_as_parent_and_told_once():
    file = read("Leerlingnummer;Naam verzorger\n101;Bos\n102;Kaya")
    assert ([row.relation for row in file.rows], codes(file)) == (["parent", "parent"], ["relation_missing"])


@pytest.mark.parametrize(
    ("said", "authority", "problem"),
    [("ja", True, []), ("J", True, []), ("x", True, []), ("Nee", False, []), ("0", False, []), ("", None, []),
     ("onbekend", None, []), ("?", None, []), ("samen met oma", None, ["yes_or_no"])],
)  # fmt: skip
def test_gezag_is_yes_no_or_not_known_and_never_guessed(said, authority, problem):
    file = read(f"Leerlingnummer;Achternaam ouder;Relatie;Gezag\n101;Bos;vader;{said}")
    assert (file.rows[0].has_authority, codes(file)) == (authority, problem)


def test_a_secret_address_in_other_words_stays_secret():
    file = read("Leerlingnummer;Achternaam ouder;Relatie;Geheim adres;Contactverbod\n101;Bos;vader;let op!;sinds mei")
    assert (file.rows[0].secret_address, file.rows[0].no_contact, codes(file)) == (True, True, ["taken_as_yes"] * 2)


@pytest.mark.parametrize(
    ("header", "cells", "field", "value", "problem"),
    [
        ("Geboortedatum", "4-3-17", "pupil_born_on", date(2017, 3, 4), []),
        ("Geboortedatum", "2017-03-04 00:00:00", "pupil_born_on", date(2017, 3, 4), []),
        ("Geboortedatum", "31-02-2017", "pupil_born_on", None, ["date"]),
        ("Postcode en plaats", "1234ab  Ede", "city", "Ede", []),
        ("Postcode en plaats", "1234ab  Ede", "postcode", "1234 AB", []),
        ("E-mail", "Bos <b@example.org>", "email", "b@example.org", []),
        ("E-mail", "geen", "email", "", ["email"]),
        ("Telefoon;Mobiel", "1;2", "phone", "1 / 2", []),
        ("Straat", "x" * 90, "street", "x" * 80, ["too_long"]),
        ("Tolk nodig", "ja", "needs_interpreter", True, []),
    ],
)
def test_a_field_is_read_or_told(header, cells, field, value, problem):
    file = read(f"Leerlingnummer;Achternaam ouder;Relatie;{header}\n101;Bos;vader;{cells}")
    assert (getattr(file.rows[0], field), codes(file)) == (value, problem)


def test_rows_without_a_child_or_without_a_name_are_left_out_and_told():
    file = read("Leerlingnummer;Achternaam ouder;Telefoon;Relatie\n101;Bos;;vader\n;Kaya;;vader\n102;;06;vader\n;;;\n")
    assert ([row.line for row in file.rows], codes(file)) == ([2], ["row_without_pupil", "guardian_without_name"])
    assert [problem.line for problem in file.problems] == [3, 4]


def test_the_same_person_for_the_same_child_counts_once():
    file = read("Leerlingnummer;Achternaam ouder;Relatie\n101;Bos;vader\n101;BOS;vader\n102;Bos;vader")
    assert ([row.line for row in file.rows], codes(file)) == ([2, 4], ["guardian_twice"])


def test_a_dummy_number_is_nobodys():
    assert only("Leerlingnummer;Roepnaam;Achternaam ouder;Relatie\n#1;Emma;Bos;vader").pupil_key is None


BOOK = workbook(["Leerlingnummer", "Achternaam ouder", "Relatie"], ["101", "Bos", "vader"])
SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
        (b"PK\x03\x04", "zip"),
        (b"PK\x03\x04xl/workbook", "broken_xlsx"),
        (BOOK[: len(BOOK) // 2], "zip"),
        (b" " * MAX_BYTES + b"x", "too_large"),
        (b"naam;klas\nEmma;5", "no_header"),
        (b"Roepnaam;Achternaam\nEmma;Kaya", "no_header"),
        (b"<EDEX/>", "no_header"),
        (b"Leerlingnummer;Achternaam ouder\n", "no_guardians"),
        (b"Leerlingnummer;Achternaam ouder\n" + b"101;Bos\n" * (sheets.MAX_ROWS + 1), "too_much"),
        (b'Leerlingnummer;Achternaam ouder\n"' + b"x" * 200_000, "broken_csv"),
        (repacked(BOOK, SHEET, ENTITIES), "broken_xlsx"),
        (repacked(BOOK, SHEET, ENTITIES.encode("utf-16")), "broken_xlsx"),
        (repacked(BOOK, "xl/media/x.xml", b" " * (sheets.MAX_UNPACKED + 1)), "too_much"),
        (repacked(BOOK, SHEET, b"<a/>" * 2_000_001), "too_much"),
        (repacked(BOOK, SHEET, b"<a>"), "broken_xlsx"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_no_use_is_refused_in_words(data, code):
    assert refusal(data) == code


@pytest.mark.parametrize("data", [b"<html></html>", BOOK[: len(BOOK) // 2]], ids=["a page", "half a workbook"])
def test_something_else_that_is_called_a_workbook_is_refused(data):
    assert refusal(data, "Ouders.XLSX") == "broken_xlsx"


def test_a_workbook_whose_lines_go_on_for_ever_is_read_quickly():
    with BytesIO() as made:
        book = Workbook()
        book.active.append(["Leerlingnummer", "Achternaam ouder", "Relatie"])
        book.active.append(["101", "Bos", "vader"])
        book.active["XFD1048576"] = "x"
        book.save(made)
        started = time.process_time()
        assert len(parse(made.getvalue(), "x.xlsx").rows) == 1
    assert time.process_time() - started < 3


def test_four_thousand_parents_take_a_few_seconds_at_most():
    rows = "\n".join(FATMA.replace("101", str(number), 1) for number in range(4_000))
    started = time.process_time()
    assert len(read(f"{FULL}\n{rows}").rows) == 4_000
    assert time.process_time() - started < 3


def test_names_stay_out_of_what_is_printed_of_a_list():
    assert "Fatma" not in repr(read(f"{FULL}\n{FATMA}"))
    assert "Fatma" not in repr(read(f"{FULL}\n{FATMA}").rows)


CELLS = st.sampled_from(
    ["Leerlingnummer", "Achternaam ouder", "Naam", "Relatie", "Verzorger 2", "101", "Bos", '"', ";", ",", "\n", "\x00"]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.lists(CELLS, max_size=40).map(lambda cells: ";".join(cells).encode())))
@example(b"\xff\xfe\x00\xd8;")
def test_whatever_the_bytes_are_they_are_read_or_refused(data):
    with suppress(UnreadableFile):
        assert parse(data, "x.csv").rows


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data):
    whole = bytearray(BOOK)
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(UnreadableFile):
        parse(bytes(whole), "x.xlsx")
