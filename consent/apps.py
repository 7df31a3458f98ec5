"""Consent tells cases how grants follow from answers, and adds its lines to the time line and to Vandaag."""

from importlib import import_module

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """At the start: one hook, and the lines."""

    name = "consent"

    def ready(self):
        """Hang them."""
        from cases.access import settle_with
        from consent.grants import settle

        settle_with(settle)
        import_module("consent.checklist")
        import_module("consent.days")
        import_module("consent.standing")
        import_module("consent.warning")
        import_module("consent.letting_in")
        import_module("consent.words")
