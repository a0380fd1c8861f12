"""What sets up a store stands on the page *What changed*: every field of it, and everything that only owners may do."""

import ast
import sys

import pytest
from django.apps import apps

from common.declared import rooms
from common.events import EventType, event_types
from common.obligations import Obligation
from stores.permissions import EDIT_CATALOG, MANAGE_STORE, OPERATE
from tests.rules.acts import Function, read_rooms
from tests.test_architecture import ROOMS, ROOT
from workbench.kit.decisions import Decision

AREAS = {event.subject for event in event_types() if event.area}
# What happens, in the shop or in the machine: no part of how the store is set up. A new model is either here, or what
# its fields were and are is told (TOLD_AS, UNTOLD).
WORK = {
    "common": "Event IdempotentAnswer Forgetting Watermark Setback",
    "stores": "DeskSession Device SavedView Letter",
    "orders": "DelayReport DelayedOrder Order OrderLine Shipment OwedParcel SandboxParcel ShipmentImport FilePart "
    "ImportRow",
    "payments": "GatewayNotice Reconciliation Difference Payment LedgerAccount Transfer DayAllowance SandboxTransfer",
    "refunds": "RefundLine Refund Appeal CarrierClaim DecisionJob DecisionRow Dispute Evidence EvidencePack "
    "QualityRefund QualityDay ChangedDay QualityRestriction LiveSession Assignment RefundTag Note Message "
    "UnclaimedParcel ParcelPhoto",
    "offers": "Offer BulkJob BulkRow OfferCoupon CouponGrant RolledUpOffer DailyRetention RetentionTotal DailyLoss "
    "LossOutcome Acceptance MarketplaceAcceptance AmountAcceptance MarketplaceAmountAcceptance Advice",
    "connectors": "MirroredRefund RefundHint SentDecision PlatformTask",
    "webhooks": "Delivery FailedCall",
    "automation": "RuleVersion Ruling",
    "notices": "DeskNotice NoticeCopy NoticeMark NoticeRead",
    "privacy": "BuyerRequest Look",
}
# Of every kind: who, which and when are the event's own; what workers note; what is shown to nobody again.
ANYWHERE = {"id", "store", "updated_at", *Obligation.WORK_FIELDS, "leased_by"}
TOLD_AS = {
    "Budget.tops_up": "on",
    "Budget.threshold": "threshold",
    "Budget.top_up_amount": "amount",
    "Connection.shop_id": "shop",
    "Connection.shop_name": "shop",
    "Connection.expires_at": "until",
    "CostRates.acquisition": "acquisition",
    "Coupon.name": "coupon",
    "CoveredProduct.item_id": "added",
    "CoveredProduct.product": "added",
    "Enrolment.agreement_version": "version",
    "Enrolment.planned_budget": "amount",
    "Endpoint.url": "host",
    "Invitation.accepted_by": "username",
    "Membership.user": "username",
    "Membership.skilled_kinds": "kinds",
    "Membership.skilled_categories": "categories",
    "NoticeTerms.tells_before": "hours_before",
    "Robot.paused_for": "reason",
    "Endpoint.paused_for": "reason",
    "StoreRule.draft": "says",
    "ApiKey.expiry_date": "expires_at",
    "ReturnAddress.place": "address",
    "User.first_name": "full_name",
    "User.last_name": "full_name",
    "User.is_superuser": "is_operator",
    "Connection.base_url": "base_url",
    "Store.is_sandbox": "sandbox",
    "Store.clock_ahead": "until",
}
# Each with why no event tells it.
EVENT_SAYS_IT = "that it happened is the event itself, its name and its instant"
SECRET = "a secret, or what only its holder may know"
WORKERS = "what a worker notes while it goes on"
FOLLOWS = "follows from what is told"
FIRST = "given once, by the platform, when it is made"
UNTOLD = {
    EVENT_SAYS_IT: "ApiKey.created ApiKey.revoked Invitation.made_at Invitation.accepted_at Invitation.withdrawn_at "
    "Invitation.invited_by Membership.since ReturnAddress.retired_at Connection.created_at Connection.status "
    "Endpoint.created_at Endpoint.deleted_at Endpoint.status Robot.created_at Robot.deleted_at Robot.status "
    "StoreRule.created_at StoreRule.status StoreRule.live_since Enrolment.agreement_at Enrolment.agreement_by "
    "Enrolment.confirmed_at Enrolment.in_force_since Enrolment.left_at Enrolment.status CoveredProduct.added_at "
    "Store.negotiation_open CostRates.valid_from CostRates.set_by User.date_joined Store.created_at",
    SECRET: "ApiKey.hashed_key User.password User.sealed_totp User.recovery_digests Connection.sealed_secrets "
    "Connection.sealed_tokens Connection.push_token Connection.token_mark Connection.link_nonce "
    "Endpoint.sealed_secrets Robot.sealed Store.buyer_salt",
    WORKERS: "ApiKey.last_used_at Invitation.issue Invitation.tries Membership.turn User.last_login User.totp_step "
    "User.code_tries User.code_tries_from User.new_device_at Robot.said Robot.sent_at Robot.failures "
    "Robot.failing_since Robot.told_at Endpoint.cursor Endpoint.failures Endpoint.failing_since NoticeTerms.cursor "
    "Connection.refresh_expires_at Connection.write_expires_at Connection.renewal_asked_at Connection.is_refreshable "
    "Connection.warned_days Connection.cursor Connection.pulled_at Connection.changed_at Connection.look_back "
    "Connection.looked_from Connection.looked_at Connection.look_until Connection.look_missed Connection.compared_at "
    "Store.clock_until Store.clock_call Coupon.granted "
    "Coupon.reserved Budget.balance Budget.reserved Budget.short_since",
    FOLLOWS: "CoveredProduct.enrolment CoveredProduct.holds_since Enrolment.budget User.is_staff User.is_active "
    "User.must_change_password User.opened_for Product.taken_off "
    "Store.listings_blocked Store.products_off Store.held_day Store.held_until",
    FIRST: "ApiKey.is_demo ApiKey.prefix Store.site Store.is_demo",
}
EXEMPT = {name for names in UNTOLD.values() for name in names.split()}
WHICH_ONE = {"name", "username", "full_name", "method", "marketplace", "category", "product", "item_id", "version"}
ITS_OWN_PAIR = {"says", "has_new_secret", "has_new_path", "held_out", "was", "on", "amount", "threshold"}


