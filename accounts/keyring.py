"""The keys: one data key per school, wrapped by the master key that lives outside the database; and what they close.

A key has a number, which stands in the header of everything that it closed. A school has one key that closes, and
older ones that only open, until nothing is closed with them any more. The number leaves room for a key per pupil:
`SchoolKey` would get a column, and nothing that was closed would change.
"""

import os
import struct
import time
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.conf import settings

HEADER = struct.Struct(">BI12s")  # version, key number, nonce
VERSION = 1
INSTALLATION = 0  # key number for rows that belong to no school, until that key is replaced
LIFE = (
    5  # seconds that a process trusts what it read about keys: a new key, or one that was destroyed, is known by then
)
_WRAPPED = b"school key"


class BrokenSeal(ValueError):
    """A ciphertext that was cut, changed or moved, or whose key is gone."""


class KeyGone(BrokenSeal):
    """The key was destroyed on purpose: what it closed is gone, and nothing new is closed for that school."""


@dataclass(frozen=True, repr=False)
class _Key:
    """What a wrapped key holds: `data` seals; `prints` finds a pupil of the administration again, and never changes."""

    data: bytes
    prints: bytes


def new_key(prints=b""):
    """Return a fresh data key, wrapped by the master key, as bytes for `SchoolKey.wrapped`.

    `prints` is the key of the school's fingerprints, carried over from the key before.
    """
    return wrap(AESGCM.generate_key(256) + prints, settings.MASTER_KEY)


def wrap(key, master):
    """Return the bytes of a key, closed with this master key."""
    nonce = os.urandom(12)
    return nonce + AESGCM(master).encrypt(nonce, key, _WRAPPED)


def unwrap(wrapped, *masters):
    """Return the bytes of a wrapped key, opened with the first master key that fits. Raises BrokenSeal."""
    for master in masters:
        try:
            return AESGCM(master).decrypt(wrapped[:12], wrapped[12:], _WRAPPED)
        except InvalidTag:
            continue
    raise BrokenSeal("The master key does not fit this school's key.")


def installation_key(master):
    """Return the key for what belongs to no school, as it follows from the master key of the beginning."""
    return _derived(master, b"installation")


def masters():
    """Return the master key, and the old one while the keys are being wrapped anew."""
    return [key for key in (settings.MASTER_KEY, settings.OLD_MASTER_KEY) if key]


def seal(data, place, school_id=None):
    """Return `data` (bytes) sealed at `place` (text) with the key of that school, or of the installation."""
    number = number_of(school_id)
    header = HEADER.pack(VERSION, number, os.urandom(12))
    return header + AESGCM(_key(number).data).encrypt(header[5:], data, header + place.encode())


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
        return AESGCM(_key(number).data).decrypt(nonce, body, header + place.encode())
    except InvalidTag as error:
        raise BrokenSeal("Does not open here.") from error


def number_in(sealed):
    """Return the number of the key that closed these bytes."""
    return HEADER.unpack(sealed[: HEADER.size])[1]


def number_of(school_id):
    """Return the number of the key that closes for this school (None: for no school). Raises KeyGone, BrokenSeal."""
    number = _number_of(school_id, _turn())
    if number is None:
        raise KeyGone("The key of this school was destroyed.")
    return number


def fingerprint(text, school_id):
    """Return 32 bytes by which a school finds a key of its own administration again, and nobody else can.

    It stays the same when the school's key is replaced.
    """
    mac = hmac.HMAC(prints_of(number_of(school_id)), hashes.SHA256())
    mac.update(text.encode())
    return mac.finalize()


def prints_of(number):
    """Return the key of the fingerprints that goes with this key. Raises BrokenSeal."""
    return _key(number).prints


def keys_fit():
    """Whether the master key opens the newest key: with the wrong one every text would look broken."""
    newest = _keys().filter(destroyed_on=None).order_by("-pk").values_list("pk", flat=True).first()
    return newest is None or isinstance(_read(newest, _turn()), _Key)


def forget_keys():
    """Drop the keys that were read: after a key is replaced, and between tests."""
    _read.cache_clear()
    _number_of.cache_clear()


def _turn():
    return int(time.time() // LIFE)


def _derived(key, purpose):
    return HKDF(hashes.SHA256(), 32, salt=None, info=purpose).derive(key)


def _key(number):
    found = _read(number, _turn())
    if isinstance(found, str):
        raise (KeyGone if found == "gone" else BrokenSeal)(f"The key with number {number} is {found}.")
    return found


@lru_cache(maxsize=512)
def _read(number, _turn):
    """The key, or why there is none: that is kept too, or a page of closed texts would ask for it once a text."""
    wrapped = _keys().filter(pk=number).values_list("wrapped", flat=True).first()
    if wrapped is None:
        key = installation_key(settings.MASTER_KEY) if number == INSTALLATION else None
    elif not wrapped:
        return "gone"
    else:
        try:
            key = unwrap(bytes(wrapped), *masters())
        except BrokenSeal:
            return "wrapped by another master key"
    return _Key(key[:32], key[32:] or _derived(key, b"fingerprint")) if key else "unknown"


@lru_cache(maxsize=512)
def _number_of(school_id, _turn):
    keys = list(_keys().filter(school=school_id).order_by("-pk").values_list("pk", "retired_on"))
    if not keys and school_id is None:
        return INSTALLATION
    if not keys:
        raise BrokenSeal("This school has no key.")
    return next((number for number, retired_on in keys if retired_on is None), None)


def _keys():
    return apps.get_model("accounts", "SchoolKey").objects
