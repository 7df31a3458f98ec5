"""Sealed fields: AES-256-GCM, one data key per school, wrapped by the master key that lives outside the database.

A ciphertext is bound to its place (a fixed label, the record's uuid and, in the history, that row's own uuid):
moved to another row, another field, or between now and the history, it no longer opens.
"""

import os
import struct
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.forms import CharField, Textarea, TextInput

HEADER = struct.Struct(">BI12s")  # version, key number, nonce
VERSION = 1
INSTALLATION = 0  # key number for rows that belong to no school


class BrokenSeal(ValueError):
    """A ciphertext that was cut, changed or moved, or whose key is gone."""


def new_key():
    """Return a fresh data key, wrapped by the master key, as bytes for `SchoolKey.wrapped`."""
    nonce = os.urandom(12)
    return nonce + AESGCM(settings.MASTER_KEY).encrypt(nonce, AESGCM.generate_key(256), b"school key")


@lru_cache(maxsize=512)
def _key(number):
    if number == INSTALLATION:
        return HKDF(hashes.SHA256(), 32, salt=None, info=b"installation").derive(settings.MASTER_KEY)
    wrapped = bytes(apps.get_model("accounts", "SchoolKey").objects.values_list("wrapped", flat=True).get(pk=number))
    try:
        return AESGCM(settings.MASTER_KEY).decrypt(wrapped[:12], wrapped[12:], b"school key")
    except InvalidTag as error:
        raise BrokenSeal("The master key does not fit this school's key.") from error


@lru_cache(maxsize=512)
def _number_of(school_id):
    return apps.get_model("accounts", "SchoolKey").objects.values_list("pk", flat=True).get(school_id=school_id)


def forget_keys():
    """Drop the keys that were read: after a key is replaced, and between tests."""
    _key.cache_clear()
    _number_of.cache_clear()


def seal(data, place, school_id=None):
    """Return `data` (bytes) sealed at `place` (text) with the key of that school, or of the installation."""
    number = _number_of(school_id) if school_id else INSTALLATION
    header = HEADER.pack(VERSION, number, os.urandom(12))
    return header + AESGCM(_key(number)).encrypt(header[5:], data, header + place.encode())


def unseal(sealed, place):
    """Return the bytes that were sealed at `place`. Raises BrokenSeal."""
    header, body = sealed[: HEADER.size], sealed[HEADER.size :]
    try:
        version, number, nonce = HEADER.unpack(header)
    except struct.error as error:
        raise BrokenSeal("Too short to be sealed.") from error
    if version != VERSION:
        raise BrokenSeal("Sealed in an unknown way.")
    try:
        return AESGCM(_key(number)).decrypt(nonce, body, header + place.encode())
    except (InvalidTag, apps.get_model("accounts", "SchoolKey").DoesNotExist) as error:
        raise BrokenSeal("Does not open here.") from error


def fingerprint(text, school_id):
    """Return 32 bytes by which a school finds a key of its own administration again, and nobody else can."""
    key = HKDF(hashes.SHA256(), 32, salt=None, info=b"fingerprint").derive(_key(_number_of(school_id)))
    mac = hmac.HMAC(key, hashes.SHA256())
    mac.update(text.encode())
    return mac.finalize()


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
            value = row.__dict__[name] = self.field.read(value, row)
        return value

    def __set__(self, row, value):
        row.__dict__[self.field.attname] = None if value in ("", b"") else value


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

    def pre_save(self, row, add):
        value = row.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        return Sealed(seal(self.closing(value), self.place(row), getattr(row, "school_id", None)))

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
