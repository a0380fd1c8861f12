"""Opaque identifiers that sort by the time they were made."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A version 7 UUID: unguessable enough to be public, and newest last in an index."""
    return uuid7()
