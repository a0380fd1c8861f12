"""How the text of a variable is read: each kind takes the text and returns a value.

ValueError says what the text must be, in words that go on after the variable's name: "must be 1 or 0". What may hold
a secret is never repeated.
"""

import logging
import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit

from cryptography.fernet import Fernet
from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo

from common.sentinels import SENTINELS_EXAMPLE, Sentinels, is_watched
from config.database import LIMITS
from config.secret import SHORTEST, is_weak

SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
HOST = re.compile(r"\*|\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:]+\]", re.ASCII | re.IGNORECASE)
LABELS = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.ASCII | re.IGNORECASE)
SENDER = re.compile(r"[^@\s<>/:]+@[^@\s<>/:]+|[^@<>]*<[^@\s<>/:]+@[^@\s<>/:]+>")
RATE = re.compile(r"[1-9][0-9]*/(s|sec|second|m|min|minute|h|hour|d|day)", re.ASCII)
DATABASES = {"postgres", "postgresql", "pgsql"}
HINT_SERVERS = {"redis", "rediss", "unix"}
RABBITS = ("amqp:", "amqps:")
BROKERS = {"redis", "rediss", "redis+socket", "amqp", "amqps"}


def listening(said: str) -> str:
    """An address of this machine, or a name of one."""
    try:
        return str(ip_address(said.strip("[]")))
    except ValueError:
        if LABELS.fullmatch(said) and not said.replace(".", "").isdigit():
            return said
    raise ValueError(f"must be an address of this machine such as 127.0.0.1, without scheme and port, not “{said}”")


