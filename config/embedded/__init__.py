"""PostgreSQL and Valkey out of Python wheels, for machines that have neither.

`make run` supervises them (config.supervisor); tests and benchmarks take a throw-away pair:

    with throwaway() as services:
        ...  # services.database_url, services.redis_url

Both listen on Unix sockets only. `config.embedded.paths` says where, without starting anything; Django's
settings and management commands use that to find a running instance. postgres and valkey are one service each,
processes start them, unprivileged says as whom; scratch is the throw-away pair. Nothing here knows Django.
"""

from config.embedded.scratch import Services, throwaway

__all__ = ["Services", "throwaway"]
