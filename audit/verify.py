"""Go along every chain of the record, and tell where somebody broke it."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection


@dataclass(frozen=True)
class Break:
    """The first event of a chain that isn't as it was written. `event` is None when events miss at the end."""

    chain: str
    seq: int | None
    event: UUID | None

    def __str__(self):
        return f"{self.chain} {self.seq}: {self.event or 'events are missing'}"


def verify():
    """Return the first broken event of each chain that doesn't hold, as a list of Break; empty when all is well.

    Ask it inside `acting(SYSTEM)`: for anybody else there is nothing to read. Raises PermissionError.
    """
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(current_setting('app.user_id', true) = 'system', false)")
        if not cursor.fetchone()[0]:
            raise PermissionError("The chains are verified by the system: with acting(SYSTEM).")
        cursor.execute("select chain, seq, id from audit_broken()")
        return [Break(*row) for row in cursor.fetchall()]
