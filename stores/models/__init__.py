"""The tenant and what belongs to it; and what there is about the accounts of its people.

stores is the tenant with its people, keys and catalogue, categories what marketplaces open to retention; people is
where an account is signed in, who is invited, and what is written to whom; saved_views is what they look at again and
again.
"""

from stores.models.categories import CategoryOpening, open_categories
from stores.models.people import DeskSession, Device, Invitation, Letter
from stores.models.saved_views import LONGEST_QUERY, SavedView
from stores.models.stores import (
    MOST_TRIED,
    MOST_UNCLAIMED_DAYS,
    MOST_URGE_ALERT,
    UNCLAIMED_DAYS,
    ApiKey,
    ApiKeyManager,
    CeilingField,
    Membership,
    Product,
    ReturnAddress,
    ReturnAddressQuerySet,
    Store,
    User,
    digits,
    validate_time_zone,
)

__all__ = [
    "LONGEST_QUERY",
    "MOST_TRIED",
    "MOST_UNCLAIMED_DAYS",
    "MOST_URGE_ALERT",
    "UNCLAIMED_DAYS",
    "ApiKey",
    "ApiKeyManager",
    "CategoryOpening",
    "CeilingField",
    "DeskSession",
    "Device",
    "Invitation",
    "Letter",
    "Membership",
    "Product",
    "ReturnAddress",
    "ReturnAddressQuerySet",
    "SavedView",
    "Store",
    "User",
    "digits",
    "open_categories",
    "validate_time_zone",
]
