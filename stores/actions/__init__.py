"""What is done to stores, people, keys and the catalogue; stores/listings.py writes what a restriction does.

`settings` opens a store and changes what its owner sets; `clocks` moves a sandbox's clock on; `categories` are the
platform's (Q2); `accounts` and `members` say who may do something, `second_factor` what they show beside the password,
`keys` which program may; `catalogue` is products, `addresses` where returns go. `known`: whether a marketplace is one.
"""

from stores.actions.accounts import change_password, give_new_password, new_password, open_account
from stores.actions.addresses import (
    add_return_address,
    change_return_address,
    default_return_address,
    default_return_addresses,
    retire_return_address,
)
from stores.actions.catalogue import (
    ProductData,
    add_product,
    update_product,
    upsert_products,
)
from stores.actions.categories import change_category, open_category
from stores.actions.clocks import advance_clock, end_advance, set_clock, why_no_test_clock
from stores.actions.keys import create_marketplace_key, create_store_key, revoke_key, touch_key
from stores.actions.members import add_member, change_member, remove_member
from stores.actions.second_factor import (
    new_secret,
    pass_second_factor,
    remove_second_factor,
    reset_second_factor,
    set_up_second_factor,
    take_try,
)
from stores.actions.settings import StoreSettings, create_store, open_negotiation, update_store

__all__ = [
    "ProductData",
    "StoreSettings",
    "add_member",
    "add_product",
    "add_return_address",
    "advance_clock",
    "change_category",
    "change_member",
    "change_password",
    "change_return_address",
    "create_marketplace_key",
    "create_store",
    "create_store_key",
    "default_return_address",
    "default_return_addresses",
    "end_advance",
    "give_new_password",
    "new_password",
    "new_secret",
    "open_account",
    "open_category",
    "open_negotiation",
    "pass_second_factor",
    "remove_member",
    "remove_second_factor",
    "reset_second_factor",
    "retire_return_address",
    "revoke_key",
    "set_clock",
    "set_up_second_factor",
    "take_try",
    "touch_key",
    "update_product",
    "update_store",
    "upsert_products",
    "why_no_test_clock",
]
