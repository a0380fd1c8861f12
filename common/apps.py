import gc

from django.apps import AppConfig

# Requests and batches make many objects and few cycles: looking for cycles every 700 objects took a third of a sweep.
OBJECTS_BETWEEN_COLLECTIONS = 50_000


class CommonConfig(AppConfig):
    name = "common"

    def ready(self):
        from common import checks  # noqa: F401  registers the tenancy checks

        gc.freeze()  # what is loaded by now stays
        gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 10, 10)
