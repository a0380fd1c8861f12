"""The Celery application: workers run what beat and committed transactions ask for.

Messages are hints: whatever they ask for is also a due row in PostgreSQL, so a lost message delays and never loses.
"""

import os

import structlog
from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("wanliu", task_cls="common.hints:PatientTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def log_as_django_does(**_) -> None:
    """Keep Celery from setting up handlers of its own: LOGGING of the settings is in force already."""


@task_prerun.connect
def name_the_task(task_id: str, task, **_) -> None:
    """Let every line of a task say which one it is."""
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)


@task_postrun.connect
def forget_the_task(**_) -> None:
    """The next line of this process or thread may be about another one."""
    structlog.contextvars.unbind_contextvars("task", "task_id")
