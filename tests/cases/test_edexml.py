"""Reading a pupil export. All children here are made up."""

import time
from contextlib import suppress
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cases.edexml import UnreadableFile, parse
from cases.incoming import MAX_BYTES, MAX_PROBLEMS

TODAY = date(2026, 11, 24)
SCHOOL = "<school><schooljaar>2026-2027</schooljaar><peildatum>2026-10-01</peildatum><brincode>12ab</brincode></school>"
GROUPS = """<groepen>
<groep key="g5"><naam>Otters</naam><jaargroep>5</jaargroep></groep>
<groep key="g56"><naam>Bevers</naam><jaargroep>C</jaargroep></groep>
</groepen>"""
EMMA = """<achternaam>Kaya</achternaam><voorvoegsel>van der</voorvoegsel><voornamen>Emma Fleur</voornamen>
<voorletters-1>EF</voorletters-1><roepnaam>Emma</roepnaam><geboortedatum>2017-03-04</geboortedatum><geslacht>2</geslacht>
<jaargroep>5</jaargroep><groep key="g5"/><instroomdatum>2021-08-23</instroomdatum>"""
BOMB = (
    '<!DOCTYPE EDEX [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + ']><EDEX x="&m;">&m;</EDEX>'
)


def pupil(inside=EMMA, key="101", more=""):
    named = f' key="{key}"' if key is not None else ""
    return f"<leerling{named}{more}>{inside}</leerling>"


def edex(*pupils, school=SCHOOL, groups=GROUPS, staff="", head='<?xml version="1.0" encoding="UTF-8"?>\n'):
    inside = "\n".join(pupils or (pupil(),))
    return f"{head}<EDEX>\n{school}\n{groups}\n<leerlingen>\n{inside}\n</leerlingen>{staff}</EDEX>"


def read(text, encoding="utf-8"):
    return parse(text.encode(encoding), today=TODAY)


def codes(file):
    return [problem.code for problem in file.problems]


def refusal(data):
    with pytest.raises(UnreadableFile) as refused:
        parse(data, today=TODAY)
    assert str(refused.value.message)
    return refused.value.code


def test_a_plain_file_gives_its_school_groups_and_pupils_and_no_problem():
    file = read(edex(staff='<leerkrachten><leerkracht key="a"/><leerkracht key="b"/></leerkrachten>'))
    assert (file.school_year, file.reference_date, file.brin, file.site_code) == (
        "2026-2027", date(2026, 10, 1), "12AB", None,
    )  # fmt: skip
    assert [(group.key, group.name, group.year) for group in file.groups] == [
        ("g5", "Otters", "5"),
        ("g56", "Bevers", "C"),
    ]
    (emma,) = file.pupils
    assert (emma.key, emma.call_name, emma.prefix, emma.surname) == ("101", "Emma", "van der", "Kaya")
    assert (emma.first_names, emma.initials_given, emma.sex, emma.year, emma.group_key) == (
        "Emma Fleur", "EF", "girl", "5", "g5",
    )  # fmt: skip
    assert (emma.born_on, emma.entered_on, emma.left_on, emma.has_left) == (
        date(2017, 3, 4), date(2021, 8, 23), None, False,
    )  # fmt: skip
    assert (file.staff_count, file.problems, file.dropped) == (2, (), {})


def test_everything_that_is_not_on_the_whitelist_is_dropped_and_counted():
    more = (
        "<etniciteit>9</etniciteit><land>NL</land><land_vader>TR</land_vader><land_moeder/><bsn>999999990</bsn>"
        "<gewicht>0.25</gewicht><postcodenl>1234 AB</postcodenl><fotourl>https://example.org/1</fotourl>"
        "<emailadres>e@example.org</emailadres><gebruikersnaam>emma</gebruikersnaam>"
        "<toevoegingen><blok><code>x</code><bsn>999999990</bsn></blok></toevoegingen>"
    )
    file = read(edex(pupil(EMMA + more, more=' eckid="https://ketenid.example/1"'), pupil(key="102")))
    assert file.dropped == dict.fromkeys(
        ("bsn", "eckid", "emailadres", "etniciteit", "fotourl", "gebruikersnaam", "gewicht", "land", "land_vader",
         "postcodenl", "toevoegingen"), 1,
    )  # fmt: skip
    assert "999999990" not in repr([(problem.text, pupil) for problem in file.problems for pupil in file.pupils])
    assert not any("999999990" in str(getattr(row, name)) for row in file.pupils for name in row.__slots__)


