"""How allauth behaves here: nobody signs up; people are invited, and an account that nothing needs sleeps."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import get_ip

from accounts.standing import asleep_since


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
