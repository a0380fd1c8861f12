"""The platform's settings, with the bare application of the comparison and a slow gateway beside it."""

import os

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, OUTSIDE, REST_FRAMEWORK

ROOT_URLCONF = "bench.urls"
INSTALLED_APPS = [*INSTALLED_APPS, "bench.bare", "bench.loopback"]
OUTSIDE = {**OUTSIDE, "loopback": {"URL": os.environ.get("LOOPBACK_URL", "")}}
REST_FRAMEWORK = {**REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"key": "6000000/min"}}
