"""Every action that the code writes into the record of looking. Run as a script, writes `docs/reference/events.md`."""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
APPS = ("config", "audit", "accounts", "cases", "consent", "meetings", "letters")
DOCUMENT = ROOT / "docs" / "reference" / "events.md"
# What stands for the changing part of an action: a place that is not here fails the suite.
CHANGING = {
    "grant.{what}": ("given", "changed", "ended"),
    "trajectory.{how}": ("opened", "taken_over"),
    "trajectory.{why}": ("rested", "resumed", "reopened", "closed"),
    "{row._meta.model_name}.moved_away": ("entry", "document", "conversation"),
    "{row._meta.model_name}.moved_here": ("entry", "document", "conversation"),
    "right.{outcome}": ("approved", "refused", "withdrawn"),
    "refused.{response.status_code}": ("403", "404"),
}
FIELDS = (
    ("at", "wanneer"),
    ("action", "wat er gebeurde: een code uit de tabel hieronder"),
    ("actor, actor_name, actor_role", "wie, en in welke rol(len) op dat moment"),
    ("on_behalf", "voor wie: de leerkracht voor wie iemand invalt, de ouder van wie de school een antwoord opschrijft"),
    ("school, dossier", "van welke school en welk traject"),
    ("kind, subject", "welk gegeven: soort en nummer"),
    ("ground", "op welke grond iemand het mocht zien"),
    ("detail", "codes en aantallen, nooit woorden over een kind"),
    ("session, request", "in welke sessie (een afdruk met een sleutel, nooit het nummer zelf) en bij welk verzoek"),
    ("chain, seq, previous, seal", "de plaats in de keten: wie iets wijzigt of weghaalt, wordt gevonden"),
)


def _texts(node):
    """The texts that an argument can be."""
    if isinstance(node, ast.IfExp):
        return _texts(node.body) + _texts(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return [
            "".join(
                part.value if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"
                for part in node.values
            )
        ]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def written():
    """Return every action as it stands in the code, as {text: does a subject come along}."""
    found = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record" and node.args:
                    for text in _texts(node.args[0]) or [ast.unparse(node.args[0])]:
                        given = {word.arg for word in node.keywords} - {"by"}
                        kept = found.setdefault(text, set())
                        kept |= given | ({"kind, subject"} if len(node.args) > 1 else set())
    found.pop("action", None)  # what the wall writes down for a view: these two
    return found | {
        "page.looked": {"kind, subject", "ground", "detail"},
        "page.sent": {"kind, subject", "ground", "detail"},
    }


def actions():
    """Return {action: which fields come along}, with what changes filled in."""
    found = {}
    for text, fields in written().items():
        if "{" not in text:
            found.setdefault(text, set()).update(fields)
            continue
        before, after = text.partition("{")[0], text.partition("}")[2]
        for word in CHANGING[text]:
            found.setdefault(f"{before}{word}{after}", set()).update(fields)
    return found


def document():
    """The table as people read it."""
    from django.utils import translation

    from cases.event_words import action_words

    with translation.override("nl"):
        rows = [(action, action_words(action), fields) for action, fields in sorted(actions().items())]
    lines = [
        "# Wat het inzagelog vastlegt",
        "",
        "Naar het model van NEN 7513. Elke regel zegt wie, in welke rol, wat, wanneer en op welke grond; nooit wat er",
        "stond. Dit bestand wordt geschreven door `./dev python tests/actions_recorded.py`.",
        "",
        "| veld | wat het zegt |",
        "|---|---|",
        *(f"| `{name}` | {words} |" for name, words in FIELDS),
        "",
        "Altijd gevuld: wie, rol, wanneer, wat, keten, en bij een pagina de sessie en het verzoek. Verder:",
        "",
        "| code | in woorden | ook gevuld |",
        "|---|---|---|",
        *(f"| `{action}` | {words} | {', '.join(sorted(fields)) or '-'} |" for action, words, fields in rows),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import os

    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    DOCUMENT.write_text(document(), encoding="utf-8")
