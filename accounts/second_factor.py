"""The second step of signing in: a code of an app, a passkey, a recovery code; and whose device may be trusted."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from allauth.mfa import stages
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import Membership, Role
from accounts.sealing import seal, unseal

PLACE = "allauth.mfa"  # the seal can't name the row: allauth hands over the text alone
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # a recovery code stands in for one, and is none
FOUND = "second_step"


class Adapter(DefaultMFAAdapter):
    """Secrets are sealed with the installation's key; people are called by their username."""

    def encrypt(self, text):
        """Seal the secret of an app, or the seed of recovery codes."""
        return urlsafe_b64encode(seal(text.encode(), PLACE)).decode()

    def decrypt(self, encrypted_text):
        """Open it again. Raises BrokenSeal."""
        return unseal(urlsafe_b64decode(encrypted_text), PLACE).decode()

    def _get_user_identifier(self, user):
        return user.username

    def _get_site_name(self):
        return "Zorgvuldig"

    def generate_authenticator_name(self, user, type):  # noqa: A002
        """What a new passkey is called until somebody says better."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("My device") if number == 1 else gettext("Device %(number)s") % {"number": number}


def has_second_factor(user):
    """Return whether this person has an app or a passkey."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def passed(request):
    """Return whether this person has a second factor; asked of the database until it is found, once a session."""
    if request.session.get(FOUND):
        return True
    if not has_second_factor(request.user):
        return False
    request.session[FOUND] = True
    return True


def may_trust(user):
    """Return whether a device of this person may be trusted for a day: who is a teacher, and nothing else."""
    roles = set(Membership.objects.on(timezone.localdate()).filter(user=user).values_list("role", flat=True))
    return roles == {Role.TEACHER} and not hasattr(user, "expert")


class AskForSecondStep(stages.AuthenticateStage):
    """Ask for the second step; on a trusted device not, and only a teacher has one."""

    def _should_handle(self, request):
        if super()._should_handle(request):
            return True
        user = self.login.user
        trusts_wrongly = user is not None and has_second_factor(user) and not may_trust(user)
        return trusts_wrongly and not stages.did_use_passwordless_login(request, user)


class OfferTrust(stages.TrustStage):
    """Offer a teacher to trust this device."""

    def handle(self):
        """Called by allauth, after the second step."""
        return super().handle() if may_trust(self.login.user) else (None, True)
