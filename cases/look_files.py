"""The record of looking as a file: CSV, XLSX, and what rooms above add (PDF). What begins like a formula stays a text.

Each makes bytes of a list of rows, the heads first (R130).
"""

import csv
import io

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook

from cases.event_words import GROUNDS, action_words, detail_words, kind_words

FORMULA = ("=", "+", "-", "@", "\t", "\r")
AT_MOST = 20_000


def heads():
    """Return the heads of the columns."""
    return [
        _("When"), _("Who"), _("Role"), _("What"), _("Record looked at"), _("Case"), _("Ground"), _("In detail"),
        _("Session"), _("Request"),
    ]  # fmt: skip


def cells(event):
    """Return what one event tells, as texts. Nothing of it names a child."""
    ground = GROUNDS.get(event.ground, event.ground)
    return [
        f"{timezone.localtime(event.at):%d-%m-%Y %H:%M:%S}",
        event.actor_name,
        event.actor_role,
        action_words(event.action),
        kind_words(event.kind),
        str(event.dossier or ""),
        str(ground),
        detail_words(event.detail),
        (event.session or "")[:12],
        str(event.request or ""),
    ]


def plain(text):
    """Return the text as a spreadsheet takes it for a text: a quote before what would be a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def as_csv(rows):
    """Return the bytes of a CSV file as Dutch spreadsheets open it: semicolons, and a mark that it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerows([plain(text) for text in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows):
    """Return the bytes of an XLSX file, every cell a text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Record of looking"))
    for row in rows:
        sheet.append([plain(text) for text in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FORMS = {
    "csv": (as_csv, "text/csv; charset=utf-8", AT_MOST),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", AT_MOST),
}


def add_form(code, make, content_type, at_most):
    """Offer one more kind of file: `make` turns the rows into bytes, of so many looks at most."""
    FORMS[code] = (make, content_type, at_most)
