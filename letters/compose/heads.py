"""What every sheet shares: what kind it is, how its file is called, the school on top."""

import re
import unicodedata
from datetime import date
from enum import StrEnum
from typing import Any

from letters.papers import (
    Letterhead,
)


class PaperKind(StrEnum):
    """What a sheet is; the value is the first word of its file name."""

    LETTER = "brief"
    REMINDER = "herinnering"
    REPORT = "verslag"
    STARTED = "bericht"
    SUMMARY = "samenvatting"
    LOOKS = "inzage"


def file_name(kind: PaperKind, initials: str, on: date) -> str:
    """Return "brief-EK-2026-11-12.pdf": what leaves the school carries initials and no name (R36, R54)."""
    plain = unicodedata.normalize("NFKD", initials).encode("ascii", "ignore").decode()
    letters = re.sub(r"[^A-Za-z]", "", plain).upper()[:4] or "X"
    return f"{kind.value}-{letters}-{on:%Y-%m-%d}.pdf"


def letterhead(school: Any) -> Letterhead:
    """Return the school at the top of a sheet. Raises ValidationError when a line is too long."""
    return Letterhead(
        name=school.name, street=school.street, postcode=school.postcode, city=school.city, phone=school.phone
    )


def initials_of(pupil: Any) -> str:
    """Return the initials of this child, or a dash where there are none."""
    return pupil.initials or "-"
