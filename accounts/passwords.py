"""What is asked of a password: its length, and that it isn't what everybody at a school would try first."""

import re
import unicodedata

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Membership

LEFT = 4  # letters that must remain when the words below are taken out
# Taken out longest first, in what is left of the password without digits and signs.
SCHOOL_WORDS = """
    zorgvuldig wilgenboom basisschool school leerkracht leraar lerares leerling kinderen kind klas groep juffrouw juf
    meester directeur directie intern begeleider iber zorgteam zorg team onderwijs parnassys magister schoolbord
    welkom wachtwoord password geheim inloggen aanmelden account computer laptop qwerty asdfgh zxcvbn
    januari februari maart april juni juli augustus september oktober november december
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag lente zomer herfst winter vakantie
    een twee drie vier vijf zes zeven acht negen tien mijn onze ons het van der den
""".split()  # noqa: SIM905


def letters_of(text):
    """Return the letters of a text, small and without accents, with the digits that stand for letters read as such."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(str.maketrans("013457@$", "oieastas"))
    return re.sub("[^a-z]", "", plain)


def left_without(password, words):
    """Return what is left of a password when these words are taken out of it."""
    left = re.sub("[^a-z]", "", unicodedata.normalize("NFKD", password.casefold()))
    read = letters_of(password)
    for word in sorted({letters_of(word) for word in words} - {""}, key=len, reverse=True):
        left, read = left.replace(word, ""), read.replace(word, "")
    return min(left, read, key=len)


class LongEnough(MinimumLengthValidator):
    """Refuses what is shorter than `min_length`. Django's Dutch lacks this sentence; our own catalogue has it."""

    def get_error_message(self):
        """Called by Django."""
        return _("This password is too short: use at least %(count)s characters.") % {"count": self.min_length}


class NotSchoolWords:
    """Refuses a password that is made of words of any school, and of the names of one's own, with digits and signs."""

    def validate(self, password, user=None):
        """Called by Django. Raises ValidationError."""
        words = {*SCHOOL_WORDS, *self._names_of_schools(user)}
        if len(left_without(password, words)) < LEFT:
            raise ValidationError(
                _("This password is made of words that anybody at a school would try. Choose other words."),
                code="school_words",
            )

    def get_help_text(self):
        """Called by Django."""
        return _("Don't use words like school, group or the name of the school.")

    def _names_of_schools(self, user):
        if user is None or user.pk is None:
            return []
        names = Membership.objects.filter(user=user).values_list("school__name", "school__city", "board__name")
        return [word for row in names for name in row if name for word in name.split()]
