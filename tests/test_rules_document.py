"""What docs/rules.md and docs/glossary.md promise: every name in them exists, and every number stands once."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
RULES, DECISIONS = range(1, 139), range(1, 23)
APPS = ("accounts", "audit", "cases", "config", "consent", "letters", "meetings")


def rows_of(document):
    """The rows of the tables in a document, as lists of cells; heads and rules between them left out."""
    for line in (DOCS / document).read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and not line.startswith("|---"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def rules():
    """The rows about a rule or a decision."""
    return [row for row in rows_of("rules.md") if re.fullmatch(r"R?\d+", row[0])]


def names_in(cell):
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


def known_tests():
    """The names of all tests."""
    found = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return {name for name in found if name.startswith("test_")}


def constraints():
    """The names of all constraints of our tables."""
    models = (model for model in apps.get_models() if model._meta.app_label in APPS)
    return {constraint.name for model in models for constraint in model._meta.constraints}


def exists(name):
    """Whether a name of the documents stands for something: a constraint, a file, or what Python finds there."""
    if "/" in name:
        return (ROOT / name).exists()
    if "." not in name:
        return name in constraints()
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for part in parts[length:]:
            # A field of a model is on the class too, but for one that waits for its row.
            fields = {field.name for field in found._meta.get_fields()} if hasattr(found, "_meta") else set()
            if not hasattr(found, part) and part not in fields:
                return False
            found = getattr(found, part, None)
        return True
    return False


@pytest.mark.parametrize("row", rules(), ids=lambda row: row[0])
def test_every_rule_says_where_it_holds_and_what_shows_it(row):
    _number, words, places, shown = row

    assert words
    assert names_in(places)
    assert [name for name in names_in(places) if not exists(name)] == []
    assert names_in(shown)
    assert set(names_in(shown)) <= known_tests()


def test_every_rule_and_every_decision_is_either_kept_or_named_as_not_built():
    kept = [row[0] for row in rules()]
    _before, _found, waiting = (DOCS / "rules.md").read_text(encoding="utf-8").partition("## Not built yet")
    (lacking,) = re.findall(r"^Rules: (.+)\.$", waiting, re.MULTILINE)
    (undecided,) = re.findall(r"^Decisions: (.+)\.$", waiting, re.MULTILINE)

    assert sorted([*(int(name[1:]) for name in kept if name[0] == "R"), *spans(lacking)]) == list(RULES)
    assert sorted([*(int(name) for name in kept if name[0] != "R"), *spans(undecided)]) == list(DECISIONS)


def spans(text):
    """The numbers in "R29-R32, R37"."""
    for span in text.replace("R", "").split(", "):
        first, _dash, last = span.partition("-")
        yield from range(int(first), int(last or first) + 1)


def test_every_term_of_the_glossary_is_in_the_code():
    rows = [row for row in rows_of("glossary.md") if row[0] != "Dutch"]

    assert rows
    for dutch, code, meaning in rows:
        assert meaning, dutch
        assert names_in(code), dutch
        assert [name for name in names_in(code) if not exists(name)] == [], dutch


def test_every_document_is_in_the_index():
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(([^)#]+)\)", index))

    assert linked == {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")} - {"README.md"}


def test_every_decision_of_the_house_has_the_same_parts():
    papers = sorted((DOCS / "adr").glob("*.md"))

    assert [path.name[:4] for path in papers] == [f"{number:04d}" for number in range(1, len(papers) + 1)]
    for path in papers:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. ")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences", "Revisit when"]
