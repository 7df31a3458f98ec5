"""The look keeps its promises: readable colours, nothing from another host, nothing inline."""

import hashlib
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
THEME = (STATIC / "css" / "theme.css").read_text()
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TOKENS = dict(re.findall(r"--zd-([a-z0-9-]+): (#[0-9a-f]{6});", THEME))

TEXT = [
    *[
        (ink, ground)
        for ink in ("ink", "ink-strong", "muted", "teal", "teal-dark", "danger")
        for ground in ("card", "page", "teal-soft", "quiet-soft", "ok-soft", "warn-soft", "danger-soft")
    ],
    *[(ink, ground) for ink in ("wait", "ok", "warn") for ground in ("card", "page")],
    *[("card", ground) for ground in ("teal", "teal-dark", "danger", "tryout")],
]
EDGES = [
    *[
        (edge, ground)
        for edge in ("control", "teal", "wait", "ok", "warn", "danger")
        for ground in ("card", "page", "quiet-soft", "teal-soft")
    ],
    *[(f"school-{number}", "card") for number in range(1, 7)],
    ("focus", "teal"),
    ("focus", "ink-strong"),
    ("ink-strong", "card"),
    ("ink-strong", "page"),
]


def light(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((light(TOKENS[one]), light(TOKENS[other])))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read_on_its_ground(ink, ground):
    assert contrast(ink, ground) >= 4.5


@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_controls_and_marks_can_be_seen(edge, ground):
    assert contrast(edge, ground) >= 3


def test_the_six_colours_of_schools_differ_from_each_other():
    colours = [TOKENS[f"school-{number}"] for number in range(1, 7)]
    assert len(set(colours)) == 6


def test_links_have_the_teal_that_was_measured():
    red, green, blue = (int(TOKENS["teal"][at : at + 2], 16) for at in (1, 3, 5))
    assert f"--bs-link-color-rgb: {red}, {green}, {blue};" in THEME


def test_no_style_sheet_or_script_asks_another_host_or_another_file_for_a_map():
    for path in [*STATIC.rglob("*.css"), *STATIC.rglob("*.js")]:
        text = path.read_text()
        assert not re.search(r"url\(\s*['\"]?(?:https?:)?//", text), path
        assert "@import" not in text, path
        assert "sourceMappingURL" not in text, path


def test_every_file_that_the_theme_names_exists():
    named = re.findall(r"url\(\"([^\"]+)\"\)", THEME)
    assert len(named) == 6
    for name in named:
        assert (STATIC / "css" / name).resolve().is_file(), name


@pytest.mark.parametrize("name", ["Regular", "Bold", "Italic"])
def test_the_fonts_for_paper_are_small_and_hold_the_letters_of_every_name(name):
    path = STATIC / "fonts" / "pdf" / f"NotoSans-{name}.ttf"
    assert path.stat().st_size < 200_000
    letters = TTFont(path).getBestCmap()
    assert not [letter for letter in "éëïöüçğışİŞŁőřțåøñãěđĐưạế€–‘’“”…" if ord(letter) not in letters]


def test_there_is_a_font_with_a_box_to_tick():
    letters = TTFont(STATIC / "fonts" / "pdf" / "NotoSansSymbols2-Regular.ttf").getBestCmap()
    assert {ord("☐"), ord("☒")} <= set(letters)


def test_other_peoples_files_are_the_ones_that_the_lists_name():
    for folder in (STATIC / "vendor", STATIC / "fonts"):
        listed = re.findall(r"^\| `([^`]+)` \|.*`([0-9a-f]{64})` \|$", (folder / "README.md").read_text(), re.MULTILINE)
        assert listed
        for name, digest in listed:
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_holds_inline_script_or_style_or_trusts_text(path):
    text = path.read_text()
    assert "|safe" not in text
    assert "autoescape off" not in text
    # A letter's own sheet is not served: it is read by the maker of the PDF.
    if path.is_relative_to(ROOT / "templates" / "letters"):
        return
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_the_theme_speaks_to_print_to_small_screens_and_to_less_motion():
    for question in ("@media print", "prefers-reduced-motion: reduce", "max-width: 35.99em", "forced-colors: active"):
        assert question in THEME
