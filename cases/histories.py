"""The histories of records: who changed what, when and why. Rooms above add theirs, once, when the application starts.

Beside `cases.timeline` and `cases.today` one more list by which the house asks upward: which record has a page of its
history, what its fields and reasons are called, and which function of the database tells a supervisor of its changes.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils.translation import gettext as _

from accounts.dates import short_date
from accounts.models import User
from audit.record import SYSTEM
from cases.access import Reading

# What says nothing to a reader: keys, counters, bytes, codes of the machine.
TECHNICAL = {"id", "school", "trajectory", "pupil", "version", "key_mac", "file", "skipped", "position", "item"}


def _nothing(row, user):
    return ()


@dataclass(frozen=True, eq=False)
class Kind:
    """A record with a page of its history. `word` stands in its address.

    `child` is the path from the record to its pupil, "" when the page may not name one; `parts` are the records that
    hang on it, by the name of the relation; `hidden(row, user)` gives the names of fields that this reader doesn't
    see; `values` says how a field is shown whose column alone doesn't tell; `ground` is what the look is written under.
    Break-glass opens the histories of which somebody wrote down that it does (`opens_under_glass`).
    """

    word: str
    model: type[models.Model]
    child: str = "trajectory__pupil"
    parts: tuple = ()
    hidden: Callable[..., tuple] = _nothing
    values: dict[str, Callable[[Any], str]] = field(default_factory=dict)
    ground: str = Reading.STAFF
    opens_under_glass: bool = False

    @property
    def name(self):
        """What one such record is called on a page."""
        return str(self.model._meta.verbose_name)

    def fields(self):
        """The fields that a reader may be shown."""
        return [one for one in self.model._meta.concrete_fields if one.name not in TECHNICAL]


_kinds: dict[str, Kind] = {}
_words: dict[str, Any] = {}
_reasons: dict[str, Any] = {}
_tracers: list[str] = []


def add(word, model, **more):
    """Give a record a page of its history. The row comes through its own `for_user`, so that needs no rule here."""
    _kinds[word] = Kind(word, model, **more)


def kinds():
    """Return every kind that was added."""
    return list(_kinds.values())


def kind_at(word):
    """Return the kind that this word of an address stands for, or None."""
    return _kinds.get(word)


def kind_of(model):
    """Return the kind of this record, or None."""
    return next((kind for kind in _kinds.values() if kind.model is model), None)


def call_fields(words):
    """Say what fields without a name of their own are called: {field: words that are translated when shown}."""
    _words.update(words)


def call_reasons(words):
    """Say what the reasons of `saved(…, why=…)` are called: {code: words that are translated when shown}."""
    _reasons.update(words)


def trace_with(function):
    """Name the function of the database that tells a supervisor what changed in the tables of an app."""
    _tracers.append(function)


def field_words(name, model):
    """Return what a field is called: by the list above, else by its own name."""
    if name in _words:
        return str(_words[name])
    return str(model._meta.get_field(name).verbose_name)


def reason_words(reason):
    """Return why somebody changed it, in words; a code that has none is shown as it is."""
    code = (reason or "").removeprefix(f"{SYSTEM}: ")
    return str(_reasons.get(code, code))


@dataclass(frozen=True)
class Change:
    """One field: what it was and what it became, as text."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Step:
    """One save of a record: who, when, why, and what it changed. Of the first one, `changes` holds how it began."""

    at: datetime
    who: str
    why: str
    is_first: bool
    changes: tuple


def steps(kind, row, *, user, shown):
    """Return the newest `shown` saves of this record, newest first, and whether there are more.

    One question for the saves, and one for each kind of record that their fields point at.
    """
    rows = row.history.select_related("history_user").order_by("-history_date", "-history_id")
    rows = list(rows[: shown + 1])
    hidden = set(kind.hidden(row, user))
    fields = [one for one in kind.fields() if one.name not in hidden]
    teller = _Teller(kind, rows, fields)
    earlier = [*rows[1:], None]
    return [teller.step(*pair) for pair in zip(rows[:shown], earlier, strict=False)], len(rows) > shown


