"""Settings, addresses, the Celery application and the services that `make run` starts.

settings, urls, celery, wsgi. environment/ is every setting, read and checked as a whole; serve starts one process
where people work, processes says with which arguments. front/ reads requests in each web process; supervise/ and
supervisor are `make run`; embedded/ are PostgreSQL and Valkey out of wheels. worker, beat, database: how each kind of
process behaves when a service goes away. broker (Celery's settings for it). secret (the signing key), outside (what
the environment says of outside parties), mail (by whom e-mail goes), schedule (of beat), static_files, logs.
"""

from config.celery import app as celery_app

__all__ = ["celery_app"]
