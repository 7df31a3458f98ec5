"""What differs per machine: read from the environment, checked at once.

A secret may also be given as a file: NAME_FILE holds its path. Nonsense is an error, never a silent default.
"""

import base64
import binascii
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()


def secret(name):
    """Return the text of NAME, or of the file that NAME_FILE names. Raises ImproperlyConfigured when both miss."""
    if path := env.str(f"{name}_FILE", ""):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names a file that can't be read: {error.strerror}") from error
    if value := env.str(name, ""):
        return value
    raise ImproperlyConfigured(f"Set {name}, or {name}_FILE to a file that holds it.")


def master_key(name="MASTER_KEY", *, needed=True):
    """Return the 32 bytes that wrap every school's data key; of one that is not needed and not set, None."""
    if not needed and not env.str(name, "") and not env.str(f"{name}_FILE", ""):
        return None
    try:
        key = base64.urlsafe_b64decode(secret(name))
    except (binascii.Error, ValueError) as error:
        raise ImproperlyConfigured(f"{name} is not base64.") from error
    if len(key) != 32:
        raise ImproperlyConfigured(f"{name} must be 32 bytes in urlsafe base64.")
    return key


def switch(name, *, default):
    """Return a yes or no from the environment; anything but 0 and 1 is an error."""
    value = env.str(name, "1" if default else "0")
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name} must be 0 or 1.")
    return value == "1"


def years(name, *, default, most):
    """Return a number of years from the environment; anything but 1 up to `most` is an error."""
    value = env.str(name, str(default))
    if not value.isdecimal() or not 1 <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} must be a number from 1 to {most}.")
    return int(value)
