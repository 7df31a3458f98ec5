"""How the pages are served: `gunicorn --config python:config.gunicorn config.wsgi`.

No log of addresses (they carry the numbers of children's files); what gunicorn itself has to say goes through the log
that names nobody.
"""

accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "config.log.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "gunicorn.error": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "gunicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
# One request: its line, the number of its headers, and the length of each.
limit_request_line = 2048
limit_request_fields = 60
limit_request_field_size = 8190
