"""Structured logs: one line an event, with the request's id that every answer also carries (`common.web.access`)."""

import structlog

SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
]


def configure_logs(level: str) -> dict:
    """Return Django's LOGGING and set structlog up to feed the same handler."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processor": structlog.processors.LogfmtRenderer(bool_as_flag=False),
                "foreign_pre_chain": [*SHARED, structlog.processors.format_exc_info],
            },
        },
        "filters": {
            "route": {"()": "common.web.access.RouteForAddress"},
            "brief": {"()": "common.web.access.BriefRefusals"},
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["route", "brief"]}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            **{name: {"level": level} for name in ("wanliu", "celery", "django")},
            "axes": {
                "level": "ERROR"
            },  # its warnings hold user names and addresses; its tables have them for operators
            "django.request": {"level": "ERROR"},  # what was refused has its line in the access log
        },
    }
