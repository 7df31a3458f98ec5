"""Dates as people here write and read them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.dates import long_date, parse_dutch, short_date

TODAY = date(2026, 11, 22)
FIRST = date(2026, 9, 1)


@pytest.mark.parametrize(
    "text",
    [
        "1-9-26",
        "01-09-2026",
        "1 sep 2026",
        "1 sep. 2026",
        "1 sept 2026",
        "1 September 2026",
        "1/9/26",
        "1.9.2026",
        "1,9,2026",
        "1 9 2026",
        "1 - 9 - 2026",
        " 1-9-2026 ",
        "1\u20119\u20112026",
        "2026-09-01",
        "01092026",
        "010926",
        "1sep26",
        "di 1 september 2026",
        "dinsdag 1 september 2026",
        "Dinsdag, 1 sep 26",
    ],
)
def test_every_clear_notation_of_a_day_is_understood(text):
    assert parse_dutch(text, TODAY) == FIRST


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("vandaag", date(2026, 11, 22)),
        ("Gisteren", date(2026, 11, 21)),
        ("eergisteren", date(2026, 11, 20)),
        ("morgen", date(2026, 11, 23)),
        ("overmorgen", date(2026, 11, 24)),
    ],
)
def test_words_count_from_today(text, day):
    assert parse_dutch(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [("3 mrt 2027", date(2027, 3, 3)), ("3 mei 2027", date(2027, 5, 3)), ("1 okt 26", date(2026, 10, 1))],
)
def test_short_names_of_months_are_understood(text, day):
    assert parse_dutch(text, TODAY) == day


@pytest.mark.parametrize(("text", "year"), [("1-9-36", 2036), ("1-9-37", 1937), ("1-9-85", 1985), ("1-9-00", 2000)])
def test_a_year_of_two_digits_is_at_most_ten_years_ahead(text, year):
    assert parse_dutch(text, TODAY).year == year


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1-9",
        "1 sep",
        "32-1-2026",
        "31-6-2026",
        "29-2-2026",
        "9-13-2026",
        "1 foo 2026",
        "1 ju 2026",
        "volgende week",
        "1-9-1899",
        "1-9-2101",
        "2026",
        "1-9-2026 om tien uur",
        "\x00",
    ],
)
def test_what_is_not_clear_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        parse_dutch(text, TODAY)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_what_we_write_we_can_read(day):
    assert parse_dutch(long_date(day), TODAY) == day
    assert parse_dutch(short_date(day), TODAY) == day
    assert parse_dutch(day.isoformat(), TODAY) == day


@given(st.text(max_size=40))
def test_any_text_is_a_day_or_a_value_error(text):
    try:
        assert isinstance(parse_dutch(text, TODAY), date)
    except ValueError:
        return


def test_a_day_is_written_out_in_text_and_short_in_tables():
    assert long_date(date(2026, 11, 22)) == "22 november 2026"
    assert short_date(date(2026, 9, 1)) == "01-09-2026"