def models_by_name() -> dict:
    labels = {room.name for room in rooms()}
    return {model.__name__: model for model in apps.get_models() if model._meta.app_label in labels}


def told(model) -> set[str]:
    """The data of the events that happen to it."""
    subjects = {"Budget": {"enrolment"}, "CoveredProduct": {"enrolment"}}.get(model.__name__, {model._meta.model_name})
    return {key for event in event_types() if event.area and event.subject in subjects for key in event.facts}


def test_every_field_that_sets_up_a_store_is_told_or_says_why_not():
    work = {(app, name) for app, names in WORK.items() for name in names.split()}
    models = models_by_name()
    assert not {name for _app, name in work} - models.keys()
    silent = []
    for name, model in models.items():
        if (model._meta.app_label, name) in work:
            continue
        for field in model._meta.concrete_fields:
            key = f"{name}.{field.name}"
            is_told = TOLD_AS.get(key, field.name) in told(model)
            if field.name not in ANYWHERE and not is_told and key not in EXEMPT:
                silent.append(key)
    assert silent == [], "tell it in an event with an area, or say in UNTOLD why nobody has to know"
    fields = {f"{name}.{field.name}" for name, model in models.items() for field in model._meta.concrete_fields}
    assert not (EXEMPT | TOLD_AS.keys()) - fields, "these are no fields any more"


def test_what_is_changed_tells_what_it_was_and_what_it_is():
    verbs = ("changed", "set", "switched", "switched_for_all", "role_changed", "skills_changed", "upgraded")
    changes = [event for event in event_types() if event.area and event.name.partition(".")[2] in verbs]
    assert len(changes) > 10
    for event in changes:
        alone = {key for key, fact in event.facts.items() if not fact.shape.startswith("[before, after]")}
        assert alone <= WHICH_ONE | ITS_OWN_PAIR, event
        assert {key for key, fact in event.facts.items() if fact.word is None} == set(), f"{event} keeps it to itself"


# --- everything that only owners or operators may do


def recorded_events() -> dict[str, EventType]:
    """Each event type by the name that the code has for it."""
    found = {}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ROOMS and "events" in name.split("."):
            found |= {key: value for key, value in vars(module).items() if isinstance(value, EventType)}
    return found


def subclasses(base: type) -> set[type]:
    direct = set(base.__subclasses__())
    return direct | {each for sub in direct for each in subclasses(sub)}


def events_of(project, run: Function) -> set[str]:
    """What is named in all that a function uses, and that in turn; a table of functions stands for them."""
    seen, waiting, named = set(), [(run.module, run.node)], set()
    while waiting:
        home, node = waiting.pop()
        if (home, id(node)) in seen:
            continue
        seen.add((home, id(node)))
        module = project.modules[home]
        for each in ast.walk(node):
            if isinstance(each, ast.Name):
                named.add(each.id)
                if each.id in module.constants:
                    waiting.append((home, module.constants[each.id]))
                waiting.extend((found.module, found.node) for found in project.called(module, each))
            elif isinstance(each, ast.Call):
                waiting.extend((found.module, found.node) for found in project.called(module, each.func))
    return named


# What only owners or operators do and what changes no set-up: it is about one case, and stands in its timeline.
OF_A_CASE: dict[str, str] = {}


@pytest.fixture(scope="module")
def project():
    return read_rooms(ROOT, ROOMS)


def test_what_only_owners_may_do_stands_on_the_page(project):
    types, silent, looked_at = recorded_events(), [], 0
    for decision in subclasses(Decision):
        module = project.modules.get(decision.__module__)
        if module is None or getattr(decision, "capability", "") not in {MANAGE_STORE, OPERATE, EDIT_CATALOG}:
            continue
        owner = next(each for each in decision.__mro__ if "run" in vars(each))
        if owner is Decision or getattr(owner.run, "__isabstractmethod__", False):
            continue
        home = project.modules[owner.__module__]
        line = owner.run.__code__.co_firstlineno
        [run] = [node for node in home.methods["run"] if node.lineno == line]
        named = events_of(project, Function(home.name, run))
        looked_at += 1
        if not any(types[name].area for name in named & types.keys()):
            silent.append(decision.__qualname__)
    assert looked_at > 30
    print(silent)
    assert sorted(silent) == sorted(OF_A_CASE), "give what it records an area, or say here why it needs none"
