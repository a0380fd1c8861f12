"""Structured logs: one line an event, with the ids by which it is found, and no word about persons.

A request has an id that its answer also carries (`common.web.access`), a task its own (`config.celery`); `store` or
`store_id` tells whose it is. `common.log_values` says what a record may hold. docs/adr/0069 says why.
"""

import logging
import sys
import threading
from collections.abc import Mapping
from typing import Any

import structlog

from common.log_values import traceback_without_values

IDS = ("store_id", "event_id")  # that a record may bring as `extra`
SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.ExceptionRenderer(traceback_without_values),
]
RENDERERS = {
    "json": structlog.processors.JSONRenderer(ensure_ascii=False),
    "line": structlog.processors.LogfmtRenderer(bool_as_flag=False),
}
# What these say at a lower level holds values: statements with their parameters, arguments of tasks, what a template
# was given, addresses with their query, names of people (axes; its tables have them for operators).
TALKATIVE = {
    "django.db.backends": "INFO",
    "django.template": "INFO",
    "celery.pool": "INFO",
    "urllib3": "ERROR",
    "axes": "ERROR",
    "django.request": "ERROR",  # what was refused has its line in the access log
}


def log_format(said: Mapping[str, Any]) -> str:
    """`json` or `line`, by the settings."""
    return said["LOG_FORMAT"] or ("json" if said["PRODUCTION"] else "line")


def formatter(name: str) -> structlog.stdlib.ProcessorFormatter:
    """What makes a line of a record, in this format."""
    return structlog.stdlib.ProcessorFormatter(
        processor=RENDERERS[name], foreign_pre_chain=[*SHARED, structlog.stdlib.ExtraAdder(allow=IDS)]
    )


def configure_logs(level: str, name: str) -> dict:
    """Return Django's LOGGING, and set structlog and the ends of threads up to feed the same handler."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    if name == "json":  # where people work, whatever ends unexpectedly is a line too
        logging.captureWarnings(True)
        sys.excepthook = _tell_an_end
        threading.excepthook = lambda end: _tell_an_end(end.exc_type, end.exc_value, end.exc_traceback)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter, "name": name}},
        "filters": {
            "route": {"()": "common.web.access.RouteForAddress"},
            "brief": {"()": "common.web.access.BriefRefusals"},
            "values": {"()": "common.log_values.WithoutValues"},
            "store": {"()": "common.log_scope.StoreOfScope"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["route", "brief", "values", "store"],
            }
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            **{logger: {"level": level} for logger in ("wanliu", "celery", "django")},
            **{logger: {"level": least} for logger, least in TALKATIVE.items()},
        },
    }


def _tell_an_end(kind: type[BaseException], error: BaseException | None, frames: Any) -> None:
    if isinstance(error, KeyboardInterrupt):
        return
    logging.getLogger("wanliu.ends").critical("ended by an error", exc_info=(kind, error, frames))
