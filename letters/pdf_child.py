"""The process that makes PDFs: HTML in, bytes out, and nothing else.

`letters.pdf` starts this file by its path, in Python's isolated mode (`-I`) and with an empty environment. It imports
no Django, knows no database and holds no key, so that what goes wrong in a PDF stays in here.

Frames: a request is four bytes of length and the HTML. An answer is one letter (`R` ready, `P` a PDF, `E` an error),
four bytes of pages, four bytes of length, and the PDF or the code of the error. Errors are codes: what the HTML said
is never repeated. The end of standard input is the end of this process, so it goes with its parent.
"""

import contextlib
import os
import resource
import signal
import struct
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

ANSWER = struct.Struct("!cII")
LENGTH = struct.Struct("!I")
MAX_DEPTH = 60  # elements inside each other; our own paper needs some twelve
MAX_MEMORY = 2 * 1024**3
FONTS_CONF = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>"""
# An HTML page has no business with these; the fetcher refuses first, this is the lock behind it.
FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "ctypes.dlopen")


class Refused(Exception):
    """The HTML is not what our templates make."""


def limit_memory():
    """Let a bomb in the HTML hit this process's own ceiling, and not the machine's."""
    with contextlib.suppress(ValueError, OSError):  # not every system knows this limit
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def refuse_the_outside(event, _arguments):
    """Audit hook: raise PermissionError on whatever reaches outside this process."""
    if event.startswith(FORBIDDEN):
        raise PermissionError(event)


def depth_of(root):
    """Return how many elements of a page lie inside each other at most, without recursion."""
    deepest, todo = 0, [(root, 1)]
    while todo:
        element, depth = todo.pop()
        deepest = max(deepest, depth)
        todo.extend((child, depth + 1) for child in element)
    return deepest


class Press:
    """Fonts and stylesheet, made once; `make(html)` returns (pages, PDF)."""

    def __init__(self, fonts, stylesheet):
        """Load the fonts in the folder `fonts` (the only ones this process knows) and the CSS file `stylesheet`."""
        # A letter looks the same on every machine when no font of the machine takes part. With no font at all
        # the text library crashes, hence the look beforehand.
        if not any(Path(fonts).glob("*.ttf")):
            raise FileNotFoundError(fonts)
        with tempfile.TemporaryDirectory(prefix="zorgvuldig-fonts-") as folder:
            conf = Path(folder, "fonts.conf")
            conf.write_text(FONTS_CONF.format(fonts=escape(fonts), cache=escape(folder)), "utf-8")
            os.environ["FONTCONFIG_FILE"] = str(conf)
            from weasyprint import CSS, HTML
            from weasyprint.text.fonts import FontConfiguration
            from weasyprint.urls import URLFetcher

            self.html = HTML
            self.fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False, fail_on_errors=True)
            self.fonts = FontConfiguration()
            self.paper = CSS(
                string=Path(stylesheet).read_text("utf-8"), url_fetcher=self.fetcher, font_config=self.fonts
            )
            self.make("<html lang=nl><title>-</title><p>Warm <b>in</b> <i>en</i>")  # and the fonts have been read

    def make(self, html):
        """Return (pages, PDF) of `html`; raise Refused, or what WeasyPrint raises."""
        page = self.html(string=html, base_url="about:blank", url_fetcher=self.fetcher)
        if depth_of(page.etree_element) > MAX_DEPTH:
            raise Refused
        document = page.render(font_config=self.fonts, stylesheets=[self.paper], pdf_variant="pdf/ua-1")
        return len(document.pages), document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)


def serve(press, inbox, answer, seconds):
    """Answer requests until `inbox` ends. `seconds` bounds each of them, also when the parent is gone."""
    from weasyprint.urls import FatalURLFetchingError  # a BaseException: it slips past `except Exception`

    while len(head := inbox.read(LENGTH.size)) == LENGTH.size:
        html = inbox.read(LENGTH.unpack(head)[0])
        signal.alarm(seconds)
        try:
            pages, pdf = press.make(html.decode("utf-8"))
        except FatalURLFetchingError:
            answer(b"E", b"outside")
        except (Refused, RecursionError):
            answer(b"E", b"nesting")
        except Exception as error:  # noqa: BLE001 - the next letter must work, whatever this one did
            answer(b"E", type(error).__name__.encode())
        else:
            answer(b"P", pdf, pages)
        finally:
            signal.alarm(0)


def main(fonts, stylesheet, seconds):
    """Run: say ready (or why not), then serve."""
    # Whatever prints, prints to nowhere: the pipe carries frames alone.
    outbox = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def answer(kind, body, pages=0):
        outbox.write(ANSWER.pack(kind, pages, len(body)) + body)
        outbox.flush()

    limit_memory()
    try:
        press = Press(fonts, stylesheet)
    except FileNotFoundError:
        answer(b"E", b"fonts")
    except OSError:  # what WeasyPrint raises at import when Pango is not installed
        answer(b"E", b"pango")
    else:
        sys.addaudithook(refuse_the_outside)
        answer(b"R", b"")
        with contextlib.suppress(BrokenPipeError):
            serve(press, sys.stdin.buffer, answer, int(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
