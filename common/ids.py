"""Opaque identifiers that sort by the time they were made."""

from uuid import UUID, uuid5

from django.db import models
from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A version 7 UUID: unguessable enough to be public, and newest last in an index."""
    return uuid7()


_ROWS = UUID("3f1d9c1e-6d0b-5b8a-9f5e-2a7c4e0b6d11")


def event_id(row: models.Model) -> UUID:
    """The id by which events know `row`: its own if that is a UUID, else one derived from its model's name and its id.

    Stores, members, keys and users have ids of other kinds; what is derived stays the same for ever and can't be turned
    back. ValueError for a row that has no id yet.
    """
    if isinstance(row.pk, UUID):
        return row.pk
    if row.pk is None:
        raise ValueError(f"Save the {row._meta.model_name} first: an event needs its id.")
    return uuid5(_ROWS, f"{row._meta.model_name}:{row.pk}")