def switch(said: str) -> bool:
    """On or off."""
    if said.lower() not in SWITCH:
        raise ValueError(f"must be 1 or 0, not “{said}”")
    return SWITCH[said.lower()]


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number within these."""

    def read(said: str) -> int:
        if not re.fullmatch("[0-9]{1,12}", said, re.ASCII) or not least <= int(said) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}, not “{said}”")
        return int(said)

    return read


def hours(longest: int) -> Callable[[str], float]:
    """A time in hours, perhaps with a fraction."""

    def read(said: str) -> float:
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", said, re.ASCII) or not 0 < float(said) <= longest:
            raise ValueError(f"must be hours, more than 0 and at most {longest}, not “{said}”")
        return float(said)

    return read


def one_of(*choices: str) -> Callable[[str], str]:
    """One of these words."""

    def read(said: str) -> str:
        if said not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}, not “{said}”")
        return said

    return read


log_level = one_of(*sorted(logging.getLevelNamesMapping().keys() - {"NOTSET", "WARN", "FATAL"}))
process_kind = one_of(*LIMITS)


def items(said: str) -> list[str]:
    """What stands between the commas."""
    return [part.strip() for part in said.split(",") if part.strip()]


def hosts(said: str) -> list[str]:
    """Names under which the service is reached."""
    if wrong := [name for name in items(said) if not HOST.fullmatch(name)]:
        raise ValueError(f"must be host names without scheme, port and path, comma between them; “{wrong[0]}” is none")
    return items(said)


def proxies(said: str) -> list[str]:
    """Networks whose word about others is taken."""
    for part in items(said):
        try:
            network = ip_network(part, strict=False)
        except ValueError:
            raise ValueError(
                f"must be addresses or networks such as 10.0.0.0/8, comma between them; “{part}” is none"
            ) from None
        if not network.prefixlen:
            raise ValueError(f"must not be everybody: with “{part}” any caller may say who calls")
    return items(said)


def origins(said: str) -> list[str]:
    """Where forms may come from."""
    for part in items(said):
        split = split_url(part)
        if split.scheme not in {"http", "https"} or not split.hostname or split.path or _says_more(split):
            raise ValueError(f"must be addresses such as https://desk.example.com; “{part}” is none")
    return items(said)


def site(said: str) -> str:
    """Where people reach the desk, without a slash at its end."""
    split = split_url(said)
    if split.scheme not in {"http", "https"} or not split.hostname or split.path.strip("/") or _says_more(split):
        raise ValueError(f"must be an address such as https://desk.example.com, and no path; “{said}” is none")
    return said.rstrip("/")


def collector(said: str) -> str:
    """Where traces are sent."""
    split = split_url(said)
    if split.scheme not in {"http", "https"} or not split.hostname or not split.path.strip("/"):
        raise ValueError("must be an address with its path such as http://127.0.0.1:4318/v1/traces")
    return said


def mail_server(said: str) -> str:
    """The address of a server that sends e-mail, or `console:`, which writes it where the process writes."""
    split = split_url(said)
    if said == "console:":
        return said
    if split.scheme not in {"smtp", "submission"} or not split.hostname:
        raise ValueError(
            "must be an address such as submission://user:password@mail.example.com:587 (TLS), smtp://… (plain) or "
            "smtp://…:465/?ssl=true"
        )
    return said


def sender(said: str) -> str:
    """Whom e-mail comes from."""
    if not SENDER.fullmatch(said):
        raise ValueError(f"must be a sender such as Wanliu <desk@example.com>, not “{said}”")
    return said


def rate(said: str) -> str:
    """So many calls a second, minute, hour or day."""
    if not RATE.fullmatch(said):
        raise ValueError(f"must be a rate such as 6000/min, not “{said}”")
    return said


def database(said: str) -> str:
    """The address of a PostgreSQL, with the role and the database."""
    split = split_url(said)
    if split.scheme not in DATABASES or not split.username or not re.fullmatch("/[^/]+", split.path):
        raise ValueError("must be an address such as postgres://role:password@host:5432/database")
    for name in dict(parse_qsl(split.query, keep_blank_values=True)).keys() - {"currentSchema"}:
        try:
            make_conninfo(**{name: ""})
        except ProgrammingError:
            raise ValueError(f"says “{name}”, which PostgreSQL's client doesn't know") from None
    return said


def server(*schemes: str, example: str) -> Callable[[str], str]:
    """The address of a server that speaks one of these."""

    def read(said: str) -> str:
        if is_watched(said):
            return watched(said)
        split = split_url(said.partition(";")[0] if said.startswith(RABBITS) else said)
        if split.scheme not in schemes or not (split.netloc or split.path):
            raise ValueError(f"must be an address such as {example}")
        if said.startswith(RABBITS):
            nodes = [split_url(one) for one in said.split(";")]
            if not all(one.scheme == split.scheme and one.hostname for one in nodes):
                raise ValueError(
                    "must name RabbitMQ's host: amqp://name:password@host:5672/vhost; several with ; between"
                )
        if split.scheme in {"redis", "rediss"} and not re.fullmatch("/?[0-9]{0,5}/?", split.path, re.ASCII):
            raise ValueError(f"must end with a database's number, as in {example}")
        return said

    return read


def watched(said: str) -> str:
    """Sentinels, and the name of the master that they watch."""
    try:
        Sentinels.read(said)
    except ValueError:
        raise ValueError(f"must name each sentinel once and then the master: {SENTINELS_EXAMPLE}") from None
    return said


hint_server = server(*HINT_SERVERS, example="redis://:password@host:6379/0")
broker = server(*BROKERS, example="redis://:password@host:6379/1 or amqp://name:password@host/")


def split_url(said: str) -> SplitResult:
    """The parts of an address; nothing of it but a ValueError when it has a port that is none."""
    try:
        split = urlsplit(said)
        assert split.port is None or split.port
    except (ValueError, AssertionError):
        return urlsplit("")
    return split


def _says_more(split: SplitResult) -> bool:
    """Whether an address holds more than scheme, host, port and path."""
    return bool(split.query or split.fragment or split.username or split.password)


def directory(said: str) -> Path:
    """A place for files."""
    if not said.isprintable():
        raise ValueError("must be a directory's path without signs that can't be seen")
    try:
        is_other = Path(said).exists() and not Path(said).is_dir()
    except OSError as error:
        raise ValueError(f"must be a directory's path: {error.strerror}") from None
    if is_other:
        raise ValueError(f"must be a directory, which {said} isn't")
    return Path(said)


def signing_key(said: str) -> str:
    """What sessions and buyers' links are signed with."""
    if is_weak(said):
        raise ValueError(f"is weak: give at least {SHORTEST} random characters; `scripts/serve new-keys` makes some")
    return said


def metrics_key(said: str) -> str:
    """What whoever asks for figures has to show."""
    if len(said) < 20 or not said.isascii() or not said.isprintable() or " " in said:
        raise ValueError("must be at least 20 letters and digits without a blank; `openssl rand -hex 20` prints some")
    return said


def signing_keys(said: str) -> list[str]:
    """What was signed with before: keys that still open what they have signed."""
    for place, key in enumerate(items(said), 1):
        if is_weak(key):
            raise ValueError(f"must be keys that SECRET_KEY was before; number {place} of them is weak")
    return items(said)


def sealing_keys(said: str) -> list[str]:
    """What secrets are sealed with: Fernet's keys, the first of which seals."""
    for place, key in enumerate(items(said), 1):
        try:
            Fernet(key)
        except ValueError:
            raise ValueError(
                f"must be keys such as `scripts/serve new-keys` makes; number {place} of them is none"
            ) from None
    return items(said)