def test_names_that_the_schema_does_not_have_are_counted_together_and_not_told():
    own = "".join(f"<x{n}>1</x{n}>" for n in range(500)) + "<uithuisgeplaatst>1</uithuisgeplaatst><bsn>999999990</bsn>"
    file = read(edex(pupil(EMMA + own, more=' pleegkind="ja"'), pupil(EMMA + "<dossier/><blok>1</blok>", key="102")))
    assert file.dropped == {"bsn": 1, "overig": 2}


@pytest.mark.parametrize("year", ["1999-2000", "2024-2025", "2026-2027", "2041-2042", "2026/2027", " 2026 - 2027 "])
def test_any_school_year_is_read(year):
    file = read(edex(school=f"<school><schooljaar>{year}</schooljaar></school>"))
    assert file.school_year == year.replace(" ", "").replace("/", "-")


@pytest.mark.parametrize("year", ["", "2026", "2026-2029", "dit jaar"])
def test_a_school_year_that_is_none_is_a_problem(year):
    file = read(edex(school=f"<school><schooljaar>{year}</schooljaar></school>"))
    assert (file.school_year, codes(file)) == (None, ["school_year"])


def test_a_file_that_does_not_say_of_which_school_it_is_can_still_be_read():
    file = read(edex(school=""))
    assert (file.brin, file.school_year, codes(file)) == (None, None, ["school_missing"])


@pytest.mark.parametrize(
    ("inside", "brin", "site"),
    [
        ("<brincode>12AB</brincode><dependancecode>00</dependancecode>", "12AB", None),
        ("<brincode>12AB</brincode><dependancecode>01</dependancecode>", "12AB", "01"),
        ("<brincode> 12ab01 </brincode>", "12AB", "01"),
        ("<brincode/>", None, None),
    ],
)
def test_brin_and_site_are_read_together_or_apart(inside, brin, site):
    file = read(edex(school=f"<school><schooljaar>2026-2027</schooljaar>{inside}</school>"))
    assert (file.brin, file.site_code, codes(file)) == (brin, site, [])


def test_a_brin_that_is_none_is_a_problem():
    file = read(edex(school="<school><schooljaar>2026-2027</schooljaar><brincode>school</brincode></school>"))
    assert (file.brin, codes(file)) == (None, ["brin"])


@pytest.mark.parametrize(
    ("code", "sex"), [("0", "unknown"), ("1", "boy"), ("2", "girl"), ("9", "unspecified"), ("", "unknown")]
)
def test_the_codes_for_sex_are_those_of_edexml(code, sex):
    file = read(edex(pupil(EMMA.replace("<geslacht>2", f"<geslacht>{code}"))))
    assert (file.pupils[0].sex, file.problems) == (sex, ())


