"""What comes out of the PDF process, and what it survives."""

import contextlib
import io
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pikepdf
import pypdf
import pytest

from letters import pdf
from letters.papers import Reminder

LETTER, REMINDER, REPORT = "letters/parent_letter.html", "letters/reminder.html", "letters/report.html"
A_LINE = "<!doctype html><html lang=nl><head><title>Proef</title>{head}</head><body><p>Regel</p>{body}</body></html>"


def read(made):
    """Return the text of each page, its words one space apart."""
    reader = pypdf.PdfReader(io.BytesIO(made))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def structure(made):
    """Return the tags of a PDF in their order, each with its dictionary."""
    found, todo = [], [pypdf.PdfReader(io.BytesIO(made)).trailer["/Root"]["/StructTreeRoot"]["/K"]]
    while todo:
        node = todo.pop(0)
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            todo = list(node) + todo
        elif isinstance(node, dict):
            found.append((node.get("/S"), node))
            todo.insert(0, node.get("/K", []))
    return found


def gone(pid):
    """Tell whether the process `pid` ended (or waits as a zombie for whoever inherited it)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.fixture
def listener():
    """A web server on this machine that counts who asks."""
    asked = []

    class Counter(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Counter)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


# --- what comes out


def test_a_letter_is_tagged_and_says_that_it_is_dutch(letter):
    made = pdf.render(LETTER, letter).pdf
    root = pypdf.PdfReader(io.BytesIO(made)).trailer["/Root"]
    tags = [tag for tag, _node in structure(made)]
    assert root["/Lang"] == "nl"
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert tags.count("/H1") == 1
    assert tags.count("/H2") == 5
    assert {"/Table", "/TH", "/TD", "/L", "/LI", "/P", "/Document"} <= set(tags)


def test_every_cell_of_the_choice_knows_its_question_and_its_choice(letter):
    cells = [node for tag, node in structure(pdf.render(LETTER, letter).pdf) if tag == "/TD"]
    assert all(len(cell["/A"]["/Headers"]) >= 2 for cell in cells[:6])


def test_title_and_properties_of_a_pdf_hold_no_name(letter, report):
    for template, paper in ((LETTER, letter), (REPORT, report)):
        reader = pypdf.PdfReader(io.BytesIO(pdf.render(template, paper).pdf))
        told = str(dict(reader.metadata)) + reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
        assert reader.metadata.title in {"Brief met een vraag, kenmerk 7Q2-A", "Gespreksverslag E.K."}
        for name in ("Emma", "Kaya", "Lotte", "Visser", "Boer"):
            assert name not in told


def test_only_our_own_fonts_are_used_and_they_are_inside(letter):
    for page in pypdf.PdfReader(io.BytesIO(pdf.render(LETTER, letter).pdf)).pages:
        fonts = [font.get_object() for font in page["/Resources"]["/Font"].get_object().values()]
        assert fonts
        for font in fonts:
            assert "Noto-Sans" in font["/BaseFont"]
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor


def test_an_ordinary_letter_is_one_sheet_and_a_slip(letter):
    made = pdf.render(LETTER, letter)
    first, slip = read(made.pdf)
    assert made.pages == 2
    assert "dense" not in made.html
    assert first.startswith("Basisschool De Wilgenboom Schoolstraat 1")
    assert "Mag de expert weten wie Emma is? U kiest." in first
    assert "Met vriendelijke groet, Marloes Visser intern begeleider Lotte de Wit leerkracht groep 5" in first
    assert slip.startswith("Uw antwoord Kenmerk 7Q2-A · over E.K., groep 5 ZV-7Q2-A Graag terug voor 26 november 2026")


def test_the_longest_letter_is_still_one_sheet_at_ten_points(make_longest):
    made = pdf.render(LETTER, make_longest())
    first, slip = read(made.pdf)
    assert made.pages == 2
    assert "leerkracht groep 5/6" in first
    assert "over hoe het gaat." in first
    assert "Ik antwoord namens ons beiden." in slip
    sizes = []
    for page in pypdf.PdfReader(io.BytesIO(made.pdf)).pages:
        page.extract_text(
            visitor_text=lambda text, _cm, tm, _font, size: sizes.append(abs(size * tm[3])) if text.strip() else None
        )
    assert min(sizes) >= 9.99


def test_the_slip_stays_on_its_own_half_page(make_longest):
    lowest = []
    pages = pypdf.PdfReader(io.BytesIO(pdf.render(LETTER, make_longest()).pdf)).pages
    pages[1].extract_text(
        visitor_text=lambda text, cm, tm, *_rest: lowest.append(cm[5] + tm[5] * cm[3]) if text.strip() else None
    )
    assert min(lowest) > 842 / 2 - 12  # the line under the cut may hang just below the middle


def test_the_address_is_where_a_window_envelope_looks(letter):
    places = {}
    page = pypdf.PdfReader(io.BytesIO(pdf.render(LETTER, letter).pdf)).pages[0]

    def note(text, cm, tm, *_rest):
        places.setdefault(text.strip(), (cm[4] + tm[4] * cm[0], 842 - cm[5] - tm[5] * cm[3]))

    page.extract_text(visitor_text=note)
    millimetre = 72 / 25.4
    for line in ("Mevrouw A. Kaya", "Dorpsstraat 12"):
        left, top = places[line]
        assert 22 * millimetre < left < 30 * millimetre
        assert 37 * millimetre < top < 62 * millimetre


def test_a_letter_that_would_need_a_third_sheet_is_refused(letter, monkeypatch):
    monkeypatch.setattr(pdf, "render_html", lambda *_a, **_k: A_LINE.format(head="", body="<p>Regel</p>" * 400))
    with pytest.raises(pdf.PdfFailed) as caught:
        pdf.render(LETTER, letter)
    assert caught.value.code == "does_not_fit"


def test_a_letter_without_address_says_that_it_was_handed_over(make_letter):
    first = read(pdf.render(LETTER, make_letter(address=())).pdf)[0]
    assert "Dorpsstraat" not in first
    assert "Persoonlijk overhandigd" in first


def test_the_reminder_is_one_sheet_with_the_slip_again(letter, make_longest):
    for first in (letter, make_longest()):
        made = pdf.render(REMINDER, Reminder(first=first, sent_on=date(2026, 11, 27), due_on=date(2026, 12, 10)))
        assert made.pages == 2
        sheet, slip = read(made.pdf)
        assert "10 december 2026" in sheet
        assert "Graag terug voor 10 december 2026" in slip


def test_a_report_reads_as_it_was_told(report):
    text = read(pdf.render(REPORT, report).pdf)[0]
    assert "Emma Kaya, groep 5" in text
    assert "Elke ochtend oefenen juf Lotte 12 december 2026" in text
    assert "Mevrouw A. Kaya: heeft bezwaar. Wilde geen reden noemen." in text
    assert "komt in de plaats van de vorige" not in text


def test_a_second_version_says_that_it_replaces_the_first(report):
    text = read(pdf.render(REPORT, replace(report, version=2)).pdf)[0]
    assert "Dit is versie 2. Deze versie komt in de plaats van de vorige." in text


def test_further_pages_of_a_report_carry_initials_and_no_name(report):
    long = replace(report, text=("Wij spraken over het rekenen en de pauze. " * 12,) * 25)
    pages = read(pdf.render(REPORT, long).pdf)
    assert len(pages) > 2
    assert "E.K. · groep 5 · gesprek van 10 november 2026" in pages[1]
    assert "Emma" not in pages[1]


# --- what it does not do


@pytest.mark.parametrize(
    "part",
    [
        '<img src="{url}/a.png">',
        '<link rel="stylesheet" href="{url}/a.css">',
        "<style>@import url({url}/b.css)</style>",
        "<style>p {{ background: url({url}/c.png) }}</style>",
        "<style>@font-face {{ font-family: x; src: url({url}/d.ttf) }} p {{ font-family: x }}</style>",
        '<object data="{url}/e.svg"></object>',
        '<embed src="{url}/f.svg">',
        '<link rel="attachment" href="{url}/g.txt">',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}/h.png" width="9" height="9"/></svg>',
    ],
)
def test_a_hostile_page_fetches_nothing(part, listener, tmp_path):
    address, asked = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    for url in (address, secret.as_uri()):
        hostile = A_LINE.format(head=part.format(url=url), body=part.format(url=url))
        outcome = b""
        with contextlib.suppress(pdf.PdfFailed):  # refusing is fine, and leaving out is fine
            outcome = pdf._press.make(hostile)[1]
        assert b"EmbeddedFile" not in outcome
        assert b"geheim" not in outcome
    assert asked == []


def test_hostile_text_stays_text_and_fetches_nothing(make_letter, listener):
    address, asked = listener
    words = f'<img src="{address}/x"><style>@import url(file:///etc/passwd)</style>'
    text = read(pdf.render(LETTER, make_letter(own_words=words)).pdf)[0]
    assert f'<img src="{address}/x">' in text
    assert asked == []


def test_a_relative_address_finds_no_file():
    with pytest.raises(pdf.PdfFailed) as caught:
        pdf._press.make(A_LINE.format(head='<base href="file:///etc/">', body='<img src="hostname">'))
    assert caught.value.code == "outside"


def test_the_child_gets_no_secret_and_no_django(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "geheim")
    monkeypatch.setenv("DATABASE_URL", "postgres://geheim")
    pdf._press.stop()
    pdf._press.make(A_LINE.format(head="", body=""))
    told = Path(f"/proc/{pdf._press.child.pid}/environ").read_bytes()
    assert b"geheim" not in told
    names = {part.partition(b"=")[0] for part in told.split(b"\0") if part}
    assert names <= {b"LANG", *(name.encode() for name in pdf.PASSED_ON)}
    look = (
        "import runpy, sys; made = runpy.run_path(sys.argv[1], run_name='look');"
        "made['Press'](*sys.argv[2:]); assert not [m for m in sys.modules if m.startswith(('django', 'letters'))]"
    )
    arguments = [str(pdf.CHILD), str(pdf.FONTS), str(pdf.STYLESHEET)]
    subprocess.run([sys.executable, "-I", "-c", look, *arguments], check=True, env={}, cwd="/")


# --- what it survives


def test_after_the_child_was_killed_the_next_letter_works(letter):
    pdf.render(LETTER, letter)
    before = pdf._press.child
    before.kill()
    assert pdf.render(LETTER, letter).pages == 2
    assert pdf._press.child.pid != before.pid


def test_a_page_that_takes_too_long_is_stopped_and_the_next_letter_works(letter, monkeypatch):
    pdf.render(LETTER, letter)
    bomb = A_LINE.format(head="", body="<table>" + "<tr>" + "<td>x" * 60 + "</tr>" * 1 + ("<tr>" + "<td>x" * 60) * 400)
    with monkeypatch.context() as quick:
        quick.setattr(pdf, "SECONDS", 1)
        began = time.monotonic()
        with pytest.raises(pdf.PdfFailed) as caught:
            pdf._press.make(bomb)
        assert time.monotonic() - began < 3
    assert caught.value.code == "too_slow"
    assert pdf.render(LETTER, letter).pages == 2


def test_elements_too_deep_inside_each_other_are_refused_and_the_child_lives_on(letter):
    pdf.render(LETTER, letter)
    before = pdf._press.child.pid
    with pytest.raises(pdf.PdfFailed) as caught:
        pdf._press.make(A_LINE.format(head="", body="<div>" * 3000))
    assert caught.value.code == "nesting"
    assert pdf._press.child.pid == before


def test_a_text_beyond_all_measure_is_refused_before_it_is_sent():
    with pytest.raises(pdf.PdfFailed) as caught:
        pdf._press.make("x" * (pdf.MAX_HTML + 1))
    assert caught.value.code == "too_long"


def test_without_fonts_a_sentence_says_so_and_nothing_crashes(monkeypatch, tmp_path):
    pdf._press.stop()
    monkeypatch.setattr(pdf, "FONTS", tmp_path)
    try:
        with pytest.raises(pdf.PdfFailed) as caught:
            pdf._press.make(A_LINE.format(head="", body=""))
        assert caught.value.code == "fonts"
    finally:
        pdf._press.stop()


def test_eight_threads_each_get_their_own_letter(make_letter):
    got = {}

    def ask(number):
        got[number] = read(pdf.render(LETTER, make_letter(reference=f"N{number}-A")).pdf)[0]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f"Kenmerk N{number}-A" in got[number] for number in range(8))


def script(body):
    """Run `body` in a process of its own that has `pdf` and `page`; return what it printed."""
    lines = f"""
