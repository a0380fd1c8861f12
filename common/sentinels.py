"""Where the hint server is: at one address, or with whomever sentinels say that leads. Knows no settings."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from redis import Redis
from redis.sentinel import Sentinel

SENTINEL_PORT = 26379
ASKED_FOR_S = 2
SENTINELS_EXAMPLE = "sentinel://:password@host1:26379,host2:26379,host3:26379/master?db=0"


@dataclass(frozen=True)
class Sentinels:
    """Who is asked which server leads, and under which name. `own_password` is the sentinels', if they have one."""

    hosts: tuple[tuple[str, int], ...]
    master: str
    db: int = 0
    credentials: str = field(default="", repr=False)
    own_password: str = field(default="", repr=False)

    @classmethod
    def read(cls, url: str) -> "Sentinels":
        """What `sentinel://[[name]:password@]host[:port],…/master[?db=0&sentinel_password=…]` says. ValueError."""
        parts = urlsplit(url)
        credentials, _, named = parts.netloc.rpartition("@")
        hosts = tuple(_host(one) for one in named.split(","))
        master, told = parts.path.strip("/"), dict(parse_qsl(parts.query))
        db, own_password = told.pop("db", "0"), told.pop("sentinel_password", "")
        if parts.scheme != "sentinel" or told or not master or master.isdigit() or "/" in master or ";" in url:
            raise ValueError(url)
        return cls(hosts, master, int(db), credentials, own_password)

    def connect(self, **limits: Any) -> Redis:
        """Whoever leads, asked anew by each new connection."""
        name, _, password = self.credentials.partition(":")
        own = {"password": self.own_password} if self.own_password else {}
        asked = Sentinel(list(self.hosts), sentinel_kwargs={**limits, **own}, **limits)
        told = {"username": unquote(name) or None, "password": unquote(password) or None, "db": self.db}
        return asked.master_for(self.master, **told)

    def for_celery(self) -> dict[str, Any]:
        """As Celery wants it: an address for each sentinel, and the master's name in an option."""
        before = f"{self.credentials}@" if self.credentials else ""
        limits = {"socket_timeout": ASKED_FOR_S, "socket_connect_timeout": ASKED_FOR_S}
        own = {"sentinel_kwargs": {"password": self.own_password, **limits}} if self.own_password else {}
        places = [f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.hosts]
        return {
            "url": ";".join(f"sentinel://{before}{place}/{self.db}" for place in places),
            "options": {"master_name": self.master, **own},
        }


def _host(said: str) -> tuple[str, int]:
    parts = urlsplit(f"//{said}")
    if not parts.hostname:
        raise ValueError(said)
    return parts.hostname, parts.port or SENTINEL_PORT


def connect_hint_server(url: str, **limits: Any) -> Redis:
    """A client of the server of REDIS_URL, not yet connected."""
    if is_watched(url):
        return Sentinels.read(url).connect(**limits)
    return Redis.from_url(url, **limits)


def is_watched(url: str) -> bool:
    """Whether sentinels say where the server is."""
    return urlsplit(url).scheme == "sentinel"
