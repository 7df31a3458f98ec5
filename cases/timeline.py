"""The time line of a case. Rooms above add what they know, once, when the application starts.

With `cases.today` and the hook of `cases.access` this is the only place where the house asks upward.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Moment:
    """One line: `kind` draws it (level, talk, letter, wait, paper)."""

    on: date
    kind: str
    title: str
    url: str = ""
    note: str = ""
    badge: str = ""
    badge_kind: str = ""
    order: int = 0


_sources: list[Callable[..., Iterable[Moment]]] = []


def add(source):
    """Let an app above tell its moments: `source(trajectory)` gives Moments at the cost of one query or two."""
    _sources.append(source)
    return source


def moments(trajectory, *known):
    """Return all moments of this trajectory, newest first; `known` are those the page has already."""
    found = [*known, *(moment for source in _sources for moment in source(trajectory))]
    return sorted(found, key=lambda moment: (moment.on, moment.order), reverse=True)
