"""How allauth behaves here: nobody signs up; people are invited; an account that nothing needs sleeps.

What is done about a sign-in is written down.
"""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.internal.ratelimit import get_ip
from django.utils.translation import gettext as _

from accounts import sessions
from accounts.models import User
from accounts.second_factor import FOUND
from accounts.standing import asleep_since
from accounts.stepup import is_fresh
from audit.record import SYSTEM, record

# What allauth would send a mail about, and what the record calls it.
TOLD = {
    "account/email/password_changed": ("signin.password_changed", {}),
    "account/email/password_set": ("signin.password_changed", {}),
    "mfa/email/totp_activated": ("signin.factor_added", {"factor": "totp"}),
    "mfa/email/totp_deactivated": ("signin.factor_removed", {"factor": "totp"}),
    "mfa/email/webauthn_added": ("signin.factor_added", {"factor": "webauthn"}),
    "mfa/email/webauthn_removed": ("signin.factor_removed", {"factor": "webauthn"}),
    "mfa/email/recovery_codes_generated": ("signin.codes_made", {}),
}
STAGES = {
    "allauth.mfa.stages.AuthenticateStage": "accounts.second_factor.AskForSecondStep",
    "allauth.mfa.stages.TrustStage": "accounts.second_factor.OfferTrust",
}


class Adapter(DefaultAccountAdapter):
    """Sign-up stays closed; wrong passwords are counted by name and address together."""

    def is_open_for_signup(self, request):
        """Nobody makes an account of their own."""
        return False

    def pre_login(self, request, user, **how):
        """Refuse whose account sleeps like whose account is off."""
        if asleep_since(user):
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **how)

    def _get_login_attempts_cache_key(self, request, **credentials):
        """Count by name and address: on the name alone, anybody could lock a colleague out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{get_ip(request)}"

    def get_login_stages(self):
        """allauth's own, with ours for the second step."""
        return [STAGES.get(stage, stage) for stage in super().get_login_stages()]

    def is_reauthentication_required(self, *, app, **options):
        """Who has just signed in needs no second time; allauth would ask at once."""
        return not is_fresh(self.request)

    def get_reauthentication_methods(self, user):
        """In our words."""
        words = {
            "reauthenticate": _("With your password"),
            "mfa_reauthenticate": _("With a code from your app"),
            "mfa_reauthenticate:webauthn": _("With a passkey"),
        }
        return [way | {"description": words[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def login(self, request, user):
        """Sign in, and start the clocks."""
        super().login(request, user)
        sessions.begin(request)

    def post_login(self, request, user, **options):
        """Write down who signed in, and by what."""
        answer = super().post_login(request, user, **options)
        steps = [step.get("type", step["method"]) for step in get_authentication_records(request, user)]
        record("signin.done", by=user, detail={"how": list(dict.fromkeys(steps))})
        return answer

    def logout(self, request):
        """Write down who signed out."""
        user = request.user
        super().logout(request)
        record("signin.out", by=user)

    def authentication_failed(self, request, **credentials):
        """Count a wrong password. Whom nobody knows is not named: it may be a password, typed in the wrong field."""
        user = User.objects.filter(username__iexact=credentials.get("username", "")).first()
        detail = {"person": str(user.pk), "step": "password"} if user else {"step": "password"}
        record("signin.failed", by=SYSTEM, detail=detail)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """Nothing is mailed: write it down instead. A password or a second step that goes ends the other sessions."""
        action, detail = TOLD[template_prefix]
        record(action, by=user, detail=detail)
        if action == "signin.factor_removed":
            self.request.session.pop(FOUND, None)
        if action in ("signin.factor_removed", "signin.password_changed"):
            sessions.end_others(self.request, user, why=action.partition(".")[2])
