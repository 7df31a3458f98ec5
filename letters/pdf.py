"""From a template and a letter to HTML and PDF. The only place that knows how PDFs are made.

WeasyPrint never runs in the web process: a child process gets HTML over a pipe and gives bytes back
(`letters.pdf_child`). One child per process of ours, one letter at a time, killed at its limit, started again when it
died, and gone when we are gone. A letter is rendered once; what was filed is what was sent.
"""

import atexit
import contextlib
import io
import os
import secrets
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.sealing import met_here

CHILD = Path(__file__).with_name("pdf_child.py")
FONTS = Path(settings.BASE_DIR, "static", "fonts", "pdf")
STYLESHEET = Path(settings.BASE_DIR, "static", "css", "paper.css")  # the preview on the screen uses it too
SECONDS = 20  # for one letter, the start of the child included
MAX_HTML = 4_000_000  # bytes: a file of 400 notes and a logo stay far below it
ANSWER = struct.Struct("!cII")
LENGTH = struct.Struct("!I")
# What the child needs to find its libraries and a place for its fonts' list; no key, no password, no address.
PASSED_ON = ("LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "TMPDIR")

# Fourteen consonants and five vowels that sound apart over the telephone.
CONSONANTS = "bdfgjklmnprstw"
VOWELS = "aeiou"
WORDS = 5
# Nobody should have to read these to a parent.
UNKIND = (
    "kut",
    "lul",
    "pik",
    "pis",
    "kak",
    "ped",
    "tit",
    "sek",
    "mof",
    "jod",
    "jud",
    "put",
    "nep",
    "dom",
    "sod",
    "dod",
)


class PdfFailed(ValidationError):
    """No PDF was made. Carries a sentence for the user and a `code`: too_long, does_not_fit, busy, too_slow, broken,
    fonts, pango, outside, nesting, broken_seal or the name of what WeasyPrint raised."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What came out of one rendering: the HTML it was made of, the PDF, and how many pages it has."""

    html: str
    pdf: bytes
    pages: int


def render_html(template: str, letter: Any, *, is_dense: bool = False) -> str:
    """Return the HTML (or plain text) of `letter` (a dataclass of `letters.papers`) in the Dutch `template`.

    `is_dense` sets the lines closer, for a letter with long names.
    """
    with translation.override("nl"):  # paper is Dutch, whatever the screen speaks
        return render_to_string(template, {"letter": letter, "is_dense": is_dense})


def render(template: str, letter: Any) -> Rendered:
    """Return the HTML and the PDF of `letter` in `template`. Raises PdfFailed, and never hangs.

    A letter that says how many `sheets` it takes never gets more: its lines close up first, then it fails with the
    code `does_not_fit`.
    """
    if met_here():
        raise PdfFailed(
            _("A text of this file can't be opened. Ask your school's administrator before you go on."),
            code="broken_seal",
        )
    sheets = getattr(letter, "sheets", None)
    for is_dense in (False, True):
        html = render_html(template, letter, is_dense=is_dense)
        pages, pdf = _press.make(html)
        if sheets is None or pages <= sheets:
            return Rendered(html=html, pdf=pdf, pages=pages)
    raise PdfFailed(_("This letter does not fit on one sheet. Shorten your own words."), code="does_not_fit")


def protect(pdf: bytes, pass_phrase: str) -> bytes:
    """Return `pdf` encrypted (AES-256, R6): it opens with `pass_phrase` and nothing else, its title included."""
    outcome = io.BytesIO()
    # Nobody needs the owner's password; a random one means that nobody can lift the lock without the pass phrase.
    lock = pikepdf.Encryption(user=pass_phrase, owner=secrets.token_urlsafe(32), R=6, aes=True, metadata=True)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(outcome, encryption=lock)
    return outcome.getvalue()


def pass_phrase() -> str:
    """Return a new pass phrase of five made-up words ("bamo-tiru-keda-sola-gipe"): 60 bits, easy to say by phone."""
    words: list[str] = []
    while len(words) < WORDS:
        word = "".join(secrets.choice(letters) for letters in (CONSONANTS, VOWELS, CONSONANTS, VOWELS))
        if not any(part in word for part in UNKIND):
            words.append(word)
    return "-".join(words)


def _read_exactly(pipe: Any, size: int) -> bytes:
    """Return `size` bytes of `pipe`; raise EOFError when it ends before."""
    parts = bytearray()
    while len(parts) < size:
        part = pipe.read(size - len(parts))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


class _Press:
    """The child process, and the lock that gives it one letter at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.child: subprocess.Popen[bytes] | None = None
        self.is_too_slow = False

    def make(self, html: str) -> tuple[int, bytes]:
        """Return (pages, PDF). Raises PdfFailed."""
        body = html.encode()
        if len(body) > MAX_HTML:
            raise PdfFailed(_("This text is too long for one PDF. Make it shorter."), code="too_long")
        if not self.lock.acquire(timeout=2 * SECONDS):
            raise PdfFailed(_("Many PDFs are being made right now. Try again in a minute."), code="busy")
        try:
            return self._make(body)
        finally:
            self.lock.release()

    def _make(self, body: bytes) -> tuple[int, bytes]:
        """One letter, in a child that may have died meanwhile: that one is replaced once."""
        self.is_too_slow = False
        timer = threading.Timer(SECONDS, self._kill_slow)
        timer.daemon = True
        timer.start()
        try:
            for is_last in (False, True):
                try:
                    return self._ask(body)
                except (EOFError, OSError):
                    self.stop()
                    if self.is_too_slow:
                        raise PdfFailed(
                            _("Making the PDF took too long. Nothing was kept; try again."), code="too_slow"
                        ) from None
                    if is_last:
                        raise PdfFailed(_("The PDF could not be made. Nothing was kept."), code="broken") from None
            raise AssertionError
        finally:
            timer.cancel()

    def _ask(self, body: bytes) -> tuple[int, bytes]:
        """Send one letter to the living child and read its answer. Raises EOFError or OSError when it died."""
        child = self._living()
        todo = memoryview(LENGTH.pack(len(body)) + body)
        while todo:
            todo = todo[child.stdin.write(todo) :]
        return self._read(child)

    def _living(self) -> "subprocess.Popen[bytes]":
        """Return the child, started when there is none (or it died)."""
        if self.child is not None and self.child.poll() is None:
            return self.child
        self.stop()
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self.child = subprocess.Popen(
            [sys.executable, "-I", str(CHILD), str(FONTS), str(STYLESHEET), str(int(SECONDS) + 5)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,  # nothing half-sent in our memory that a fork could send twice
            env={**environment, "LANG": "C.UTF-8"},
            cwd="/",
        )
        self._read(self.child)
        return self.child

    def _read(self, child: "subprocess.Popen[bytes]") -> tuple[int, bytes]:
        """Return (pages, body) of the child's next answer. Raises PdfFailed on a code, EOFError when it died."""
        kind, pages, length = ANSWER.unpack(_read_exactly(child.stdout, ANSWER.size))
        body = _read_exactly(child.stdout, length)
        if kind == b"E":
            code = body.decode()
            if code in ("fonts", "pango"):
                raise PdfFailed(
                    _("This machine cannot make PDFs yet. Tell your administrator: %(what)s is missing."),
                    code=code,
                    params={"what": code},
                )
            raise PdfFailed(_("The PDF could not be made. Nothing was kept."), code=code)
        return pages, body

    def _kill_slow(self) -> None:
        """The limit has passed: end the child, which ends the reading."""
        self.is_too_slow = True
        child = self.child
        if child is not None:
            child.kill()

    def stop(self) -> None:
        """End the child, if there is one, and wait until it is gone."""
        child, self.child = self.child, None
        if child is not None:
            child.kill()
            child.wait()
            self._close(child)

    def forget(self) -> None:
        """After a fork: the child and the lock belong to the process we came from. Close our copies, kill nothing."""
        child, self.child = self.child, None
        self.lock = threading.Lock()
        if child is not None:
            child.returncode = 0  # it is not ours to wait for
            self._close(child)

    @staticmethod
    def _close(child: "subprocess.Popen[bytes]") -> None:
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):  # what was not sent any more is lost on purpose
                pipe.close()


_press = _Press()
os.register_at_fork(after_in_child=_press.forget)
atexit.register(_press.stop)
