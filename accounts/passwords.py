"""How long a password is at least, said in words that are in our own catalogue: Django's Dutch lacks this sentence."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """Refuses what is shorter than `min_length`."""

    def get_error_message(self):
        """Called by Django."""
        return _("This password is too short: use at least %(count)s characters.") % {"count": self.min_length}
