import gc

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.module_loading import autodiscover_modules

# Requests and batches make many objects and few cycles: looking for cycles every 700 objects took a third of a sweep.
OBJECTS_BETWEEN_COLLECTIONS = 50_000


class CommonConfig(AppConfig):
    name = "common"

    def ready(self):
        from common import system_checks  # noqa: F401  registers the tenancy checks
        from common.metering import tasks  # noqa: F401  hears Celery's signals, where anybody wants to know
        from common.web.sessions import begin_session

        user_logged_in.connect(begin_session)

        autodiscover_modules("events")  # each room declares there what can happen in it

        gc.freeze()  # what is loaded by now stays
        gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 10, 10)
        gc.enable()  # config/settings.py has disabled it: among what is being loaded it took a seventh of a start