@pytest.mark.parametrize(
    ("old", "new", "field", "value", "code"),
    [
        ("<geslacht>2", "<geslacht>3", "sex", "unknown", "sex"),
        ("2017-03-04", "2017-02-30", "born_on", None, "date"),
        ("2017-03-04", "gisteren", "born_on", None, "date"),
        ("2017-03-04", "0001-01-01", "born_on", None, "date"),
        ("2017-03-04", "2027-01-01", "born_on", None, "born_later"),
        ("2021-08-23", "23-08-2021", "entered_on", None, "date"),
        ("2017-03-04", " 2017-03-04T00:00:00+01:00 ", "born_on", date(2017, 3, 4), None),
        ('<groep key="g5"/>', '<groep key="weg"/>', "group_key", None, "group_unknown"),
        ('<groep key="g5"/>', '<groep key=""/>', "group_key", None, None),
        ("<jaargroep>5", "<jaargroep>S", "year", "S", None),
        ("<jaargroep>5</jaargroep>", "", "year", "5", None),
        ('<jaargroep>5</jaargroep><groep key="g5"/>', '<groep key="g56"/>', "year", "", "year_missing"),
        ("van der", "v" * 30, "prefix", "v" * 20, "too_long"),
        ("Kaya", "K" * 3000, "surname", "K" * 200, "too_long"),
        ("<roepnaam>Emma</roepnaam>", "", "call_name", "Emma", None),
        ("<roepnaam>Emma", "<roepnaam>  Em\n ma\t", "call_name", "Em ma", None),
        ("<roepnaam>Emma", "<roepnaam><![CDATA[Emma & Co]]>", "call_name", "Emma & Co", None),
        ("<roepnaam>Emma", "<roepnaam>Em<!-- x -->ma", "call_name", "Emma", None),
        ("<roepnaam>Emma", "<roepnaam>Rene&#x301;e", "call_name", "Renée", None),
        ("<achternaam>Kaya</achternaam>", "", "surname", "", "surname_missing"),
        ("Emma Fleur</voornamen>", "Emma Fleur</voornamen><vestiging key='v'/><onbekend/>", "surname", "Kaya", None),
    ],
)
def test_what_is_wrong_in_one_field_leaves_the_pupil_whole(old, new, field, value, code):
    assert old in EMMA
    file = read(edex(pupil(EMMA.replace(old, new))))
    assert (getattr(file.pupils[0], field), codes(file)) == (value, [code] if code else [])


def test_a_problem_tells_the_line_and_the_pupil_but_no_value():
    file = read(edex(pupil(), pupil(EMMA.replace("2017-03-04", "verjaardag"), key="102")))
    (problem,) = file.problems
    text = edex(pupil(), pupil(EMMA.replace("2017-03-04", "verjaardag"), key="102")).splitlines()
    assert "verjaardag" in text[problem.line - 1]
    assert (problem.pupil_key, "verjaardag" in str(problem.text)) == ("102", False)


def test_lines_are_right_in_a_file_of_very_many_lines():
    text = edex(
        pupil().replace("<achternaam>", "\n" * 70_000 + "<achternaam>"),
        "\n\n" + pupil(key="102").replace("><a", ">\n\n<a"),
    )
    last = read(text).pupils[-1]
    assert 'key="102"' in text.splitlines()[last.line - 1]


def test_a_pupil_without_any_name_is_left_out_and_told():
    file = read(edex(pupil(), pupil("<voornamen>Anna</voornamen>", key="102")))
    assert (len(file.pupils), codes(file)) == (1, ["pupil_without_name"])


def test_of_two_pupils_with_one_key_the_first_is_kept():
    file = read(edex(pupil(), pupil(EMMA.replace("Emma", "Anna"))))
    assert ([row.call_name for row in file.pupils], codes(file)) == (["Emma"], ["pupil_key_twice"])


def test_of_two_groups_with_one_key_the_first_is_kept_and_equal_names_are_told_apart():
    groups = (
        '<groepen><groep key="a"><naam>5</naam><jaargroep>5</jaargroep></groep><groep key="a"><naam>6</naam></groep>'
        '<groep key="b"><naam>5</naam></groep><groep><naam>7</naam></groep></groepen>'
    )
    file = read(edex(pupil(EMMA.replace('key="g5"', 'key="a"')), groups=groups))
    assert [group.name for group in file.groups] == ["5", "5 (2)"]
    assert sorted(codes(file)) == ["group_key_missing", "group_key_twice", "group_name_twice"]


def test_dummy_keys_are_no_identity_and_are_told_once():
    file = read(edex(pupil(key="#1"), pupil(key="#2"), pupil(key="#2")))
    assert [row.key for row in file.pupils] == [None, None, None]
    assert codes(file) == ["dummy_keys"]
    assert "3" in str(file.problems[0].text)


