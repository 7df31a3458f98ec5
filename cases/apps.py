"""Cases puts its own tasks on Vandaag, and says which records have a page of their history."""

from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """At the start: the tasks, and the histories."""

    name = "cases"

    def ready(self):
        """Add them."""
        import_module("cases.due")
        import_module("cases.words")
