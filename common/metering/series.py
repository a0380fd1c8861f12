"""Every series that processes keep themselves. Labels are names that the code knows: no ids, no stores, no addresses.

The series lie in a directory by a digest of what they are, so that the processes of a release with other ones don't
count on where these were.
"""

from hashlib import sha256
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram

CALLS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
WORK_S = (0.01, 0.05, 0.25, 1, 5, 30, 120, 300)

# Name → kind, meaning, labels, and the limits of a histogram.
DECLARED: dict[str, tuple[type, str, tuple[str, ...], tuple]] = {
    "wanliu_http_request_seconds": (
        Histogram,
        "Answered requests and how long they took.",
        ("route", "method"),
        CALLS_S,
    ),
    "wanliu_http_responses": (Counter, "Answers by status.", ("route", "method", "status"), ()),
    "wanliu_http_statements": (Counter, "Statements that requests sent to the database.", ("route", "method"), ()),
    "wanliu_http_waiting": (Gauge, "Requests that wait for a thread.", (), ()),
    "wanliu_action_seconds": (Counter, "Seconds that actions took.", ("action",), ()),
    "wanliu_actions": (Counter, "Actions by what came of them.", ("action", "outcome"), ()),
    "wanliu_action_statements": (Counter, "Statements that actions sent to the database.", ("action",), ()),
    "wanliu_task_seconds": (Histogram, "Tasks of workers and how long they took.", ("task", "outcome"), WORK_S),
    "wanliu_task_statements": (Counter, "Statements that tasks sent to the database.", ("task",), ()),
    "wanliu_task_wait_seconds": (Histogram, "How long messages waited for a worker.", ("queue",), WORK_S),
    "wanliu_outside_seconds": (Histogram, "Calls to outside parties.", ("kind", "party", "outcome"), WORK_S),
    "wanliu_settlements": (Counter, "What gateways said of payments.", ("gateway", "outcome"), ()),
    "wanliu_webhook_deliveries": (Counter, "Calls to endpoints by what came of them.", ("outcome",), ()),
    "wanliu_buyers_seen": (Counter, "Looks at buyers' data that were put on record.", ("way",), ()),
    "wanliu_replica_reads": (Counter, "Readings that the replica may answer, by who did.", ("outcome",), ()),
    "wanliu_limits_reached": (Counter, "Callers that were told to wait, by the limit.", ("limit",), ()),
}


def directory_of(base: Path) -> Path:
    """Where processes with these very series keep them."""
    said = repr([(name, kind.__name__, *rest) for name, (kind, *rest) in sorted(DECLARED.items())])
    return base / sha256(said.encode()).hexdigest()[:12]
