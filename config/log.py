"""A log that names nobody."""

import logging
import traceback


def _where(kind, _words, trace):
    """Where it broke and what kind of error it is; its words could hold a name."""
    return "".join(traceback.format_tb(trace)) + kind.__qualname__


class NamelessLog(logging.Filter):
    """Let no path, query or body into the log: a record that carries a request tells its route alone."""

    def filter(self, record):
        request = getattr(record, "request", None)
        if request is not None:
            match = getattr(request, "resolver_match", None)
            record.msg, record.args = "%s %s", (getattr(record, "status_code", ""), match.view_name if match else "-")
            record.exc_text = _where(*record.exc_info) if record.exc_info else None
            record.exc_info = None
        return True
