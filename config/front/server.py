"""How granian is started: the same for `make run`, for benchmarks and for tests."""

from config.embedded.paths import ROOT

JSON_LOGS = ("--log-config", str(ROOT / "config" / "front" / "logs.json"))  # of the server itself
WEB_PROCESSES = 2
HEAD_MS = 20_000  # for a request's head, and for a connection that waits for its next request
HEAD_BYTES = 2**16
CONNECTIONS = 4096  # of one process; most of them do nothing
GRACE_S = 30  # that calls under way have to end when the service is stopped


def web_arguments(
    host: str,
    port: int,
    *,
    processes: int = WEB_PROCESSES,
    target: str = "config.front.application:application",
    more: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """The arguments after `python -m`.

    HTTP/1 only: HTTP/2 in the clear has no deadline for heads, and proxies speak 1.
    """
    return (
        *("granian", "--interface", "rsgi", "--host", host, "--port", str(port), "--http", "1", "--no-ws"),
        *("--workers", str(processes), "--respawn-failed-workers", "--workers-kill-timeout", f"{GRACE_S}s"),
        *("--http1-header-read-timeout", str(HEAD_MS), "--http1-buffer-size", str(HEAD_BYTES)),
        *("--backlog", str(CONNECTIONS), "--backpressure", str(CONNECTIONS)),
        *more,
        target,
    )
