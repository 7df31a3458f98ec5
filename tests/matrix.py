"""The matrix as people read it. Run as a script, it writes `docs/reference/matrix.md`."""

from pathlib import Path

from django.utils import translation

DOCUMENT = Path(__file__).parent.parent / "docs" / "reference" / "matrix.md"


def document():
    """Who reads what, by part of the file."""
    from cases.matrix import COLUMNS, lines

    with translation.override(None):
        rows = [
            "# The matrix",
            "",
            "Who reads which part of a child's file. The table is `cases/matrix.py`; pages and papers ask it, and",
            "`tests/cases/test_matrix.py` holds every cell against the database and against the pages. Everybody else:",
            "a colleague without this child, somebody from another school, who is kept from the file, an expert whose",
            "guidance is over. This file is written by `./dev python tests/matrix.py`.",
            "",
            "| part | " + " | ".join(str(column.name) for column in COLUMNS) + " |",
            "|---" * (len(COLUMNS) + 1) + "|",
        ]
        for name, cells in lines():
            rows.append(f"| {name} | " + " | ".join(str(cell.label) for cell in cells) + " |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    import django

    django.setup()
    DOCUMENT.write_text(document(), encoding="utf-8")
