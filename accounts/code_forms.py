"""The forms of the second step. allauth's own, in our words; a code counts once, and a wrong one is written down."""

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from audit.record import SYSTEM, record

VALID = 120  # a code of an app is taken up to a minute and a half after it appeared
SECRET = "new_app"  # noqa: S105


class _OneCode:
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        field = self.fields["code"]
        field.label = _("Code")
        field.help_text = _("Six digits from the app on your phone, or one of your recovery codes.")
        field.widget.attrs["inputmode"] = "numeric"

    def clean_code(self):
        """Raises ValidationError for a wrong code, one that was used, and after too many tries."""
        code = super().clean_code()
        plain = "".join(filter(str.isalnum, code))
        if not cache.add(f"code-used:{self.user.pk}:{plain}", 1, timeout=VALID):
            raise get_adapter().validation_error("incorrect_code")
        return code

    def _emit_authentication_failed(self, authenticator):
        record("signin.failed", by=SYSTEM, detail={"person": str(self.user.pk), "step": "code"})


class CodeForm(_OneCode, AuthenticateForm):
    """The code at sign-in."""


class ConfirmCodeForm(_OneCode, ReauthenticateForm):
    """The code before a weighty step."""


class FirstCodeForm(ActivateTOTPForm):
    """The first code of a new app. Its secret waits in the session, sealed: a session lies in the database."""

    def __init__(self, *args, **options):
        session = context.request.session
        if sealed := session.pop(SECRET, None):
            session[SECRET_SESSION_KEY] = get_adapter().decrypt(sealed)
        super().__init__(*args, **options)
        session.pop(SECRET_SESSION_KEY, None)
        session[SECRET] = get_adapter().encrypt(self.secret)
        self.fields["code"].label = _("Code from the app")
        self.fields["code"].help_text = _("Six digits. They change every half minute.")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"

    def clean_code(self):
        """Raises ValidationError for a wrong code. After a right one nothing is left in the session."""
        code = super().clean_code()
        context.request.session.pop(SECRET, None)
        return code


class PasskeyForm(AddWebAuthnForm):
    """A name for a passkey; the browser makes the rest."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        del self.fields["passwordless"]  # the script asks for a passkey that can do it, and takes a plain key too
        _ask_name(self.fields)


class PasskeyNameForm(EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        _ask_name(self.fields)


def _ask_name(fields):
    fields["name"] = forms.CharField(
        label=_("Name of this device"),
        help_text=_("By which you know it again: laptop on the desk, my phone."),
        max_length=60,
    )
