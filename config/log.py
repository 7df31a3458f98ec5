"""A log that names nobody."""

import logging


class NamelessLog(logging.Filter):
    """Let no path, query or body into the log: a record that carries a request tells its route alone."""

    def filter(self, record):
        request = getattr(record, "request", None)
        if request is not None:
            match = getattr(request, "resolver_match", None)
            record.msg, record.args = "%s %s", (getattr(record, "status_code", ""), match.view_name if match else "-")
            record.exc_info = record.exc_info and (record.exc_info[0], None, record.exc_info[2])
            record.exc_text = None
        return True
