"""A file from outside, before anybody believes it: what it looks like, its bounds, its text, what is wrong in it.

Pure: bytes go in. The readers of EDEXML and of lists of parents stand on this.
"""

import codecs
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

MAX_BYTES = 20 * 1024 * 1024
MAX_PROBLEMS = 500

# What arrives when people pick the wrong file. The names inside a zip stand unpacked between its files.
_KINDS = (
    (b"%PDF-", "pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!", "archive"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
)
_IN_ZIP = ((b"xl/workbook", "xlsx"), (b"word/document", "docx"), (b"opendocument.spreadsheet", "ods"))
_REFUSALS = {
    "empty": _("This file is empty."),
    "too_large": _("This file is larger than 20 MB. Choose the file of one school."),
    "zip": _("This is a zip file. Unpack it first and choose the file inside."),
    "xlsx": _("This is an Excel workbook. Choose the file that your pupil administration exports (EDEX.XML)."),
    "xls": _("This is an old or protected Excel or Word file. Save it as XLSX or CSV, without a password."),
    "docx": _("This is a Word document. Choose another file."),
    "ods": _("This is a LibreOffice sheet. Save it as XLSX or CSV first."),
    "pdf": _("This is a PDF. Choose another file."),
    "archive": _("This is a packed file. Unpack it first and choose the file inside."),
    "picture": _("This is a picture. Choose another file."),
    "encoding": _("This file is written in a character set that we don't read. Save it as UTF-8."),
}
_NOTES = {
    "control_signs": _("Signs that are no text were left out."),
    "encoding": _("This file is not in UTF-8. Its letters were read as Windows-1252: look at the accents."),
}

# Only what a pupil administration can mean; no codec that unpacks, or that can hide a "<".
_ENCODINGS = {
    **dict.fromkeys(("utf8", "usascii", "ascii", "utf16", "utf16le", "utf16be", "unicode"), "utf-8"),
    **dict.fromkeys(("iso88591", "latin1", "windows1252", "cp1252"), "cp1252"),
    "iso885915": "iso-8859-15",
    "iso88592": "iso-8859-2",
    "windows1250": "cp1250",
    **dict.fromkeys(("iso88599", "windows1254"), "cp1254"),
}
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([^"'<>]{1,40})["']""")
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


class UnreadableFile(Exception):
    """The file as a whole is no use; nothing of it was taken. `message` is for people, `code` for tests."""

    def __init__(self, code: str, message: str | Promise):
        super().__init__(code)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was left out or mended. The text holds no value from the file, so that it may be printed."""

    line: int
    code: str
    text: str | Promise
    pupil_key: str | None = None


class Problems:
    """The problems of one file. `texts` says each code in words; past a bound they are only counted."""

    def __init__(self, texts: Mapping[str, str | Promise]):
        self._texts = {**_NOTES, **texts}
        self._rows: list[Problem] = []
        self._more = 0

    def add(self, line: int, code: str, pupil_key: str | None = None, **words) -> None:
        """Note one. `words` fill the {places} in its text."""
        if len(self._rows) >= MAX_PROBLEMS:
            self._more += 1
            return
        text = self._texts[code]
        self._rows.append(Problem(line, code, format_lazy(text, **words) if words else text, pupil_key))

    def all(self) -> tuple[Problem, ...]:
        """All by line, and at the end how many more there were."""
        rows = sorted(self._rows, key=lambda row: row.line)
        if self._more:
            text = format_lazy(_("And {count} more problems."), count=self._more)
            rows.append(Problem(rows[-1].line, "more_problems", text))
        return tuple(rows)


def kind_of(data: bytes) -> str:
    """What the bytes look like: "pdf", "xlsx", "zip", …, or "" when they may well be text."""
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return next((kind for mark, kind in _IN_ZIP if mark in data), "zip")
    return next((kind for mark, kind in _KINDS if data.startswith(mark)), "")


def check_bytes(data: bytes, *, allowed: str = "") -> str:
    """What the bytes look like. Raises UnreadableFile: empty, too large, or of a kind that isn't `allowed`."""
    if len(data) > MAX_BYTES:
        raise UnreadableFile("too_large", _REFUSALS["too_large"])
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile("empty", _REFUSALS["empty"])
    kind = kind_of(data)
    if kind and kind != allowed:
        raise UnreadableFile(kind, _REFUSALS[kind])
    return kind


def decode(data: bytes, problems: Problems) -> str:
    """The text in the bytes: UTF-8, UTF-16, UTF-32 or Windows-1252, with a byte order mark or without.

    Bytes that are wrong in UTF-8 are read as Windows-1252, and signs that are no text are left out; both are noted.
    Raises UnreadableFile for a character set that we don't read.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None) or _declared(data)
    if encoding == "utf-8":
        text = _decode_utf8(data.removeprefix(codecs.BOM_UTF8), problems)
    else:
        text = data.decode(encoding, "replace")
    text = text.removeprefix("\ufeff")
    if wrong := _NO_TEXT.search(text):
        problems.add(line_at(text, wrong.start()), "control_signs")
        text = _NO_TEXT.sub("", text)
    return text


def _declared(data: bytes) -> str:
    match = _DECLARED.match(data[:400])
    name = re.sub(r"[^a-z0-9]", "", match[1].decode("ascii", "replace").lower()) if match else "utf8"
    if name not in _ENCODINGS:
        raise UnreadableFile("encoding", _REFUSALS["encoding"])
    return _ENCODINGS[name]


def _decode_utf8(data: bytes, problems: Problems) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        problems.add(data.count(b"\n", 0, wrong.start) + 1, "encoding")
        return data.decode("utf-8", "zorgvuldig.cp1252")


def _as_windows(wrong: UnicodeError) -> tuple[str, int]:
    """Read just the bytes that are no UTF-8 as Windows-1252: one stray byte must not spoil a whole file."""
    if not isinstance(wrong, UnicodeDecodeError):
        raise wrong
    return wrong.object[wrong.start : wrong.end].decode("cp1252", "replace"), wrong.end


codecs.register_error("zorgvuldig.cp1252", _as_windows)


def line_at(text: str, place: int) -> int:
    """The number of the line, from 1, in which this place lies."""
    return text.count("\n", 0, place) + 1


def clean(value: str | None) -> str:
    """One line of plain text: no control or invisible signs, single spaces, accents joined to their letters."""
    text = " ".join(_NO_TEXT.sub(" ", value or "").split())
    return text if text.isascii() else unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).strip()