def test_a_pupil_without_a_usable_key_is_kept_without_identity():
    file = read(edex(pupil(key=None), pupil(key="x" * 300)))
    assert [row.key for row in file.pupils] == [None, None]
    assert sorted(codes(file)) == ["key_too_long", "pupil_key_missing", "pupil_key_missing"]


@pytest.mark.parametrize(
    ("inside", "left"),
    [
        (EMMA + "<uitstroomdatum>2026-09-30</uitstroomdatum>", True),
        (EMMA + "<uitstroomdatum>2026-10-01</uitstroomdatum>", False),
        (EMMA + "<uitstroomdatum>2027-07-15</uitstroomdatum>", False),
        (EMMA.replace("<jaargroep>5", "<jaargroep>H"), True),
        (EMMA, False),
    ],
)
def test_who_went_before_the_reference_date_has_left(inside, left):
    assert read(edex(pupil(inside))).pupils[0].has_left is left


@pytest.mark.parametrize(
    "head",
    [
        "",
        '<?xml version="1.0"?>',
        "<?xml version='1.0' encoding='utf8' standalone='yes'?>",
        '\n\n<?xml version="1.0" encoding="UTF-8"?>',
        '<?xml version="1.0" encoding="utf-16"?>',
        "<!-- gemaakt door een pakket --><?stijl x?>",
    ],
)
def test_any_way_to_begin_is_read(head):
    assert len(read(edex(head=head)).pupils) == 1


def test_a_namespace_changes_nothing():
    text = (
        edex()
        .replace("<EDEX>", '<e:EDEX xmlns:e="urn:x" xmlns="http://www.edustandaard.nl/edexml">')
        .replace("</EDEX>", "</e:EDEX>")
    )
    assert read(text).pupils[0].surname == "Kaya"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_all_unicode_encodings_are_read(encoding):
    text = edex(pupil(EMMA.replace("Kaya", "Çelik")), head="")
    assert read(text, encoding).pupils[0].surname == "Çelik"


@pytest.mark.parametrize(
    "head", ['<?xml version="1.0" encoding="windows-1252"?>', '<?xml version="1.0" encoding="ISO-8859-1"?>']
)
def test_a_declared_windows_encoding_is_read(head):
    file = read(edex(pupil(EMMA.replace("Kaya", "Kœhler’é")), head=head), "cp1252")
    assert (file.pupils[0].surname, file.problems) == ("Kœhler’é", ())


def test_an_undeclared_windows_encoding_is_read_and_told():
    file = read(edex(pupil(EMMA.replace("Kaya", "Müllér")), head=""), "cp1252")
    assert (file.pupils[0].surname, codes(file)) == ("Müllér", ["encoding"])


@pytest.mark.parametrize("wrong", ["\x00", "\x0b", "&#0;", "&#x1F;"])
def test_signs_that_are_no_text_are_left_out_and_told(wrong):
    file = read(edex(pupil(EMMA.replace("Kaya", f"Ka{wrong}ya"))))
    assert (file.pupils[0].surname, codes(file)) == ("Kaya", ["control_signs"])


