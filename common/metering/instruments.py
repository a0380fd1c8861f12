"""The series of this process, in the files of its slot. Imported only where METRICS_DIR is set."""

import os
from functools import lru_cache
from typing import Any

from django.conf import settings
from prometheus_client import CollectorRegistry, Gauge, values

from common.metering.series import DECLARED, directory_of
from common.metering.slots import Slots, kind_of_process


def _make() -> dict[str, Any]:
    directory = directory_of(settings.METRICS_DIR)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(directory)  # the library asks nothing else
    values.ValueClass = values.MultiProcessValue(Slots(directory, kind_of_process()).name)
    registry, made = CollectorRegistry(), {}
    for name, (kind, means, labels, limits) in DECLARED.items():
        more: dict[str, Any] = {"buckets": limits} if limits else {}
        more |= {"multiprocess_mode": "livesum"} if kind is Gauge else {}
        made[name] = kind(name, means, labels, registry=registry, **more)
    return made


_made = _make()


@lru_cache(maxsize=4096)
def series(name: str, *labels: str) -> Any:
    """The series of this name with these labels."""
    return _made[name].labels(*labels) if labels else _made[name]
