"""Every write to stores, people, keys and the catalogue.

`settings` opens a store and changes what its owner sets; `categories` are the platform's (Q2); `members` and `keys` say who
and which program may do something; `catalogue` are products and return addresses.
"""

from stores.actions.catalogue import (
    ProductData,
    add_product,
    add_return_address,
    default_return_address,
    default_return_addresses,
    update_product,
    upsert_products,
)
from stores.actions.categories import change_category, open_category
from stores.actions.keys import create_marketplace_key, create_store_key, revoke_key, touch_key
from stores.actions.members import add_member, remove_member
from stores.actions.settings import StoreSettings, create_store, open_negotiation, update_store

__all__ = [
    "ProductData",
    "StoreSettings",
    "add_member",
    "add_product",
    "add_return_address",
    "change_category",
    "create_marketplace_key",
    "create_store",
    "create_store_key",
    "default_return_address",
    "default_return_addresses",
    "open_category",
    "open_negotiation",
    "remove_member",
    "revoke_key",
    "touch_key",
    "update_product",
    "update_store",
    "upsert_products",
]
