"""What is due. Each app adds the tasks it knows; Vandaag shows them by term."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Task:
    """One thing to do: for which child (initials), what, by when, and the page that settles it."""

    kind: str
    child: str
    group: str
    text: str
    url: str
    action: str
    due: date | None = None
    late: bool = False
    school: str = ""
    is_urgent: bool = False  # hours count: it stands above everything that is merely late


_sources: list[Callable[..., Iterable[Task]]] = []


def add(source):
    """Let an app tell its tasks: `source(user, day)` gives Tasks at the cost of a query or two."""
    _sources.append(source)
    return source


def tasks(user, day):
    """Return everything that is due for this person, what is urgent before the earliest term."""
    found = [task for source in _sources for task in source(user, day)]
    return sorted(found, key=lambda task: (not task.is_urgent, task.due or day, task.child))
