"""What holds for the whole house, whoever builds on it."""

import ast
import gettext
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import models
from django.template import TemplateDoesNotExist, engines
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Kept, Recorded
from accounts.wall import SYSTEM, acting
from cases.models import FileRow, Guardian, Pupil, Trajectory
from tests.rows import one_of_each

ROOT = Path(settings.BASE_DIR)
APPS = ("config", "audit", "accounts", "cases", "consent", "meetings", "letters")
TEMPLATES = ROOT / "templates"
CATALOGUE = ROOT / "locale" / "nl" / "LC_MESSAGES" / "django.po"


def ours(kind=models.Model):
    """Every concrete model of the house of this kind, histories left out."""
    for model in apps.get_models():
        if model._meta.app_label in APPS and issubclass(model, kind) and not hasattr(model, "history_object"):
            yield model


def code():
    """Yield (module, path) of the product's own code."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield ".".join(path.relative_to(ROOT).with_suffix("").parts), path


def pages():
    """Yield (name, text) of every template that becomes a page: papers are rendered by a machine of their own."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        if path.parent.name != "letters" or "{% extends" in path.read_text():
            yield str(path.relative_to(TEMPLATES)), path.read_text()


# --- models and migrations -------------------------------------------------------------------------------------------


def test_no_model_has_changed_without_a_migration(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrations_are_named_by_hand():
    for app in APPS:
        for path in (ROOT / app).glob("migrations/[0-9]*.py"):
            assert re.fullmatch(r"\d{4}_[a-z][a-z0-9_]+", path.stem), path
            assert "auto" not in path.stem, path


def test_every_record_keeps_a_history_under_a_uuid_of_its_own():
    for model in ours(Recorded):
        history = model.history.model
        assert isinstance(history._meta.pk, models.UUIDField), model
        assert history._meta.pk.name == "history_id"
        assert isinstance(model._meta.pk, models.UUIDField), model
        assert history._meta.get_field("history_change_reason")
        assert history._meta.get_field("version")


def test_what_keeps_no_history_is_written_once_or_is_no_record():
    assert {model._meta.label for model in ours() if not issubclass(model, Recorded)} == {
        "audit.Event",
        "audit.EventHead",
        "audit.SealPoint",
        "accounts.User",
        "accounts.ExpertProfile",
        "accounts.SchoolKey",
        "accounts.Invitation",
        "accounts.Concern",
        "cases.GrantedHeading",
        "cases.KeptFile",
        "cases.TrajectoryGrant",
        "letters.ReadingLink",
    }


def test_every_record_above_the_accounts_belongs_to_one_school():
    for model in ours():
        if model._meta.app_label not in ("audit", "accounts", "config"):
            school = model._meta.get_field("school")
            assert not school.null, model
            assert school.remote_field.on_delete is models.PROTECT, model
            assert issubclass(model, Kept) or model._meta.label in (
                "cases.GrantedHeading",
                "cases.KeptFile",
                "cases.TrajectoryGrant",
                "letters.ReadingLink",
            )


def test_everything_that_hangs_in_a_file_says_in_which():
    """Whatever points at a case, or at something in one, carries the case itself: policies hang on it."""
    in_file = {Trajectory}
    while True:
        more = {
            model
            for model in ours()
            if model not in in_file
            and any(field.remote_field.model in in_file for field in model._meta.fields if field.remote_field)
        }
        if not more:
            break
        in_file |= more
    in_file -= {Trajectory, apps.get_model("cases", "TrajectoryGrant")}  # a grant's case is its content_object

    assert len(in_file) >= 17
    for model in in_file:
        assert not model._meta.get_field("trajectory").null, model
        assert model._meta.get_field("trajectory").remote_field.on_delete is models.PROTECT, model
        assert model._meta.get_field("school"), model
        assert issubclass(model, FileRow) or not issubclass(model, Recorded), model


def test_nothing_that_is_kept_goes_along_with_what_is_removed():
    for model in ours():
        for field in model._meta.fields:
            if field.remote_field and model._meta.label != "cases.TrajectoryGrant":
                assert field.remote_field.on_delete is models.PROTECT, f"{model._meta.label}.{field.name}"


def test_every_constraint_of_a_record_has_a_code_for_the_form():
    for model in ours(Recorded):
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.CheckConstraint):
                assert constraint.violation_error_code, constraint.name
            assert re.fullmatch(r"[a-z][a-z_]+", constraint.name), constraint.name


WRITES_ROWS_AT_ONCE = {
    "accounts.actions.close_links": "links: no record; an older one closes",
    "accounts.actions.drop_second_step": "the key to an account is no record",
    "accounts.rotation.replace_key": "a key is no record of a child: its row says which numbers still open",
    "accounts.rotation.destroy": "the same, and told in the record of doing",
    "accounts.rotation.drop_spent_keys": "the same",
    "letters.actions.make_reading_link": "links: no record; an older one closes",
    "consent.grants.settle": "a grant is no record: it is what the answers come to",
    "consent.grants._open": "an opened heading is a part of a grant",
    "config.measuring.add": "made-up children of the benchmark, taken back afterwards",
    "cases.actions.moving._erase": "what was written with the wrong child goes, its history too (decision 22)",
}


def test_records_are_saved_one_by_one_and_never_removed():
    """`.update()`, `bulk_create` and `.delete()` write no history, or write one of what never happened."""
    found = set()
    for module, path in code():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and any(writes_rows_at_once(part) for part in ast.walk(node)):
                found.add(f"{module}.{node.name}")

    assert found == set(WRITES_ROWS_AT_ONCE)


def writes_rows_at_once(node):
    """Whether this is a call that writes or removes rows past `save()`; a dict's own update takes a dict."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return (
        node.func.attr in {"bulk_create", "bulk_update", "update_or_create", "_raw_delete", "raw", "truncate"}
        or (node.func.attr == "update" and node.keywords and not node.args)
        or (node.func.attr == "delete" and not node.args)
    )


def test_nobody_asks_for_a_permission_by_its_name():
    """A grant opens a row through `for_user`, and through nothing else."""
    for module, path in code():
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        asked = {getattr(call.func, "attr", getattr(call.func, "id", "")) for call in calls}
        assert not asked & {"has_perm", "has_perms", "has_module_perms", "get_objects_for_user", "assign_perm"}, module


# --- names -----------------------------------------------------------------------------------------------------------


def names_of_children():
    """Every first name and surname of every child and its parents."""
    people = [(row.call_name, row.surname, row.first_names) for row in Pupil.objects.all()]
    people += [(row.first_name, row.surname, row.institution) for row in Guardian.objects.all()]
    return {part for names in people for name in names if name for part in name.split() if len(part) > 2}


def assert_nobody_is_named():
    """Look at every row of every table as a log or a traceback would show it."""
    names = names_of_children()
    named = re.compile(r"\b(" + "|".join(re.escape(name) for name in sorted(names)) + r")\b")
    seen, telling = 0, set()
    for model in apps.get_models():
        if model._meta.app_label in APPS and model._meta.label not in ("accounts.User", "audit.EventHead"):
            for row in model._base_manager.all():
                seen += 1
                for shown in (str(row), repr(row)):
                    if named.search(shown):
                        telling.add(model._meta.label)
    assert not telling
    return seen


def test_no_record_shows_a_name_in_a_log_or_a_traceback(cast, trajectory):
    one_of_each(cast, trajectory)
    with acting(SYSTEM):
        assert {"Emma", "Kaya", "Ayse"} <= names_of_children()
        assert assert_nobody_is_named() > 150


def test_a_list_of_rows_shows_no_name(cast, trajectory):
    with acting(SYSTEM):
        shown = repr(Pupil.objects.all()) + repr(list(Guardian.objects.all())) + repr(vars(Pupil.objects.first()))
    assert not re.search("Emma|Kaya|Ayse|Meisje|Zomer", shown)


# --- addresses -------------------------------------------------------------------------------------------------------


def addresses(resolver=None, namespaces=()):
    """Yield (namespaces, pattern) of every address."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, (*namespaces, *filter(None, [entry.namespace])))
        elif isinstance(entry, URLPattern):
            yield namespaces, entry


def test_every_address_of_ours_has_a_name_in_its_app():
    seen = set()
    for namespaces, entry in addresses():
        module = entry.callback.__module__
        if module.startswith("allauth."):
            assert entry.name.startswith(("account_", "mfa_", "usersessions_")), entry
        else:
            assert namespaces == (module.split(".")[0],), entry
            assert entry.name, entry
        assert (namespaces, entry.name) not in seen, f"{entry.name} stands twice"
        seen.add((namespaces, entry.name))


def test_an_address_holds_a_uuid_or_a_token_and_nothing_else_about_anybody():
    for _, entry in addresses():
        for name, converter in entry.pattern.converters.items():
            if entry.callback.__module__.startswith("allauth."):  # the number of an own passkey, for its owner alone
                continue
            kind = type(converter).__name__
            # `kind` is a word of ours for a sort of record: "notitie".
            assert kind == "UUIDConverter" or (name in ("token", "kind") and kind == "StringConverter"), entry


def test_an_address_that_people_see_ends_with_a_slash():
    for _, entry in addresses():
        route = str(entry.pattern)
        assert route == "" or route.endswith("/") or route in ("livez", "readyz"), route


# --- templates and files ---------------------------------------------------------------------------------------------


def test_templates_ask_nobody_for_permission():
    for name, text in pages():
        for word in ("perms.", "request.user", "is_superuser", "is_staff", "has_perm", "user."):
            assert not re.search(r"\{[{%][^}]*(?<![\w.])" + re.escape(word), text), f"{name}: {word}"
    for module, path in code():
        assert "is_superuser" not in path.read_text(), module


def test_pages_hold_no_style_or_script_of_their_own():
    """The content security policy refuses both; only what is printed carries its own."""
    refused = {
        "a style": r"<style\b|\sstyle\s*=",
        "a script": r"<script\b(?![^>]*\bsrc=)|javascript:",
        "a handler": r"<[^>]*\s(on[a-z]+|hx-on[:\w-]*)\s*=",
        "another's server": r"""(src|href|action)\s*=\s*["'](https?:)?//""",
    }
    for name, text in pages():
        for what, pattern in refused.items():
            assert not re.search(pattern, text, re.IGNORECASE), f"{name}: {what}"


def test_pages_escape_what_they_show():
    for name, text in pages():
        assert not re.search(r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b", text), name
    for module, path in code():
        assert not re.search(r"\bmark_safe\b|\bSafeString\b", path.read_text()), module


def test_every_template_compiles():
    for path in sorted(TEMPLATES.rglob("*.html")) + sorted(TEMPLATES.rglob("*.txt")):
        assert get_template(str(path.relative_to(TEMPLATES)))


def test_every_template_is_used():
    django_asks_for = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}
    allauth_asks_for = {"429.html"}
    texts = [path.read_text() for _, path in code()]
    texts += [path.read_text() for path in TEMPLATES.rglob("*.*")]
    told = set()
    for text in texts:
        told |= set(re.findall(r"""["']([\w./-]+\.(?:html|txt|css))["']""", text))
    unused = []
    for path in sorted(TEMPLATES.rglob("*.*")):
        name = str(path.relative_to(TEMPLATES))
        if name not in told | django_asks_for | allauth_asks_for and not takes_the_place_of_anothers(name):
            unused.append(name)

    assert not unused


def takes_the_place_of_anothers(name):
    """Whether an installed package has a template of this name, and so asks for it."""
    for loader in engines["django"].engine.template_loaders:
        for inner in getattr(loader, "loaders", [loader]):
            for origin in inner.get_template_sources(name):
                where = Path(origin.name)
                if where.exists() and TEMPLATES not in where.parents:
                    return True
    return False


def test_every_template_that_is_asked_for_is_there():
    for module, path in code():
        for node in ast.walk(ast.parse(path.read_text())):
            text = getattr(node, "value", None) if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and re.fullmatch(r"(\w+/)+\w+\.(html|txt)", text):
                try:
                    get_template(text)
                except TemplateDoesNotExist:
                    pytest.fail(f"{module} asks for {text}")
    for path in TEMPLATES.rglob("*.*"):
        for text in re.findall(r"""\{%\s*(?:include|extends)\s+["']([^"']+)["']""", path.read_text()):
            assert get_template(text), path


def test_every_static_file_that_is_named_is_there():
    named = set()
    for path in TEMPLATES.rglob("*.html"):
        named |= set(re.findall(r"""\{%\s*static\s+["']([^"']+)["']""", path.read_text()))
    for path in (ROOT / "static").rglob("*.css"):
        for place in re.findall(r"""url\(\s*["']?([^"')]+)["']?\s*\)""", path.read_text()):
            if not place.startswith(("data:", "#")):
                found = (path.parent / place.split("?")[0].split("#")[0]).resolve()
                named.add(str(found.relative_to(ROOT / "static")))
    assert len(named) >= 5
    for name in named:
        assert finders.find(name), name


def test_the_settings_are_short_enough_to_read():
    assert len((ROOT / "config" / "settings.py").read_text().splitlines()) < 250


def test_no_module_is_a_drawer_for_the_rest():
    for module, path in code():
        assert path.stem not in {"utils", "helpers", "common", "core", "misc", "signals", "selectors"}, module
        assert "signals" not in module


def test_nothing_is_printed_and_nothing_is_left_to_do():
    for module, path in code():
        text = path.read_text()
        assert not re.search(r"^\s*print\(", text, re.MULTILINE), module
        assert not re.search(r"#\s*(TODO|FIXME|XXX)\b", text), module


# --- words -----------------------------------------------------------------------------------------------------------


def run(*words, **options):
    """Run a tool of gettext or of Django; its complaint is the failure."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def catalogue(po, folder):
    """Return {msgid: msgstr} of what stands translated in a .po file: no fuzzy, no empty, nothing done with."""
    compiled = folder / f"{po.parent.name}-{po.stem}.mo"
    run("msgfmt", "--check-format", "-o", str(compiled), str(po))
    with compiled.open("rb") as file:
        words = gettext.GNUTranslations(file)._catalog
    return {(key[0] if isinstance(key, tuple) else key): value for key, value in words.items() if key}


@pytest.fixture(scope="module")
def wanted(tmp_path_factory):
    """Every message of the code and the pages, collected anew in a copy."""
    copy = tmp_path_factory.mktemp("words")
    for app in (*APPS, "templates"):
        shutil.copytree(ROOT / app, copy / app, ignore=shutil.ignore_patterns("__pycache__", "migrations"))
    (copy / "locale").mkdir()
    bare = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    run(sys.executable, "-m", "django", "makemessages", "--locale", "nl", "--no-location", cwd=copy, env=bare)
    collected = copy / "locale" / "nl" / "LC_MESSAGES" / "django.po"
    filled = copy / "filled.po"
    run("msgen", "--output-file", str(filled), str(collected))  # each message as its own translation
    return set(catalogue(filled, copy))


def test_every_message_stands_in_dutch(wanted, tmp_path):
    assert len(wanted) > 300

    assert not sorted(wanted - set(catalogue(CATALOGUE, tmp_path)))


def test_nothing_stands_in_dutch_that_is_said_nowhere(wanted, tmp_path):
    assert not sorted(set(catalogue(CATALOGUE, tmp_path)) - wanted)


def test_the_dutch_catalogue_is_whole(tmp_path):
    told = subprocess.run(
        ["msgfmt", "--statistics", "--check", "-o", str(tmp_path / "nl.mo"), str(CATALOGUE)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"LC_ALL": "C"},
    )

    assert told.returncode == 0, told.stderr
    assert re.fullmatch(r"\d+ translated messages\.", told.stderr.strip()), told.stderr
