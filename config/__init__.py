"""Settings, addresses, the Celery application and the services that `make run` starts.

settings, urls, celery, wsgi. front/ reads requests in each web process; supervise/ and
supervisor are `make run`; embedded/ are PostgreSQL and Valkey out of wheels. worker, database: how each kind of
process behaves when a service goes away. secret (the signing key), outside (what the environment says of outside
parties), mail (by whom e-mail goes), logs.
"""

from config.celery import app as celery_app

__all__ = ["celery_app"]