import os, signal, sys
from django.conf import settings
settings.configure(BASE_DIR={str(Path(pdf.CHILD).parent.parent)!r})
from letters import pdf
page = {A_LINE.format(head="", body="")!r}
{body}
"""
    done = subprocess.run(
        [sys.executable, "-c", lines],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(pdf.CHILD).parent.parent,
        env={**os.environ, "PYTHONPATH": str(Path(pdf.CHILD).parent.parent)},
    )
    return done.stdout.split(), done.stderr


def test_the_child_is_gone_when_its_parent_is_killed():
    words, _errors = script(
        "pdf._press.make(page); print(pdf._press.child.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    until = time.monotonic() + 10
    while not gone(int(words[0])) and time.monotonic() < until:
        time.sleep(0.05)
    assert gone(int(words[0]))


def test_after_a_fork_each_process_has_a_child_of_its_own():
    words, errors = script(
        "pdf._press.make(page); mine = pdf._press.child.pid\n"
        "pid = os.fork()\n"
        "if not pid:\n"
        "    pdf._press.make(page); print(pdf._press.child.pid, flush=True); pdf._press.stop(); os._exit(0)\n"
        "os.waitpid(pid, 0); pdf._press.make(page); print(pdf._press.child.pid, mine)"
    )
    theirs, after, before = words
    assert after == before, errors
    assert theirs != before


# --- the protected copy


def test_a_protected_copy_opens_with_the_pass_phrase_alone(letter):
    made = pdf.render(LETTER, letter).pdf
    phrase = pdf.pass_phrase()
    locked = pdf.protect(made, phrase)
    for wrong in ("", "iets anders", phrase.replace("-", "")):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(io.BytesIO(locked), password=wrong)
    with pikepdf.open(io.BytesIO(locked), password=phrase) as opened:
        assert opened.encryption.R == 6
        assert opened.encryption.bits == 256
        assert len(opened.pages) == 2
        assert "/StructTreeRoot" in opened.Root
    for word in (b"kenmerk", b"7Q2-A", b"pdfuaid"):
        assert word not in locked


def test_a_pass_phrase_is_sixty_bits_of_words_that_can_be_said():
    phrases = {pdf.pass_phrase() for _ in range(500)}
    assert len(phrases) == 500
    for phrase in phrases:
        words = phrase.split("-")
        assert [len(word) for word in words] == [4] * 5
        assert not any(part in word for part in pdf.UNKIND for word in words)
    kind = sum(
        not any(part in a + b + c + d for part in pdf.UNKIND)
        for a in pdf.CONSONANTS
        for b in pdf.VOWELS
        for c in pdf.CONSONANTS
        for d in pdf.VOWELS
    )
    assert kind**pdf.WORDS >= 2**60
