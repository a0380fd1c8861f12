"""Celery's settings for its broker: one Valkey or Redis, several watched by sentinels, or RabbitMQ."""

from typing import Any
from urllib.parse import urlsplit

from common.sentinels import Sentinels, is_watched


def broker_settings(url: str) -> dict[str, Any]:
    """Celery's settings for the broker of this address.

    RabbitMQ's queues are quorum queues: each is kept by most of its nodes, and outlives any one of them.
    """
    options = {
        "visibility_timeout": 600,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "max_retries": 0,  # a request that tells a worker doesn't wait for a broker that is down: the sweep is there
    }
    if is_watched(url):
        told = Sentinels.read(url).for_celery()
        return {"CELERY_BROKER_URL": told["url"], "CELERY_BROKER_TRANSPORT_OPTIONS": {**options, **told["options"]}}
    kind = "quorum" if urlsplit(url).scheme in ("amqp", "amqps") else "classic"
    return {
        "CELERY_BROKER_URL": url,
        "CELERY_BROKER_TRANSPORT_OPTIONS": options,
        "CELERY_TASK_DEFAULT_QUEUE_TYPE": kind,
        "CELERY_TASK_CREATE_MISSING_QUEUE_TYPE": kind,
    }
