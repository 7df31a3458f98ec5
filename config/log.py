"""A log that names nobody: one line of JSON for each record, and only what this list allows.

No path, query, body or words of an error: they could name a child. A route, a status, where it broke and what kind of
error it was are enough to find it; the number of the request ties the lines of one request together.
"""

import json
import logging
import traceback
from datetime import UTC, datetime

from audit.trail import present

KEYS = ("time", "level", "logger", "said", "route", "status", "request", "label", "row", "error", "trace", "where")
# Their messages are fixed words (ruff sees to that: nothing is filled in); another's message may hold anything.
OURS = {"config", "accounts", "audit", "cases", "consent", "meetings", "letters"}


class JsonLines(logging.Formatter):
    """Write a record as one line of JSON with the keys above, those that have something to say."""

    def format(self, record):
        """Return the line."""
        found = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "said": record.msg if record.name.split(".")[0] in OURS and isinstance(record.msg, str) else None,
            "request": str(one.request) if (one := present()) else None,
            "label": getattr(record, "label", None),
            "row": getattr(record, "row", None),
            **_asked(record),
            **_broke(record),
        }
        return json.dumps({key: found[key] for key in KEYS if found.get(key)}, ensure_ascii=True)


def _asked(record):
    request = getattr(record, "request", None)
    if request is None:
        return {}
    match = getattr(request, "resolver_match", None)
    return {"route": match.view_name if match else "-", "status": getattr(record, "status_code", None)}


def _broke(record):
    """Where it broke and what kind of error it is; else where the line was written."""
    kind, _words, trace = record.exc_info or (None, None, None)
    if kind is None:
        return {"where": f"{record.module}.{record.funcName}:{record.lineno}"}
    steps = traceback.extract_tb(trace)
    return {"error": kind.__qualname__, "trace": [f"{step.filename}:{step.lineno} {step.name}" for step in steps]}
