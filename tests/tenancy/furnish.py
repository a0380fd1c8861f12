"""Stores in which every tenant table has rows, and a fingerprint of everything that a store has."""

import io
from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection
from psycopg import Cursor

from common import idempotency
from common.looks import ShownRows
from common.tenancy import system_scope, tenant_models
from common.writes import WriteSet
from connectors.models import Connection, MirroredRefund, PlatformTask, RefundHint, SentDecision
from offers import actions as offer_actions
from offers.insights.rates import set_cost_rates
from offers.insights.rebuild import roll_everything
from offers.models import (
    Acceptance,
    Advice,
    AmountAcceptance,
    BulkJob,
    BulkRow,
    CouponGrant,
    DailyLoss,
    LossOutcome,
    OfferCoupon,
    RetentionTotal,
    StoreMethod,
)
from orders.erp.imports import stage_import
from orders.erp.receiving import receive_file
from orders.models import Shipment
from payments.models import Budget, PaymentTerms
from privacy.asking import ask_for_export
from privacy.looks.noting import looks_of, put_on_record
from privacy.states import LookWay
from refunds.carrier_claims import open_carrier_claim
from refunds.messages import post_message
from refunds.models import (
    Assignment,
    ChangedDay,
    CoveredProduct,
    DecisionJob,
    DecisionRow,
    Enrolment,
    LiveSession,
    QualityDay,
    QualityRefund,
    QualityRestriction,
    UnclaimedParcel,
)
from refunds.team.notes import write_note
from refunds.team.tags import tag_refund
from stores.models import Membership, Product, SavedView, User
from stores.people.invitations import invite
from tests.tenancy.things import (
    SHIPMENTS,
    make_appeal,
    make_coupon,
    make_delay,
    make_delivery,
    make_endpoint,
    make_evidence,
    make_failed_call,
    make_notice,
    make_pack,
    make_parcel,
    make_ruling,
    make_small_payment,
    make_unclaimed,
)
from tests.world import BUYER, MERCHANT, NOON, OPERATOR, Shop, make_shop


def furnish(shop: Shop) -> Shop:
    """Give the store at least one row in every tenant table; a new table has to be filled here."""
    refund = shop.refund()
    with shop.scope():
        offer = offer_actions.send_offer(
            store_id=shop.store.pk,
            refund_id=refund.pk,
            method="change_to_refund_only",
            amount=2,
            agreed_with_buyer=True,
            actor=MERCHANT,
            now=NOON,
        )
        offer_actions.accept_offer(store_id=shop.store.pk, offer_id=offer.pk, actor=BUYER, now=NOON)
        make_delivery(shop, make_endpoint(shop))
        make_ruling(shop)
        idempotency.take_key(store_id=shop.store.pk, owner=shop.store.code, key="1", print_="")
        Membership.objects.create(store=shop.store, user=User.objects.create_user(shop.store.code), role="owner")
        invite(store=shop.store, email="", role="viewer", actor=OPERATOR, now=NOON)
        _furnish_retention(shop, refund, offer)
        _furnish_quality(shop, refund)
        _furnish_returnless(shop)
        _furnish_connection(shop, refund)
        open_lost_claim(refund)
        owner = Membership.objects.first().user
        Assignment.objects.create(store=shop.store, refund=refund, assignee=owner, since=NOON)
        tag_refund(store_id=shop.store.pk, refund_id=refund.pk, name="VIP", actor=MERCHANT, now=NOON)
        make_notice(shop, owner)
        write_note(store_id=shop.store.pk, refund_id=refund.pk, text="wet box", actor=MERCHANT, now=NOON)
        ask_for_export(store=shop.store, buyer=refund.order.number, actor=MERCHANT, now=NOON)
        look = {"stores": [], "actor": MERCHANT, "way": LookWay.PAGE, "place": "refund-detail", "at": NOON}
        put_on_record(looks_of(ShownRows(rows=[refund]), **look))
    make_failed_call(shop)
    make_parcel(shop)
    make_small_payment(shop)
    with shop.scope():
        PaymentTerms.objects.create(store=shop.store, per_order=5)
    make_pack(shop)
    make_evidence(shop, make_appeal(shop).refund_id)
    make_delay(shop)
    aside = make_unclaimed(shop)
    with shop.scope():
        UnclaimedParcel.objects.filter(pk=aside.pk).update(status="matched", refund=refund, ended_at=NOON)
    _furnish_import(shop)
    roll_everything()
    return shop


def _furnish_returnless(shop: Shop) -> None:
    """An enrolment with its budget, a product and a live session."""
    store = shop.store
    budget = Budget.objects.create(store=store)
    enrolment = Enrolment.objects.create(store=store, budget=budget, version="3.0")
    product = Product.objects.for_store(store.pk).first()
    CoveredProduct.objects.create(
        store=store, enrolment=enrolment, product=product, item_id=product.item_id, added_at=NOON
    )
    LiveSession.objects.create(store=store, session="L", started_at=NOON, is_covered=False)


def _furnish_import(shop: Shop) -> None:
    """A file with tracking numbers that waits to be confirmed, and one that waits to be read."""
    content = SHIPMENTS.format(shop.order(shipped=False).number).encode()
    with shop.scope():
        for bring in (stage_import, receive_file):
            bring(store=shop.store, file=io.BytesIO(content), name="erp.csv", actor=MERCHANT, now=NOON)


