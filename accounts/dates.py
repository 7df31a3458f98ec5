"""Dates as people here write and read them. Pure: a text and a day go in, a day or a text comes out."""

import re
from datetime import date, timedelta

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
WORDS = {"vandaag": 0, "gisteren": -1, "eergisteren": -2, "morgen": 1, "overmorgen": 2}

_WEEKDAY = re.compile(r"^(?:ma|di|wo|do|vr|za|zo)(?:andag|nsdag|ensdag|nderdag|ijdag|terdag|ndag)?\.?,?\s+")
_WITH_NAME = re.compile(r"^(\d{1,2})e?[\s./-]*([a-z]{3,9})\.?[\s,/-]*(\d{4}|\d{2})$")
_NUMBERS = re.compile(r"^(\d{1,2})\s*[-./, ]\s*(\d{1,2})\s*[-./, ]\s*(\d{4}|\d{2})$")
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
_BARE = re.compile(r"^(\d{2})(\d{2})(\d{4}|\d{2})$")


def parse_dutch(text: str, today: date) -> date:
    """Read a day in any notation that is clear: 1-9-26, 01.09.2026, 1 sep 2026, di 1 september 2026, gisteren.

    `today` settles the words and the century of a year of two digits: up to ten years ahead is this century.
    Raises ValueError for all else: a day without a year, a 31st of June, a year before 1900 or after 2100.
    """
    words = re.sub(r"\s+", " ", text.replace("\u2011", "-").replace("\u2013", "-")).strip().lower()
    if words in WORDS:
        return today + timedelta(days=WORDS[words])
    words = _WEEKDAY.sub("", words)
    if match := _ISO.match(words):
        year, month, day = (int(part) for part in match.groups())
    elif match := _NUMBERS.match(words) or _BARE.match(words):
        day, month, year = int(match[1]), int(match[2]), _full_year(match[3], today)
    elif match := _WITH_NAME.match(words):
        day, month, year = int(match[1]), _month(match[2]), _full_year(match[3], today)
    else:
        raise ValueError("not a date that we can read")
    if not 1900 <= year <= 2100:
        raise ValueError("a year that nobody here lives in")
    return date(year, month, day)


def _full_year(digits: str, today: date) -> int:
    if len(digits) == 4:
        return int(digits)
    year = today.year - today.year % 100 + int(digits)
    return year if year <= today.year + 10 else year - 100


def _month(name: str) -> int:
    if name == "mrt":
        return 3
    found = [number for number, month in enumerate(MONTHS, start=1) if month.startswith(name)]
    if len(found) != 1:
        raise ValueError("no month of that name")
    return found[0]


def long_date(day: date) -> str:
    """A day in running text: 22 november 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """A day in a table or a field: 22-11-2026."""
    return f"{day.day:02d}-{day.month:02d}-{day.year}"
