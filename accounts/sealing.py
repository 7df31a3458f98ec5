"""Sealed fields: AES-256-GCM, one data key per school, wrapped by the master key that lives outside the database.

A ciphertext is bound to its place (a fixed label, the record's uuid and, in the history, that row's own uuid):
moved to another row, another field, or between now and the history, it no longer opens.
"""

import logging
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.exceptions import FieldError, ValidationError
from django.db import models
from django.forms import CharField, Textarea, TextInput
from django.utils.translation import gettext as _

from accounts.keyring import (
    HEADER,
    INSTALLATION,
    VERSION,
    BrokenSeal,
    KeyGone,
    fingerprint,
    forget_keys,
    new_key,
    number_in,
    number_of,
    seal,
    unseal,
)

__all__ = [
    "HEADER",
    "INSTALLATION",
    "VERSION",
    "Broken",
    "BrokenSeal",
    "KeyGone",
    "Sealed",
    "SealedBytesField",
    "SealedField",
    "SealedTextField",
    "check_whole",
    "fingerprint",
    "forget_keys",
    "is_whole",
    "met_here",
    "new_key",
    "seal",
    "unseal",
    "watched",
]

log = logging.getLogger(__name__)
ROOM = 60  # a field of fewer signs shows a question mark for what can't be opened
_met = ContextVar("_met", default=None)


@contextmanager
def watched():
    """Give the dict in which this block's seals that don't open are noted: {(label, key of the row): (row, why)}."""
    token = _met.set({})
    try:
        yield _met.get()
    finally:
        _met.reset(token)


def met_here():
    """Whether something in this request could not be opened: then nothing of it goes onto paper."""
    return bool(_met.get())


def check_whole(*texts):
    """Refuse to take over what stands for a text that can't be opened. Raises ValidationError."""
    if any(isinstance(text, Broken) for text in texts):
        raise ValidationError(
            _("A text of this file can't be opened. Ask your school's administrator before you go on."),
            code="broken_seal",
        )


def is_whole(row):
    """Whether every sealed text of this row opens."""
    fields = [field for field in row._meta.concrete_fields if isinstance(field, SealedTextField)]
    return not any(isinstance(getattr(row, field.attname), Broken) for field in fields)


class Broken(str):
    """What a page shows for a text that can't be opened. Carries the closed bytes: a save puts them back."""

    __slots__ = ("data", "place")

    def __new__(cls, words, data, place):
        made = super().__new__(cls, words)
        made.data, made.place = data, place
        return made

    def __getnewargs__(self):
        return str(self), self.data, self.place


class Sealed:
    """What came from the database, still closed."""

    __slots__ = ("data",)

    def __init__(self, data):
        self.data = bytes(data)

    def __repr__(self):
        return "<sealed>"


class _Door:
    """Opens a sealed value at first look; knows the row."""

    def __init__(self, field):
        self.field = field

    def __get__(self, row, owner=None):
        if row is None:
            return self
        name = self.field.attname
        if name not in row.__dict__:
            row.refresh_from_db(fields=[name])
        value = row.__dict__[name]
        if isinstance(value, Sealed):
            value = row.__dict__[name] = self.field.look(value, row)
        return value

    def __set__(self, row, value):
        name = self.field.attname
        is_shown = type(value) is str and isinstance(row.__dict__.get(name), Sealed | Broken)
        if is_shown and value in self.field.signs() and isinstance(self.__get__(row), Broken):
            return  # a form that gives back what it showed: the closed text stays
        row.__dict__[name] = None if value in ("", b"") else value


