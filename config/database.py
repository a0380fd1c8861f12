"""What each kind of process asks of its database connections: nobody works, waits or dawdles without an end.

Requests narrow the time of a statement further (`common.time_limits`). PgBouncer must be told to let the start-up
parameter `options` through (`ignore_startup_parameters = options`); then set these on the role instead.
"""

from typing import Any

import dj_database_url

# Milliseconds; 0 is without an end. Commands are started by people who can stop them.
LIMITS = {
    "web": {"statement_timeout": 15_000, "lock_timeout": 8_000, "idle_in_transaction_session_timeout": 60_000},
    "worker": {"statement_timeout": 240_000, "lock_timeout": 30_000, "idle_in_transaction_session_timeout": 60_000},
    "command": {"statement_timeout": 0, "lock_timeout": 0, "idle_in_transaction_session_timeout": 0},
}


# A statement that is prepared is asked all the time and compares columns with what it is given: its first plan is good
# for every call. Left to itself PostgreSQL plans it anew each time where a list turns out shorter than it had thought.
PLANS = "-c plan_cache_mode=force_generic_plan"


def connection_options(kind: str, asked: str = "") -> str:
    """The `options` of a connection of a `web`, `worker` or `command` process.

    What DATABASE_URL asks for (`asked`) goes last and wins.
    """
    limits = " ".join(f"-c {name}={milliseconds}" for name, milliseconds in LIMITS[kind].items())
    return f"{limits} {PLANS} {asked}".strip()


# A server that can't be reached is found out soon: the primary is there to be asked.
SOON = {"connect_timeout": 2, "tcp_user_timeout": 5000, "keepalives_idle": 5, "keepalives_interval": 2}


def replica_database(url: str | None, primary: dict[str, Any], kind: str) -> dict[str, Any]:
    """Django's settings for the replica at `url`, as those of the primary but for reading alone. Empty without one."""
    if not url:
        return {}
    told = dj_database_url.parse(url)
    asked = told.get("OPTIONS", {})
    options = connection_options(kind, f"-c default_transaction_read_only=on {asked.get('options', '')}")
    plans = {name: value for name, value in primary["OPTIONS"].items() if name == "prepare_threshold"}
    return {
        **primary,
        **told,
        "ENGINE": "common.replica.backend",  # which gives up a server that hangs
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {**SOON, **asked, **plans, "options": options.strip()},
        "TEST": {"MIRROR": "default"},
    }
