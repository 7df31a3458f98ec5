"""How allauth behaves here: nobody signs up; people are invited."""

from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    """Sign-up stays closed."""

    def is_open_for_signup(self, request):
        """Nobody makes an account of their own."""
        return False
