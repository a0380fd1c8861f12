"""What can happen to stores, people, keys and the catalogue."""

from dataclasses import replace
from typing import Annotated, NotRequired, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import (
    COUNT,
    DATE,
    END,
    FLAG,
    INSTANT,
    PERCENT,
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
from stores.states import EventArea, KeyScope, MemberRole, ProductSource


def _marketplace(name: str, data: Data) -> str:
    try:
        return marketplaces.marketplace_label(marketplaces.current_rules(name))
    except KeyError:
        return name


MARKETPLACE = Fact("name of a marketplace", _marketplace, example=min(marketplaces.newest()))
_SCOPE = choice(KeyScope)
SCOPES = Fact(
    f"list, each {_SCOPE.shape}",
    lambda scopes, data: " · ".join(_SCOPE.word(scope, data) for scope in scopes),
    example=[_SCOPE.example],
)
NEVER = gettext_lazy("never")


# --- stores -----------------------------------------------------------------------------------------------------------


class _StoreOpened(TypedDict):
    name: Annotated[str, TEXT]
    code: Annotated[str, TEXT]
    marketplace: Annotated[str, MARKETPLACE]
    time_zone: Annotated[str, TEXT]
    sandbox: NotRequired[Annotated[bool, FLAG]]


_SWITCH = changed(SWITCH)
_MOST, _TRIED = changed(optional(PERCENT, gettext_lazy("no ceiling"))), changed(PERCENT)
_CEILING = changed(optional(YUAN, gettext_lazy("no ceiling")))


class _StoreChanged(TypedDict, total=False):
    name: Annotated[list[str], named(gettext_lazy("Name"), changed(TEXT))]
    time_zone: Annotated[list[str], named(gettext_lazy("Time zone"), changed(TEXT))]
    priority_shipping_tag: Annotated[list[bool], named(gettext_lazy("Tag orders for priority shipping"), _SWITCH)]
    smart_customer_service: Annotated[list[bool], named(gettext_lazy("Smart customer service"), _SWITCH)]
    second_factor_required: Annotated[list[bool], named(gettext_lazy("Members need a second factor"), _SWITCH)]
    shares_out_refunds: Annotated[list[bool], named(gettext_lazy("Share new refunds out in turn"), _SWITCH)]
    urge_alert_at: Annotated[
        list[int | None],
        named(
            gettext_lazy("Urged orders that interrupt"),
            changed(optional(COUNT, gettext_lazy("the marketplace's rule"))),
        ),
    ]
    unclaimed_days: Annotated[list[int], named(gettext_lazy("Days for unclaimed parcels"), changed(COUNT))]
    agent_offer_ceiling: Annotated[list[str | None], named(gettext_lazy("Most that an agent may offer"), _CEILING)]
    agent_approval_ceiling: Annotated[list[str | None], named(gettext_lazy("Most that an agent may approve"), _CEILING)]
    finance_payment_ceiling: Annotated[list[str | None], named(gettext_lazy("Most that finance may send"), _CEILING)]
    most_offered_percent: Annotated[list[int | None], named(gettext_lazy("Largest share recommended"), _MOST)]
    tried_percent: Annotated[list[int], named(gettext_lazy("Refunds in which something is tried out"), _TRIED)]


class _ClockAdvanced(TypedDict):
    until: Annotated[str, named(gettext_lazy("Until"), INSTANT)]


STORE_OPENED = EventType(
    "store.opened",
    gettext_lazy("Store opened"),
    "store",
    _StoreOpened,
    tone=EventTone.GOOD,
    area=EventArea.STORE,
    meaning=gettext_lazy("The platform has opened a store on this marketplace; it is empty."),
)
STORE_CHANGED = EventType(
    "store.changed",
    gettext_lazy("Settings changed"),
    "store",
    _StoreChanged,
    area=EventArea.STORE,
    meaning=gettext_lazy("The store's name, clock or switches are others now."),
)
CLOCK_ADVANCED = EventType(
    "store.clock_advanced",
    gettext_lazy("Test clock moved on"),
    "store",
    _ClockAdvanced,
    area=EventArea.STORE,
    meaning=gettext_lazy("Somebody moves the sandbox's clock on; what falls due until then follows."),
)
NEGOTIATION_OPENED = EventType(
    "store.negotiation_opened",
    gettext_lazy("Negotiation opened to the store"),
    "store",
    tone=EventTone.GOOD,
    area=EventArea.STORE,
    meaning=gettext_lazy("The store may propose a change of a refund to its buyers."),
)
NEGOTIATION_CLOSED = EventType(
    "store.negotiation_closed",
    gettext_lazy("Negotiation closed to the store"),
    "store",
    tone=EventTone.WARNING,
    area=EventArea.STORE,
    meaning=gettext_lazy("The store can't propose a change of a refund any more."),
)


# --- categories that a marketplace opens ------------------------------------------------------------------------------


class _CategoryOpened(TypedDict):
    marketplace: Annotated[str, MARKETPLACE]
    name: Annotated[str, TEXT]
    category: Annotated[str, TEXT]
    opens_on: Annotated[str, named(gettext_lazy("Opens on"), DATE)]
    closes_on: Annotated[str | None, named(gettext_lazy("Closes on"), optional(DATE, NEVER))]


class _CategoryChanged(TypedDict):
    marketplace: Annotated[str, MARKETPLACE]
    category: Annotated[str, TEXT]
    name: NotRequired[Annotated[list[str], named(gettext_lazy("Name"), changed(TEXT))]]
    opens_on: NotRequired[Annotated[list[str], named(gettext_lazy("Opens on"), changed(DATE))]]
    closes_on: NotRequired[
        Annotated[list[str | None], named(gettext_lazy("Closes on"), changed(optional(DATE, NEVER)))]
    ]


CATEGORY_OPENED = EventType(
    "category.opened",
    gettext_lazy("Category opened to retention"),
    "categoryopening",
    _CategoryOpened,
    tone=EventTone.GOOD,
    area=EventArea.SWITCHES,
    meaning=gettext_lazy("Products of this category may be retained from that date on."),
)
CATEGORY_CHANGED = EventType(
    "category.changed",
    gettext_lazy("Opened category changed"),
    "categoryopening",
    _CategoryChanged,
    area=EventArea.SWITCHES,
    meaning=gettext_lazy("The dates or the name of a category that is opened to retention are others now."),
)


# --- people -----------------------------------------------------------------------------------------------------------


class _AccountOpened(TypedDict):
    username: Annotated[str, TEXT]
    full_name: Annotated[str, TEXT]
    is_operator: Annotated[bool, replace(FLAG, word=lambda value, data: _("Operator") if value else "")]


class _AccountNamed(TypedDict):
    username: Annotated[str, TEXT]


class _SecondFactorPassed(TypedDict):
    username: Annotated[str, TEXT]
    recovery_codes_left: NotRequired[Annotated[int, named(gettext_lazy("Recovery codes left"), COUNT)]]


class _MemberNamed(TypedDict):
    username: Annotated[str, TEXT]
    full_name: Annotated[str, TEXT]
    role: Annotated[str, choice(MemberRole)]


class _RoleChanged(TypedDict):
    username: Annotated[str, TEXT]
    full_name: Annotated[str, TEXT]
    role: Annotated[list[str], changed(choice(MemberRole))]


ACCOUNT_OPENED = EventType(
    "account.opened",
    gettext_lazy("Account opened"),
    "user",
    _AccountOpened,
    tone=EventTone.GOOD,
    area=EventArea.ACCOUNTS,
    meaning=gettext_lazy("A person can sign in to the desk."),
)
PASSWORD_GIVEN = EventType(
    "account.password_given",
    gettext_lazy("One-time password given"),
    "user",
    _AccountNamed,
    tone=EventTone.WARNING,
    area=EventArea.ACCOUNTS,
    meaning=gettext_lazy("The platform has given a person a password that has to be changed at the first sign-in."),
)
PASSWORD_CHANGED = EventType(
    "account.password_changed",
    gettext_lazy("Password changed"),
    "user",
    _AccountNamed,
    area=EventArea.ACCOUNTS,
    meaning=gettext_lazy("A person has chosen another password; every other session of the account is over."),
)
SECOND_FACTOR_SET_UP = EventType(
    "account.second_factor_set_up",
    gettext_lazy("Second factor set up"),
    "user",
    _AccountNamed,
    tone=EventTone.GOOD,
    area=EventArea.ACCOUNTS,
    meaning=gettext_lazy("The password alone no longer lets this person in: a code of an app is asked for as well."),
)
SECOND_FACTOR_PASSED = EventType(
    "account.second_factor_passed",
    gettext_lazy("Signed in with the second factor"),
    "user",
    _SecondFactorPassed,
    area=EventArea.ACCOUNTS,
    meaning=gettext_lazy("A person has signed in with a code; after a recovery code it tells how many are left."),
)
SECOND_FACTOR_REMOVED = EventType(
    "account.second_factor_removed",
    gettext_lazy("Second factor removed"),
    "user",
    _AccountNamed,
    tone=EventTone.WARNING,
    area=EventArea.ACCOUNTS,
    meaning=gettext_lazy("The password alone lets this person in again."),
)
MEMBER_ADDED = EventType(
    "member.added",
    gettext_lazy("Member added"),
    "membership",
    _MemberNamed,
    tone=EventTone.GOOD,
    area=EventArea.MEMBERS,
    meaning=gettext_lazy("A person works in the store from now on, in this role."),
)
MEMBER_ROLE_CHANGED = EventType(
    "member.role_changed",
    gettext_lazy("Role changed"),
    "membership",
    _RoleChanged,
    tone=EventTone.NOTE,
    area=EventArea.MEMBERS,
    meaning=gettext_lazy("A person may do other things in the store than before."),
)
MEMBER_REMOVED = EventType(
    "member.removed",
    gettext_lazy("Member removed"),
    "membership",
    _MemberNamed,
    tone=EventTone.WARNING,
    area=EventArea.MEMBERS,
    meaning=gettext_lazy("A person works in the store no more."),
)


# --- keys -------------------------------------------------------------------------------------------------------------


class _KeyMade(TypedDict):
    name: Annotated[str, TEXT]
    prefix: Annotated[str, TEXT]
    marketplace: NotRequired[Annotated[str, MARKETPLACE]]
    scopes: NotRequired[Annotated[list[str], SCOPES]]
    expires_at: NotRequired[Annotated[str, named(gettext_lazy("Expires"), END)]]


class _KeyRevoked(TypedDict):
    name: Annotated[str, TEXT]
    prefix: Annotated[str, TEXT]


KEY_MADE = EventType(
    "key.made",
    gettext_lazy("API key made"),
    "apikey",
    _KeyMade,
    tone=EventTone.NOTE,
    area=EventArea.KEYS,
    meaning=gettext_lazy("A client may call the API with this key from now on; the key itself is kept nowhere."),
)
KEY_REVOKED = EventType(
    "key.revoked",
    gettext_lazy("API key revoked"),
    "apikey",
    _KeyRevoked,
    tone=EventTone.WARNING,
    area=EventArea.KEYS,
    meaning=gettext_lazy("Calls with this key are refused from now on."),
)


# --- products and return addresses ------------------------------------------------------------------------------------


class _ProductAdded(TypedDict):
    title: Annotated[str, TEXT]
    item_id: Annotated[str, TEXT]
    price: Annotated[str, YUAN]
    category: Annotated[str, hidden(TEXT)]
    listed: Annotated[bool, FLAG]
    source: Annotated[str, hidden(choice(ProductSource))]


class _ProductChanged(TypedDict):
    product: Annotated[str, TEXT]
    item_id: Annotated[str, TEXT]
    title: NotRequired[Annotated[list[str], named(gettext_lazy("Title"), changed(TEXT))]]
    category: NotRequired[Annotated[list[str], named(gettext_lazy("Category"), changed(TEXT))]]
    price: NotRequired[Annotated[list[str], named(gettext_lazy("Price"), changed(YUAN))]]
    listed: NotRequired[Annotated[list[bool], named(gettext_lazy("Listed"), changed(SWITCH))]]
    source: NotRequired[Annotated[list[str], named(gettext_lazy("Source"), changed(choice(ProductSource)))]]


class _AddressAdded(TypedDict):
    contact: Annotated[str, TEXT]
    phone: Annotated[str, TEXT]
    address: Annotated[str, TEXT]


PRODUCT_ADDED = EventType(
    "product.added",
    gettext_lazy("Product added"),
    "product",
    _ProductAdded,
    tone=EventTone.GOOD,
    area=EventArea.PRODUCTS,
    meaning=gettext_lazy("A product is in the store's warehouse for the first time."),
)
PRODUCT_CHANGED = EventType(
    "product.changed",
    gettext_lazy("Product changed"),
    "product",
    _ProductChanged,
    area=EventArea.PRODUCTS,
    meaning=gettext_lazy("A product of the warehouse has another title, price, category or place on sale."),
)


class _AddressChanged(TypedDict, total=False):
    """Each part that changed."""

    contact: Annotated[list[str], changed(TEXT)]
    phone: Annotated[list[str], changed(TEXT)]
    address: Annotated[list[str], changed(TEXT)]


RETURN_ADDRESS_CHANGED = EventType(
    "return_address.changed",
    gettext_lazy("Return address changed"),
    "returnaddress",
    _AddressChanged,
    area=EventArea.ADDRESSES,
    meaning=gettext_lazy("Later returns are sent to the address as it is now; who was told the older one keeps to it."),
)
RETURN_ADDRESS_RETIRED = EventType(
    "return_address.retired",
    gettext_lazy("Return address retired"),
    "returnaddress",
    _AddressAdded,
    area=EventArea.ADDRESSES,
    meaning=gettext_lazy("No further return is sent to this address."),
)
RETURN_ADDRESS_ADDED = EventType(
    "return_address.added",
    gettext_lazy("Return address added"),
    "returnaddress",
    _AddressAdded,
    tone=EventTone.GOOD,
    area=EventArea.ADDRESSES,
    meaning=gettext_lazy("Returns may be sent to this address."),
)
