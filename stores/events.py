"""What can happen to stores, people, keys and the catalogue."""

from typing import Annotated, NotRequired, TypedDict

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.events import EventType, Tone
from common.facts import (
    COUNT,
    DATE,
    FLAG,
    INSTANT,
    SWITCH,
    TEXT,
    YUAN,
    Data,
    Fact,
    changed,
    choice,
    hidden,
    named,
    optional,
)
from stores import marketplaces
from stores.states import KeyScope, ProductSource, Role


class Area(models.TextChoices):
    """Which part of the set-up an event changes."""

    STORE = "store", _("Store and settings")
    MEMBERS = "members", _("Members")
    KEYS = "keys", _("API keys")
    LIMITS = "limits", _("Limits and cost rates")
    SWITCHES = "switches", _("Methods and categories")
    PRODUCTS = "products", _("Products")
    ADDRESSES = "addresses", _("Return addresses")
    COUPONS = "coupons", _("Coupons")
    ACCOUNTS = "accounts", _("Accounts")


def _marketplace(name: str, data: Data) -> str:
    try:
        return marketplaces.current_rules(name).label
    except KeyError:
        return name


MARKETPLACE = Fact("name of a marketplace", _marketplace)
_SCOPE = choice(KeyScope)
SCOPES = Fact(
    f"list, each {_SCOPE.shape}", lambda scopes, data: " · ".join(_SCOPE.word(scope, data) for scope in scopes)
)
NEVER = _("never")


# --- stores -----------------------------------------------------------------------------------------------------------


class StoreOpened(TypedDict):
    name: Annotated[str, TEXT]
    code: Annotated[str, TEXT]
    marketplace: Annotated[str, MARKETPLACE]
    time_zone: Annotated[str, TEXT]


class StoreChanged(TypedDict, total=False):
    name: Annotated[list[str], named(_("Name"), changed(TEXT))]
    time_zone: Annotated[list[str], named(_("Time zone"), changed(TEXT))]
    priority_shipping_tag: Annotated[list[bool], named(_("Tag orders for priority shipping"), changed(SWITCH))]
    smart_customer_service: Annotated[list[bool], named(_("Smart customer service"), changed(SWITCH))]
    urge_alert_at: Annotated[
        list[int | None], named(_("Urged orders that interrupt"), changed(optional(COUNT, _("the marketplace's rule"))))
    ]


STORE_OPENED = EventType("store.opened", _("Store opened"), "store", StoreOpened, tone=Tone.GOOD, area=Area.STORE)
STORE_CHANGED = EventType("store.changed", _("Settings changed"), "store", StoreChanged, area=Area.STORE)
NEGOTIATION_OPENED = EventType(
    "store.negotiation_opened", _("Negotiation opened to the store"), "store", tone=Tone.GOOD, area=Area.STORE
)
NEGOTIATION_CLOSED = EventType(
    "store.negotiation_closed", _("Negotiation closed to the store"), "store", tone=Tone.WARNING, area=Area.STORE
)


# --- categories that a marketplace opens ------------------------------------------------------------------------------


class CategoryOpened(TypedDict):
    marketplace: Annotated[str, MARKETPLACE]
    name: Annotated[str, TEXT]
    category: Annotated[str, TEXT]
    opens_on: Annotated[str, named(_("Opens on"), DATE)]
    closes_on: Annotated[str | None, named(_("Closes on"), optional(DATE, NEVER))]


class CategoryChanged(TypedDict):
    marketplace: Annotated[str, MARKETPLACE]
    category: Annotated[str, TEXT]
    name: NotRequired[Annotated[list[str], named(_("Name"), changed(TEXT))]]
    opens_on: NotRequired[Annotated[list[str], named(_("Opens on"), changed(DATE))]]
    closes_on: NotRequired[Annotated[list[str | None], named(_("Closes on"), changed(optional(DATE, NEVER)))]]


CATEGORY_OPENED = EventType(
    "category.opened",
    _("Category opened to retention"),
    "categoryopening",
    CategoryOpened,
    tone=Tone.GOOD,
    area=Area.SWITCHES,
)
CATEGORY_CHANGED = EventType(
    "category.changed", _("Opened category changed"), "categoryopening", CategoryChanged, area=Area.SWITCHES
)


# --- people -----------------------------------------------------------------------------------------------------------