class SealedField(models.Field):
    """Base of the sealed fields. `label` is fixed by hand and never derived: a renamed table must still open."""

    def __init__(self, label, *args, **kwargs):
        self.label = label
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, [self.label, *args], kwargs

    def db_type(self, connection):
        return "bytea"

    def db_check(self, connection):
        # An expression in `.update()`, or bare SQL, goes round the field: the column itself refuses what isn't sealed.
        column = connection.ops.quote_name(self.column)
        return f"length({column}) > {HEADER.size + 15} and substring({column} from 1 for 1) = '\\x{VERSION:02x}'::bytea"

    def contribute_to_class(self, cls, name, private_only=False):
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Door(self))

    def place(self, row):
        """Return where this value belongs, as text: part of the seal."""
        place = f"{self.label}|{row.id}"
        return f"{place}|h{row.history_id}" if hasattr(row, "history_id") else place

    def read(self, sealed, row):
        """Return what is in a Sealed of this field of this row. Raises BrokenSeal."""
        return self.opened(unseal(sealed.data, self.place(row)))

    def look(self, sealed, row):
        """Return what is in it for who reads; when it doesn't open, give the alarm and what stands for it."""
        try:
            return self.read(sealed, row)
        except BrokenSeal as broken:
            self._alarm(row, broken)
            return self.instead(sealed, row, broken)

    def _alarm(self, row, broken):
        met, key = _met.get(), (self.label, row.pk)
        if met is not None and key in met:
            return
        if met is not None:
            met[key] = row, broken
        if not isinstance(broken, KeyGone):  # a key that somebody destroyed on purpose is no alarm
            log.error("seal broken", extra={"label": self.label, "row": str(row.pk)})

    def instead(self, sealed, row, broken):
        """What stands for a value that can't be opened. A file has nothing to stand for it: raises BrokenSeal."""
        raise broken

    def signs(self):
        """The words that a page may show for a value that can't be opened."""
        return ()

    def pre_save(self, row, add):
        value = row.__dict__.get(self.attname)
        if value is None:
            return None
        if isinstance(value, Broken):
            if value.place != (
                self.label,
                row.id,
            ):  # the history keeps the closed bytes too, and can't open them either
                raise BrokenSeal("A text that can't be opened is not taken over elsewhere.")
            return Sealed(value.data)
        if isinstance(value, Sealed):
            return self._anew(value, row)
        return Sealed(seal(self.closing(value), self.place(row), getattr(row, "school_id", None)))

    def _anew(self, sealed, row):
        """A text that nobody looked at stays as it is, unless its key has been replaced meanwhile."""
        school_id = getattr(row, "school_id", None)
        if number_in(sealed.data) == number_of(school_id):
            return sealed
        try:
            return Sealed(seal(unseal(sealed.data, self.place(row)), self.place(row), school_id))
        except BrokenSeal:
            return sealed

    def from_db_value(self, value, expression, connection):
        return None if value is None else Sealed(value)

    def get_prep_value(self, value):
        # Not FieldError: CheckConstraint.validate() swallows that and lets the row pass.
        # And no bare bytes either: `.update(data=b"…")` would put them down as they are.
        if value is None or isinstance(value, Sealed):
            return value and value.data
        raise TypeError(f"{self.label} can only be written through save()")

    def value_to_string(self, row):
        raise TypeError(f"{self.label} is not written to a file of fixtures: there it would lie open")

    def get_lookup(self, lookup_name):
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.label} is sealed: it can't be searched or compared in the database")

    def opened(self, data):
        """Bytes that were sealed → the value as Python sees it."""
        raise NotImplementedError

    def closing(self, value):
        """The value as Python sees it → bytes to seal."""
        raise NotImplementedError


class SealedTextField(SealedField):
    """A text that the database never reads. NULL for no text, never ''. `max_length` bounds what is typed."""

    def __init__(self, label, *args, **kwargs):
        kwargs.setdefault("max_length", 20_000)
        super().__init__(label, *args, **kwargs)

    def opened(self, data):
        return data.decode()

    def closing(self, value):
        return value.encode()

    def instead(self, sealed, row, broken):
        words, gone = self._words()
        return Broken(gone if isinstance(broken, KeyGone) else words, sealed.data, (self.label, row.id))

    def signs(self):
        return self._words()

    def _words(self):
        if self.max_length < ROOM:
            return "?", "?"
        return _("[this text can't be opened]"), _("[erased: this school's key was destroyed]")

    def formfield(self, **kwargs):
        short = self.max_length <= 200
        return super().formfield(
            **{"form_class": CharField, "max_length": self.max_length, "widget": TextInput if short else Textarea}
            | kwargs
        )


class SealedBytesField(SealedField):
    """A file's bytes that the database never reads."""

    def opened(self, data):
        return data

    def closing(self, value):
        return bytes(value)