def packed(name):
    with BytesIO() as made:
        with ZipFile(made, "w") as package:
            package.writestr(name, "x")
        return made.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\xef\xbb\xbf", "empty"),
        (packed("EDEX.XML"), "zip"),
        (packed("xl/workbook.xml"), "xlsx"),
        (packed("word/document.xml"), "docx"),
        (b"%PDF-1.7", "pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
        (b"\x1f\x8b\x08", "archive"),
        (b"\x89PNG", "picture"),
        (b"naam;klas\nEmma;5", "not_xml"),
        (b"<EDEX><leerlingen>", "broken_xml"),
        (b"<EDEX>&eacute;</EDEX>", "broken_xml"),
        (b"<" * 40, "broken_xml"),
        (b"<EDEX/>", "no_pupils"),
        (b"<EDEX><leerlingen><leerling/></leerlingen></EDEX>", "no_pupils"),
        (b"<lijst/>", "not_edex"),
        (b'<x xmlns="http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens"/>', "uwlr"),
        (b"<Envelope><Body><leerlinggegevens_antwoord/></Body></Envelope>", "uwlr"),
        (b'<dossier xmlns="http://www.edustandaard.nl/oso_gegevensset/2019/dossier"/>', "oso"),
        (b'<?xml version="1.0" encoding="utf-7"?><EDEX/>', "encoding"),
        (b'<?xml version="1.0" encoding="rot13"?><EDEX/>', "encoding"),
        (b"<EDEX>" + b"<a/>" * 2_000_001, "too_much"),
        (b" " * MAX_BYTES + b"<EDEX/>", "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_something_else_is_refused_in_words(data, code):
    assert refusal(data) == code


def test_broken_xml_is_told_with_its_line():
    with pytest.raises(UnreadableFile) as refused:
        parse(b"<EDEX>\n<school>\n</scool>\n</EDEX>", today=TODAY)
    assert "3" in str(refused.value.message)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        f"<!-- <EDEX/> -->\n<?x ?>{BOMB}",
        BOMB.replace("<!DOCTYPE", "<!DOC&#0;TYPE"),
        BOMB.replace("<!DOCTYPE", "<!DOC\x01TYPE"),
        '<!DOCTYPE EDEX SYSTEM "file:///etc/passwd"><EDEX/>',
    ],
    ids=["bomb", "behind a comment", "split by a reference", "split by control signs", "external"],
)
def test_a_doctype_is_refused_before_anything_is_expanded(text, encoding):
    started = time.perf_counter()
    assert refusal(text.encode(encoding)) == "doctype"
    assert time.perf_counter() - started < 0.5


def test_two_thousand_pupils_take_less_than_a_second():
    more = "<bsn>999999990</bsn><land>NL</land><postcodenl>1234AB</postcodenl><mutatiedatum>2026-09-07</mutatiedatum>"
    data = edex(*(pupil(EMMA + more, key=str(number)) for number in range(2_000))).encode()
    started = time.process_time()
    file = parse(data, today=TODAY)
    assert time.process_time() - started < 1
    assert (len(file.pupils), file.dropped["bsn"]) == (2_000, 2_000)


def test_endless_problems_are_counted_and_not_kept():
    file = read(edex(*(pupil(EMMA.replace("<geslacht>2", "<geslacht>8"), key=str(n)) for n in range(MAX_PROBLEMS + 7))))
    assert len(file.problems) == MAX_PROBLEMS + 1
    assert (file.problems[-1].code, "7" in str(file.problems[-1].text)) == ("more_problems", True)


def test_names_stay_out_of_what_is_printed_of_a_file():
    assert "Kaya" not in repr(read(edex()))


TAGS = st.sampled_from(
    [
        *(f"<{slash}{name}>" for name in ("EDEX", "leerlingen", "roepnaam", "geboortedatum") for slash in ("", "/")),
        *(
            '<leerling key="1">',
            "</leerling>",
            "Emma",
            "<!DOCTYPE x>",
            "<![CDATA[",
            "]]>",
            "&#0;",
            "&amp;",
            "\x00",
            "<!--",
        ),
        "<?xml version='1.0'?>",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(TAGS, max_size=30).map(lambda tags: "".join(tags).encode()),
        st.lists(TAGS, max_size=30).map(lambda tags: "".join(tags).encode("utf-16")),
    )
)
@example(b"<\x00")
@example(b"\xff\xfe\x00\xd8")
def test_whatever_the_bytes_are_it_is_read_or_refused(data):
    with suppress(UnreadableFile):
        assert parse(data, today=TODAY).pupils


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(data):
    whole = bytearray(edex().encode())
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(UnreadableFile):
        assert parse(bytes(whole), today=TODAY).pupils
