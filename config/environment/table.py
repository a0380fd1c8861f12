"""Every setting. The order is that of docs/deploy.md; defaults are values, as `read` would return them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.environment import kinds
from config.environment.retention import KEPT, MOST_DAYS


@dataclass(frozen=True)
class Setting:
    """A variable of the environment. Empty counts as unset; NAME_FILE may name a file that holds the value.

    In production it is `needed`, or has this `only` value. `unset` says in words what stands for a default that is
    made of others.
    """

    name: str
    means: str
    read: Callable[[str], Any]
    default: Any = None
    unset: str = ""
    needed: bool = False
    only: bool | None = None


THIS_MACHINE = ["127.0.0.1", "localhost", "[::1]"]

SETTINGS = (
    Setting(
        "PRODUCTION",
        "1 where people work: what is marked below is then needed or refused. `scripts/serve` sets it",
        kinds.switch,
        default=False,
    ),
    Setting(
        "DATA_DIR",
        "evidence, static files and what `make run` keeps; all web processes and workers share its `media`",
        kinds.directory,
        default=Path(".data"),
        needed=True,
    ),
    Setting("HOST", "the address to listen on", kinds.listening, default="127.0.0.1"),
    Setting("PORT", "the port to listen on", kinds.whole(1, 65535), default=8000),
    Setting("WEB_PROCESSES", "processes of a web server", kinds.whole(1, 64), default=2),
    Setting("WEB_THREADS", "threads of each, which answer requests", kinds.whole(1, 64), default=4),
    Setting("WORKER_PROCESSES", "processes of a worker of the main queue", kinds.whole(1, 64), default=2),
    Setting("MONEY_PROCESSES", "processes of a worker of payments alone", kinds.whole(1, 64), default=1),
    Setting("DEADLINE_PROCESSES", "processes of a worker of deadlines alone", kinds.whole(1, 64), default=1),
    Setting(
        "WEBHOOK_THREADS",
        "calls to endpoints and group robots at once, of a worker of webhooks",
        kinds.whole(1, 256),
        default=8,
    ),
    Setting("FILE_THREADS", "files read or shipped at once, of a worker of files", kinds.whole(1, 64), default=2),
    Setting(
        "DATABASE_URL",
        "PostgreSQL, with a plain role that owns no table",
        kinds.database,
        unset="the embedded one",
        needed=True,
    ),
    Setting(
        "OWNER_DATABASE_URL",
        "the same database with the role that owns the tables; only `migrate` and `restore` use it",
        kinds.database,
        unset="the embedded one's, or nobody",
    ),
    Setting(
        "REPLICA_DATABASE_URL",
        "a streaming replica of it, one server and no balancer, with the role of DATABASE_URL: lists, exports and "
        "figures are read there",
        kinds.database,
        unset="everything is read where it is written",
    ),
    Setting(
        "REPLICA_MOST_LAG_S",
        "a replica that is further behind than so many seconds isn't asked",
        kinds.whole(2, 60),
        default=5,
    ),
    Setting(
        "PREPARED_STATEMENTS",
        "0 behind a pooler that keeps no plans (PgBouncer before 1.21)",
        kinds.switch,
        default=True,
    ),
    Setting(
        "REDIS_URL",
        "Valkey or Redis: hints, counters, heartbeats; nothing in it is the truth. With Sentinel: "
        "`sentinel://:password@host1:26379,host2:26379,host3:26379/master`, `?sentinel_password=…` where they have one",
        kinds.hint_server,
        unset="the embedded one",
        needed=True,
    ),
    Setting(
        "CELERY_BROKER_URL",
        "the queue of the workers: Valkey or Redis as above, or RabbitMQ 3.10 or newer "
        "(`amqp://name:password@host:5672/vhost`, of a cluster all nodes with `;` between), in quorum queues",
        kinds.broker,
        unset="that of `REDIS_URL`",
    ),
    Setting(
        "SECRET_KEY",
        "signs sessions and buyers' links",
        kinds.signing_key,
        unset="made, and kept in `DATA_DIR`",
        needed=True,
    ),
    Setting(
        "SECRET_KEY_FALLBACKS",
        "what `SECRET_KEY` was before, comma between: sessions, links and recovery codes of then hold on",
        kinds.signing_keys,
        default=[],
        unset="none",
    ),
    Setting(
        "CONNECTOR_KEYS",
        "seal secrets of connected shops, webhooks, group robots and second factors: the first seals, each opens",
        kinds.sealing_keys,
        default=[],
        unset="made of `SECRET_KEY`, on the embedded database",
        needed=True,
    ),
    Setting(
        "ALLOWED_HOSTS",
        "the names under which the service is reached, comma between them; any other `Host` is a 400",
        kinds.hosts,
        default=THIS_MACHINE,
        needed=True,
    ),
    Setting(
        "TRUSTED_PROXIES",
        "networks of the proxies in front (`10.0.0.0/8,192.0.2.7`): only they may say by `X-Forwarded-For` who calls "
        "and by `X-Forwarded-Proto` that it came by TLS",
        kinds.proxies,
        default=[],
        unset="nobody: all clients behind a proxy count as one address",
        needed=True,
    ),
    Setting(
        "CSRF_TRUSTED_ORIGINS",
        "other addresses from which forms may come (`https://desk.example.com`)",
        kinds.origins,
        default=[],
        unset="the service's own only",
    ),
    Setting(
        "PUBLIC_URL",
        "where people reach the desk (`https://desk.example.com`): links in e-mails and invitations begin with it",
        kinds.site,
        unset="this machine, `PORT`",
        needed=True,
    ),
    Setting(
        "EMAIL_URL",
        "the server that sends e-mail (`submission://user:password@mail.example.com:587`); `console:` prints it, where"
        " nobody works",
        kinds.mail_server,
        unset="no e-mail: links are handed over",
    ),
    Setting("EMAIL_FROM", "the sender of it (`Wanliu <desk@example.com>`)", kinds.sender, unset="nobody"),
    Setting("HTTPS_ONLY", "cookies for TLS only, whatever a proxy says", kinds.switch, default=False, only=True),
    Setting(
        "HSTS_DAYS",
        "in production: for how long a browser that was here asks by TLS only",
        kinds.whole(1, 730),
        default=30,
    ),
    Setting("OPERATORS_NEED_SECOND_FACTOR", "lets operators in only with a second factor", kinds.switch, default=False),
    Setting(
        "SESSION_IDLE_HOURS", "a session at the desk ends when nothing was asked for so long", kinds.hours(8760), 12.0
    ),
    Setting("SESSION_LONGEST_HOURS", "and after so long in any case", kinds.hours(8760), default=168.0),
    *(
        Setting(
            kept.setting,
            f"days, at least {kept.least}: how long are kept {kept.keeps}",
            kinds.whole(kept.least, MOST_DAYS),
            default=kept.default,
            unset="" if kept.default else "for ever",
        )
        for kept in KEPT
    ),
    Setting("API_RATE", "calls of one store, all its keys together", kinds.rate, default="6000/min"),
    Setting(
        "CONNECTOR_LONGEST_PAUSE_S",
        "at the latest after so long a quiet shop is asked again",
        kinds.whole(1, 86_400),
        default=300,
    ),
    Setting(
        "KUAISHOU_WINDOW_MINUTES",
        "how much of Kuaishou's past one call lists; the platform may allow less than a day",
        kinds.whole(1, 1440),
        default=1440,
    ),
    Setting(
        "WEBHOOKS_ALLOW_LOOPBACK",
        "lets endpoints be on the loopback, without TLS: for first tries",
        kinds.switch,
        default=False,
        only=False,
    ),
    Setting(
        "METRICS_DIR",
        "a directory of this machine's own in which processes keep figures of themselves (`/run/wanliu/metrics`); "
        "`scripts/serve metrics` tells them to Prometheus",
        kinds.directory,
        unset="nothing is measured",
    ),
    Setting("METRICS_HOST", "the address on which `/metrics` is answered", kinds.listening, default="127.0.0.1"),
    Setting("METRICS_PORT", "its port, never that of the desk", kinds.whole(1, 65535), default=9464),
    Setting(
        "METRICS_KEY",
        "what Prometheus shows as `Authorization: Bearer …`; needed where METRICS_HOST isn't this machine alone",
        kinds.metrics_key,
        unset="nobody is asked",
    ),
    Setting(
        "TRACES_URL",
        "where traces are sent, as OTLP over HTTP (`http://127.0.0.1:4318/v1/traces`)",
        kinds.collector,
        unset="nowhere",
    ),
    Setting("TRACES_PERCENT", "how many traces of a hundred are sent", kinds.whole(1, 100), default=10),
    Setting("LOG_LEVEL", "how much is logged", kinds.log_level, default="INFO"),
    Setting(
        "LOG_FORMAT",
        "`json`: an object a line; `line`: name=value, for people",
        kinds.one_of("json", "line"),
        unset="`json` in production, else `line`",
    ),
    Setting("DEBUG", "Django's error pages", kinds.switch, default=False, only=False),
    Setting("DEMO", "`make run` with its demo", kinds.switch, unset="1 on the embedded database", only=False),
    Setting(
        "PROCESS_KIND",
        "how long a statement may take; each way to start sets it",
        kinds.process_kind,
        default="worker",
    ),
)
