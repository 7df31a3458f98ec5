"""`migrate`, as the role that owns the tables; the application's own role may not change them."""

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connection

from accounts.wall import as_owner


class Command(migrate.Command):
    """Connect as the owner, let the application use (not own) what is made, then migrate."""

    def handle(self, *args, **options):
        role = connection.ops.quote_name(settings.APPLICATION_ROLE)
        with as_owner():
            with connection.cursor() as cursor:
                cursor.execute(
                    "alter default privileges in schema public "
                    f"grant select, insert, update, delete on tables to {role}; "
                    f"alter default privileges in schema public grant usage on sequences to {role};"
                )
            super().handle(*args, **options)