class _Teller:
    """Puts what the saves of one record hold into words."""

    def __init__(self, kind, rows, fields):
        self.kind, self.fields = kind, fields
        self.names = _names_in(rows, fields)

    def step(self, row, before):
        """The Step of one row of history, beside the row before it (None for the first save)."""
        if row.history_type == "+":
            shown = [one for one in self.fields if getattr(row, one.attname) not in (None, "", [])]
        else:
            shown = [one for one in self.fields if one.name in row.changed]
        return Step(
            at=row.history_date,
            who=row.history_user.full_name if row.history_user else _("the system"),
            why=reason_words(row.history_change_reason),
            is_first=row.history_type == "+",
            changes=tuple(
                Change(
                    field_words(one.name, self.kind.model),
                    self.text(one, before) if before is not None and row.history_type != "+" else "",
                    self.text(one, row),
                )
                for one in shown
            ),
        )

    def text(self, one, row):
        """What this field of this row of history holds, as text."""
        value = getattr(row, one.attname)
        if value in (None, "", []):
            return "-"
        if one.name in self.kind.values:
            return str(self.kind.values[one.name](value))
        if one.is_relation:
            return self.names.get((one.related_model, value), "-")
        return _text(one, value)


def _text(one, value):
    if isinstance(one, ArrayField):
        return ", ".join(_text(one.base_field, part) for part in value)
    if one.choices:
        return str(dict(one.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return short_date(value) if isinstance(value, date) else str(value)


def _names_in(rows, fields):
    """Return what the records that these rows point at are called, as {(model, uuid): name}."""
    wanted = defaultdict(set)
    for one in fields:
        if one.is_relation:
            wanted[one.related_model] |= {getattr(row, one.attname) for row in rows} - {None}
    return {
        (model, row.pk): _name_of(row)
        for model, keys in wanted.items()
        if keys
        for row in model._base_manager.filter(pk__in=keys)
    }


def _name_of(row):
    """A person or a thing of the school by name; another record by what it is and its day."""
    if name := getattr(row, "full_name", None) or getattr(row, "name", None):
        return name
    day = next((getattr(row, one.attname) for one in row._meta.fields if isinstance(one, models.DateField)), None)
    return f"{row._meta.verbose_name} {short_date(day) if day else ''}".strip()


@dataclass(frozen=True)
class Part:
    """A record that hangs on another, with the address of its own history."""

    name: str
    word: str
    uuid: UUID


def parts_of(kind, row):
    """Return the records that hang on this one, as Parts, one question for each relation."""
    found = []
    for name in kind.parts:
        value = getattr(row, name)
        is_one = isinstance(value, models.Model)
        keys = [value.pk] if is_one else list(value.order_by("pk").values_list("pk", flat=True))
        part = kind_of(type(value) if is_one else value.model)
        for number, key in enumerate(keys, 1):
            found.append(Part(part.name if len(keys) == 1 else f"{part.name} {number}", part.word, key))
    return found


@dataclass(frozen=True)
class Trace:
    """That a record of a case was saved: which kind, who, when, why and which fields. Nothing of what it holds."""

    at: datetime
    kind: str
    record: str
    who: str
    why: str
    is_first: bool
    fields: str


def traced(trajectory, *, shown):
    """Return the newest `shown` saves in the whole case, newest first, and whether there are more.

    The database tells them by functions that look past the wall and give no content: one question for each app.
    """
    found = []
    with connection.cursor() as cursor:
        for function in _tracers:
            cursor.callproc(function, [trajectory.pk, shown + 1])
            found += cursor.fetchall()
    found.sort(key=lambda line: (line[2], line[7]), reverse=True)
    people = {user.pk: user.full_name for user in User.objects.filter(pk__in={line[3] for line in found[:shown]})}
    return [_trace(line, people) for line in found[:shown]], len(found) > shown


def _trace(line, people):
    label, record, at, who, kind, reason, changed, _turn = line
    model = apps.get_model(label)
    return Trace(
        at=at,
        kind=str(model._meta.verbose_name),
        record=str(record)[:8],
        who=people.get(who, _("the system")),
        why=reason_words(reason),
        is_first=kind == "+",
        fields=", ".join(field_words(name, model) for name in changed),
    )