def _furnish_connection(shop: Shop, refund) -> None:
    """A connected shop with a copy of a refund, a hint, a decision on its way and a task."""
    store = shop.store
    connection = Connection.objects.create(
        store=store, platform="taobao", app_key="1", shop_id=store.code, created_at=NOON
    )
    MirroredRefund.objects.create(store=store, connection=connection, refund=refund, platform_id="1", read_at=NOON)
    RefundHint.objects.create(store=store, connection=connection, key="1", platform_id="1", received_at=NOON)
    sent = SentDecision.objects.create(
        store=store, connection=connection, refund=refund, platform_id="1", verb="refuse", decided_at=NOON
    )
    PlatformTask.objects.create(store=store, refund=refund, decision=sent, verb="refuse", created_at=NOON)


def open_lost_claim(refund) -> None:
    """A claim about the refund's parcel, and a refund split from it."""
    writes = WriteSet()
    shipment = Shipment.objects.filter(order=refund.order_id).first()
    open_carrier_claim(writes, refund, shipment, now=NOON)
    writes.flush()
    type(refund).objects.filter(pk=refund.pk).update(split_from=refund)


def _furnish_retention(shop: Shop, refund, offer) -> None:
    """Coupons, switches, counts, messages and a bulk sending."""
    store = shop.store
    coupon = make_coupon(shop)
    OfferCoupon.objects.create(store=store, offer=offer, coupon=coupon)
    CouponGrant.objects.create(
        store=store, coupon=coupon, order_id=refund.order_id, offer=offer, buyer_id="b", granted_at=NOON
    )
    StoreMethod.objects.create(store=store, method="gift", available_from=NOON.date())
    Acceptance.objects.create(store=store, reason="other", method="gift")
    AmountAcceptance.objects.create(store=store, reason="other", method="gift", band=0, percent=0)
    said = {"method": "gift", "chance": 1, "was_tried": False, "was_taken": True, "arms": []}
    Advice.objects.create(store=store, offer=offer, **said)
    set_cost_rates(store=store, changes={}, actor=MERCHANT, now=NOON)
    of_day = {"store": store, "date": NOON.date(), "marketplace": store.marketplace, "reason": "other"}
    DailyLoss.objects.create(**of_day)
    RetentionTotal.objects.create(store=store, date=NOON.date(), part="day")
    LossOutcome.objects.create(**of_day, refund=refund)
    job = BulkJob.objects.create(store=store, actor={}, total=1, created_at=NOON)
    BulkRow.objects.create(store=store, job=job, refund=refund, method="gift", offer=offer)
    SavedView.objects.create(
        store=store,
        owner=User.objects.create(username=f"looks-{store.code}"),
        list_name="refunds.refund",
        name="all",
        query="queue=all",
        is_default=True,
        saved_at=NOON,
    )
    moment = {"created_at": NOON, "begins_at": NOON}
    decided = DecisionJob.objects.create(store=store, verdict="reject", actor={}, total=1, amount=1, **moment)
    DecisionRow.objects.create(store=store, job=decided, refund=refund, as_of=0)
    post_message(store_id=store.pk, refund_id=refund.pk, text="hello", actor=BUYER, now=NOON)


def _furnish_quality(shop: Shop, refund) -> None:
    """A counted refund, a day's figures and a restriction."""
    store = shop.store
    QualityRefund.objects.create(store=store, refund=refund, reason="quality", policy="by_application", counted_at=NOON)
    QualityDay.objects.create(store=store, date=NOON.date(), time_zone="UTC", orders=1, quality_refunds=1)
    ChangedDay.objects.create(store=store, date=NOON.date())
    QualityRestriction.objects.create(store=store, step="demotion", since=NOON, rate="0.0500", count=5)


def make_furnished_shop() -> Shop:
    """A store with rows everywhere."""
    return furnish(make_shop("taote"))


def tenant_tables() -> dict[str, str]:
    """Each tenant table → the column that names the store."""
    return {
        model._meta.db_table: "store_id" if any(f.name == "store" for f in model._meta.fields) else "id"
        for model in tenant_models()
    }


def fingerprint(shop: Shop, *, without: tuple[str, ...] = ()) -> dict[str, str]:
    """Table → a hash of all the store's rows in it. Equal before and after means that nothing changed.

    Within one transaction the rows are read again only when PostgreSQL has counted a write since.
    """
    tables = {table: column for table, column in tenant_tables().items() if table not in without}
    written, which = _written(tables), (shop.store.pk, without)
    if _read.get(which, (None,))[0] == written and written.transaction:
        return _read[which][1]
    union = " UNION ALL ".join(
        f"SELECT '{table}', count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') "
        f"FROM {table} t WHERE {column} = %(store)s"
        for table, column in tables.items()
    )
    with system_scope(), Cursor(connection.connection) as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")  # to plan it takes longer than to run it
        cursor.execute(union, {"store": shop.store.pk}, prepare=True)
        found = dict(cursor.fetchall())
        cursor.execute("SET LOCAL plan_cache_mode = auto")
    _read[which] = (written, found)
    return found


class _Written(NamedTuple):
    """What has been written so far: other values afterwards say that something was, be it undone since."""

    backend: int
    transaction: str | None  # None: nothing yet
    rows: int
    files: int  # others once a table was truncated


_read: dict[tuple, tuple[_Written, dict[str, str]]] = {}
_WRITTEN = """
    SELECT pg_backend_pid(), pg_current_xact_id_if_assigned()::text,
           sum(pg_stat_get_xact_tuples_inserted(t.oid) + pg_stat_get_xact_tuples_updated(t.oid)
               + pg_stat_get_xact_tuples_deleted(t.oid)),
           sum(pg_relation_filenode(t.oid)::bigint)
    FROM unnest(%s::text[]) AS name JOIN pg_class t ON t.oid = name::regclass
"""


def _written(tables: Iterable[str]) -> _Written:
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:
        return _Written(*cursor.execute(_WRITTEN, [list(tables)], prepare=True).fetchone())
