"""Whose a line of the log is, where the code works for one store."""

import logging

from django.apps import apps


class StoreOfScope(logging.Filter):
    """Notes the store of the open scope on a record: `store_id`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True. Logs are set up before the rooms are loaded: until then nobody works for a store."""
        if apps.models_ready:
            from common.tenancy import one_store

            if (store_id := one_store()) is not None:
                record.store_id = store_id
        return True
