"""The Celery application: workers run what beat and committed transactions ask for.

Messages are hints: whatever they ask for is also a due row in PostgreSQL, so a lost message delays and never loses.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("wanliu", task_cls="common.hints:PatientTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