class AccountOpened(TypedDict):
    username: Annotated[str, TEXT]
    full_name: Annotated[str, TEXT]
    is_operator: Annotated[bool, Fact("true or false", lambda value, data: _("Operator") if value else "")]


class AccountNamed(TypedDict):
    username: Annotated[str, TEXT]


class MemberNamed(TypedDict):
    username: Annotated[str, TEXT]
    full_name: Annotated[str, TEXT]
    role: Annotated[str, choice(Role)]


class RoleChanged(TypedDict):
    username: Annotated[str, TEXT]
    full_name: Annotated[str, TEXT]
    role: Annotated[list[str], changed(choice(Role))]


ACCOUNT_OPENED = EventType(
    "account.opened", _("Account opened"), "user", AccountOpened, tone=Tone.GOOD, area=Area.ACCOUNTS
)
PASSWORD_GIVEN = EventType(
    "account.password_given",
    _("One-time password given"),
    "user",
    AccountNamed,
    tone=Tone.WARNING,
    area=Area.ACCOUNTS,
)
PASSWORD_CHANGED = EventType(
    "account.password_changed", _("Password changed"), "user", AccountNamed, area=Area.ACCOUNTS
)
MEMBER_ADDED = EventType(
    "member.added", _("Member added"), "membership", MemberNamed, tone=Tone.GOOD, area=Area.MEMBERS
)
MEMBER_ROLE_CHANGED = EventType(
    "member.role_changed", _("Role changed"), "membership", RoleChanged, tone=Tone.NOTE, area=Area.MEMBERS
)
MEMBER_REMOVED = EventType(
    "member.removed", _("Member removed"), "membership", MemberNamed, tone=Tone.WARNING, area=Area.MEMBERS
)


# --- keys -------------------------------------------------------------------------------------------------------------


class KeyMade(TypedDict):
    name: Annotated[str, TEXT]
    prefix: Annotated[str, TEXT]
    marketplace: NotRequired[Annotated[str, MARKETPLACE]]
    scopes: NotRequired[Annotated[list[str], SCOPES]]
    expires_at: NotRequired[Annotated[str, named(_("Expires"), INSTANT)]]


class KeyRevoked(TypedDict):
    name: Annotated[str, TEXT]
    prefix: Annotated[str, TEXT]


KEY_MADE = EventType("key.made", _("API key made"), "apikey", KeyMade, tone=Tone.NOTE, area=Area.KEYS)
KEY_REVOKED = EventType("key.revoked", _("API key revoked"), "apikey", KeyRevoked, tone=Tone.WARNING, area=Area.KEYS)


# --- products and return addresses ------------------------------------------------------------------------------------


class ProductAdded(TypedDict):
    title: Annotated[str, TEXT]
    item_id: Annotated[str, TEXT]
    price: Annotated[str, YUAN]
    category: Annotated[str, hidden(TEXT)]
    listed: Annotated[bool, FLAG]
    source: Annotated[str, hidden(choice(ProductSource))]


class ProductChanged(TypedDict):
    product: Annotated[str, TEXT]
    item_id: Annotated[str, TEXT]
    title: NotRequired[Annotated[list[str], named(_("Title"), changed(TEXT))]]
    category: NotRequired[Annotated[list[str], named(_("Category"), changed(TEXT))]]
    price: NotRequired[Annotated[list[str], named(_("Price"), changed(YUAN))]]
    listed: NotRequired[Annotated[list[bool], named(_("Listed"), changed(SWITCH))]]
    source: NotRequired[Annotated[list[str], named(_("Source"), changed(choice(ProductSource)))]]


class AddressAdded(TypedDict):
    contact: Annotated[str, TEXT]
    phone: Annotated[str, TEXT]
    address: Annotated[str, TEXT]


PRODUCT_ADDED = EventType(
    "product.added", _("Product added"), "product", ProductAdded, tone=Tone.GOOD, area=Area.PRODUCTS
)
PRODUCT_CHANGED = EventType("product.changed", _("Product changed"), "product", ProductChanged, area=Area.PRODUCTS)
RETURN_ADDRESS_ADDED = EventType(
    "return_address.added",
    _("Return address added"),
    "returnaddress",
    AddressAdded,
    tone=Tone.GOOD,
    area=Area.ADDRESSES,
)
