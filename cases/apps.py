"""Cases puts its own tasks on Vandaag."""

from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """At the start: the tasks."""

    name = "cases"

    def ready(self):
        """Add them."""
        import_module("cases.due")
