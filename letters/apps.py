"""Letters adds its lines to the time line and to Vandaag."""

from importlib import import_module

from django.apps import AppConfig


class LettersConfig(AppConfig):
    """At the start: the lines."""

    name = "letters"

    def ready(self):
        """Add them."""
        import_module("letters.words")
