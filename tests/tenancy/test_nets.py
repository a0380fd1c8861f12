"""Every constraint is asked by its name: whatever code does or forgets, the tables refuse what must never be."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models
from django.db.models.fields import PositiveIntegerRelDbTypeMixin

from tests.concurrency.test_return_nets import copy, table
from tests.tenancy.furnish import make_furnished_shop
from tests.test_architecture import ROOT

pytestmark = pytest.mark.django_db

# What another constraint of the same table refuses as well, and first.
IMPLIED = {
    "order_paid_not_negative": "order_claimed_within_paid",
    "order_line_price_not_negative": "order_line_claimed_within_paid",
}
TABLES = {model._meta.db_table: model for model in apps.get_models()}


def again(name: str, /, **changes: str) -> str:
    """`copy`, also for a table whose ids are numbers, or of which the database makes columns itself."""
    meta = TABLES[name]._meta
    new_id = "gen_random_uuid()" if isinstance(meta.pk, models.UUIDField) else f"(SELECT max(id) + 1 FROM {name})"
    values = {field.column: f't."{field.column}"' for field in meta.concrete_fields if not field.generated}
    values |= {"id": new_id, **changes}
    columns = ", ".join(f'"{column}"' for column in values)
    return f"INSERT INTO {name} ({columns}) SELECT {', '.join(values.values())} FROM {name} t LIMIT 1"


def twice(name: str, /, **values: str) -> str:
    """Insert the same row twice; ids that the database doesn't make are made here."""
    own_id = isinstance(TABLES[name]._meta.pk, models.UUIDField)
    values = {"id": "gen_random_uuid()", **values} if own_id else values
    row = f"INSERT INTO {name} ({', '.join(values)}) VALUES ({', '.join(values.values())})"
    return f"{row}; {row}"


OPENED = {"marketplace": "'tmall'", "category": "'x'", "name": "'x'", "opens_on": "now()"}
ANOTHER_REPORTS = "jsonb_build_object('id', gen_random_uuid(), 'report_id', (SELECT id FROM r))"
SECOND_REPORT = (
    f"WITH r AS ({copy('orders_delayreport')} RETURNING id) INSERT INTO orders_delayedorder "
    f"SELECT (jsonb_populate_record(t, {ANOTHER_REPORTS})).* FROM orders_delayedorder t LIMIT 1"
)
DEVICE = {
    "user_id": "(SELECT min(id) FROM stores_user)",
    "browser": "'01a21eef-29f1-73d2-9b6f-3507edd1613a'::uuid",
    "agent": "''",
    "first_at": "now()",
    "seen_at": "now()",
}
NETS = {
    "rule_version_once": again("automation_ruleversion"),
    "refund_tag_once": again("refunds_refundtag"),
    "ruling_of_a_rule": "UPDATE automation_ruling SET outcome = 'unmatched'",
    "ruling_once_per_refund": again("automation_ruling"),
    "store_rule_live_is_published": "UPDATE automation_storerule SET version = 0",
    "store_rule_name_once": again("automation_storerule"),
    "saved_view_default_once": again("stores_savedview", name="'other'"),
    "saved_view_name_once": again("stores_savedview", is_default="false"),
    "acceptance_once": again("offers_acceptance"),
    "advice_chance_is_a_share": "UPDATE offers_advice SET chance = 1000001",
    "amount_acceptance_once": again("offers_amountacceptance"),
    "amount_acceptance_within_ended": "UPDATE offers_amountacceptance SET accepted = ended + 1",
    "acceptance_within_ended": "UPDATE offers_acceptance SET accepted = ended + 1",
    "api_key_of_store_or_marketplace": "UPDATE stores_apikey SET store_id = NULL, marketplace = ''",
    "assignment_once_per_refund": again("refunds_assignment"),
    "buyer_request_one_under_way": again("privacy_buyerrequest"),
    "bulk_row_once": again("offers_bulkrow"),
    "category_closes_after_opening": twice("stores_categoryopening", **OPENED, closes_on="now()"),
    "category_opening_once": twice("stores_categoryopening", **OPENED),
    "cost_rates_not_negative": again("offers_costrates", handling="-0.01"),
    "cost_rates_percent": again("offers_costrates", stock_loss_percent="100.01"),
    "coupon_amount_positive": "UPDATE offers_coupon SET amount_off = 0",
    "coupon_granted_once_per_offer": again("offers_coupongrant"),
    "coupon_promised_within_quantity": "UPDATE offers_coupon SET reserved = quantity - granted + 1",
    "coupon_threshold_not_negative": "UPDATE offers_coupon SET min_spend = -0.01",
    "coupon_validity": "UPDATE offers_coupon SET valid_until = valid_from",
    "covered_product_once": again("refunds_coveredproduct"),
    "daily_loss_not_negative": "UPDATE offers_dailyloss SET sale = -0.01",
    "daily_loss_once": again("offers_dailyloss"),
    "daily_retention_accepted_within_answered": "UPDATE offers_dailyretention SET accepted = answered + 1",
    "daily_retention_once": again("offers_dailyretention"),
    "delivery_once": again("webhooks_delivery"),
    "endpoint_paused_for_a_reason": "UPDATE webhooks_endpoint SET status = 'paused'",
    "failed_call_once": again("webhooks_failedcall"),
    "day_allowance_once": again("payments_dayallowance"),
    "day_allowance_used_not_negative": "UPDATE payments_dayallowance SET used = -0.01",
    "decision_row_once": again("refunds_decisionrow"),
    "delayed_order_in_one_open_report": SECOND_REPORT,
    "delayed_order_told_once": again("orders_delayedorder", is_open="false"),
    "enrolment_once_per_store": again("refunds_enrolment"),
    "file_part_place_once": again("orders_filepart"),
    "gateway_notice_once": twice(
        "payments_gatewaynotice",
        **dict.fromkeys(("gateway", "event_id", "key", "outcome", "reference", "error", "result", "last_error"), "'x'"),
        **{"body": "''", "received_at": "now()", "attempts": "0", "needs_attention": "false"},
    ),
    "idempotent_answer_once": again("common_idempotentanswer"),
    "import_row_whole_order_once": again("orders_importrow", place="99"),
    "import_row_place_once": again("orders_importrow", code="'not_found'"),
    "device_once_per_browser": twice("stores_device", **DEVICE),
    "invitation_accepted_or_withdrawn": "UPDATE stores_invitation SET accepted_at = now()",
    "invitation_open_once_per_address": (
        "UPDATE stores_invitation SET email = 'a@example.com'; " + again("stores_invitation")
    ),
    "ledger_account_once": again("payments_ledgeraccount"),
    "live_session_once": again("refunds_livesession"),
    "marketplace_acceptance_once": twice(
        "offers_marketplaceacceptance",
        **{"marketplace": "'tmall'", "reason": "'other'", "method": "'gift'", "ended": "0", "accepted": "0"},
    ),
    "marketplace_amount_acceptance_once": twice(
        "offers_marketplaceamountacceptance",
        **{"marketplace": "'tmall'", "reason": "'other'", "method": "'gift'", "band": "0", "percent": "0"},
        **{"ended": "0", "accepted": "0", "given": "0"},
    ),
    "marketplace_method_once": twice(
        "offers_marketplacemethod",
        **{"marketplace": "'tmall'", "method": "'gift'", "is_on": "true", "available_from": "now()"},
    ),
    "membership_once_per_store": again("stores_membership"),
    "notice_copy_for_one": "UPDATE notices_noticecopy SET person_id = (SELECT min(id) FROM stores_user)",
    "notice_copy_once": again("notices_noticecopy"),
    "notice_mark_once": again("notices_noticemark"),
    "notice_once_per_deadline": (
        "UPDATE notices_desknotice SET event = NULL, step = 1, due_at = now(), refund_id = gen_random_uuid(); "
        + again("notices_desknotice")
    ),
    "notice_once_per_event": again("notices_desknotice"),
    "notice_read_once": again("notices_noticeread"),
    "notice_terms_once": again("notices_noticeterms"),
    "notice_terms_quiet_is_a_span": "UPDATE notices_noticeterms SET quiet_from = '08:00'",
    "offer_amount_positive": "UPDATE offers_offer SET amount = 0",
    "offer_coupon_once": again("offers_offercoupon"),
    "order_delay_moves_later": "UPDATE orders_order SET rule_ship_by = ship_by + interval '1 second'",
    "order_discount_and_fee": "UPDATE orders_order SET discount = -0.01",
    "order_line_discounts_within_price": "UPDATE orders_orderline SET order_discount = -0.01",
    "order_line_goods_once": again("orders_orderline"),
    "order_line_quantity_positive": "UPDATE orders_orderline SET quantity = 0 WHERE claimed_amount = 0",
    "order_line_shipped_within_quantity": "UPDATE orders_orderline SET shipped_quantity = quantity + 1",
    "order_number_once": "UPDATE orders_order SET number = 'same'",
    "order_small_payments_bounded": "UPDATE orders_order SET small_payments = 51",
    "parcel_quantity_positive": "UPDATE orders_owedparcel SET quantity = 0",
    "payment_amount_positive": "UPDATE payments_payment SET amount = 0",
    "payment_given_up_is_failed": "UPDATE payments_payment SET given_up_at = now() WHERE status <> 'failed'",
    "payment_reversed_is_failed": "UPDATE payments_payment SET reversed_at = now() WHERE status <> 'failed'",
    "payment_small_has_day": "UPDATE payments_payment SET allowance_date = now() WHERE purpose = 'refund'",
    "payment_terms_day_not_negative": "UPDATE payments_paymentterms SET per_day = -0.01",
    "payment_terms_once": again("payments_paymentterms"),
    "payment_terms_order_bounded": "UPDATE payments_paymentterms SET per_order = 51",
    "payment_terms_payment_not_negative": "UPDATE payments_paymentterms SET per_payment = -0.01",
    "payment_written_off_is_failed": "UPDATE payments_payment SET written_off_at = now() WHERE status <> 'failed'",
    "product_item_id_once": again("stores_product"),
    "product_price_not_negative": "UPDATE stores_product SET price = -0.01",
    "product_taken_off_is_unlisted": "UPDATE stores_product SET listed = true, taken_off = true",
    "quality_day_once": again("refunds_qualityday"),
    "quality_refund_once": again("refunds_qualityrefund"),
    "retention_total_once": again("offers_retentiontotal"),
    "reconciliation_once_a_day": twice(
        "payments_reconciliation",
        **{"gateway": "'x'", "date": "now()", "lines": "0", "payments": "0", "differences_found": "0"},
        created_at="now()",
    ),
    "refund_marketplace_of_followed": "UPDATE refunds_refund SET marketplace_status = 'x'",
    "restriction_in_force_once": again("refunds_qualityrestriction"),
    "restriction_lifted_after_since": "UPDATE refunds_qualityrestriction SET lifted_at = since - interval '1 second'",
    "robot_paused_for_a_reason": "UPDATE notices_robot SET status = 'paused'",
    "setback_once": twice(
        "common_setback",
        **{"sweep": "'x'", "key": "'1'", "attempts": "0", "needs_attention": "false", "last_error": "''"},
    ),
    "store_agent_approval_ceiling_not_negative": "UPDATE stores_store SET agent_approval_ceiling = -0.01",
    "store_agent_offer_ceiling_not_negative": "UPDATE stores_store SET agent_offer_ceiling = -0.01",
    "store_finance_payment_ceiling_not_negative": "UPDATE stores_store SET finance_payment_ceiling = -0.01",
    "store_held_day_has_end": "UPDATE stores_store SET held_day = now(), held_until = NULL",
    "store_method_once": again("offers_storemethod"),
    "store_most_offered_is_a_share": "UPDATE stores_store SET most_offered_percent = 101",
    "store_only_sandbox_ahead": "UPDATE stores_store SET clock_ahead = '1 hour'",
    "store_off_means_blocked": "UPDATE stores_store SET products_off = true, listings_blocked = false",
    "store_tried_in_bounds": "UPDATE stores_store SET tried_percent = 51",
    "parcel_photo_file_once": again("refunds_parcelphoto"),
    "parcel_photo_type_known": again("refunds_parcelphoto", stored_as="'x'", type="'text/html'"),
    "unclaimed_parcel_matched_with_refund": "UPDATE refunds_unclaimedparcel SET refund_id = NULL",
    "unclaimed_parcel_ended_with_status": "UPDATE refunds_unclaimedparcel SET ended_at = NULL",
    "unclaimed_parcel_has_reason": "UPDATE refunds_unclaimedparcel SET status = 'written_off', refund_id = NULL",
    "unclaimed_parcel_waits_once": (
        "UPDATE refunds_unclaimedparcel SET status = 'waiting', refund_id = NULL, ended_at = NULL; "
        + again("refunds_unclaimedparcel")
    ),
    "store_unclaimed_days_in_bounds": "UPDATE stores_store SET unclaimed_days = 0",
    "store_urge_alert_in_bounds": "UPDATE stores_store SET urge_alert_at = 0",
    "transfer_amount_positive": again("payments_transfer", amount="0"),
    "transfer_payout_has_payment": again("payments_transfer", payment_id="NULL"),
    "transfer_resolved_with_phase": again("payments_transfer", phase="'posted'", resolved_at="NULL"),
    "transfer_two_accounts": again("payments_transfer", credit_account_id="t.debit_account_id"),
}


def test_the_tables_refuse_what_must_never_be_of_each_kind(subtests):
    make_furnished_shop()
    for net, sql in NETS.items():
        with subtests.test(net), pytest.raises(IntegrityError, match=net):
            table(sql, net)


def test_every_constraint_is_asked_by_its_name():
    """Here, or in the test of the race that it decides."""
    ours = [model for model in apps.get_models() if (ROOT / model.__module__.partition(".")[0]).is_dir()]
    declared = {constraint.name for model in ours for constraint in model._meta.constraints}
    assert len(declared) > 90
    asked = "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    assert {net for net in declared if net not in asked} == set()
    assert set(IMPLIED) | set(NETS) <= declared


def test_no_count_is_below_zero():
    """Each column that counts has its CHECK; PostgreSQL's own, so nobody declares them."""
    ours = [model for model in apps.get_models() if (ROOT / model.__module__.partition(".")[0]).is_dir()]
    counts = {
        f"{model._meta.db_table}_{field.column}_check"
        for model in ours
        if not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, PositiveIntegerRelDbTypeMixin)
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND convalidated"
        )
        held = {name for name, definition in cursor.fetchall() if definition.endswith(">= 0))")}
    assert len(counts) > 60
    assert counts - held == set()


def test_what_a_model_says_is_unique_is_so_in_its_table():
    """Columns that are unique by themselves, whose index PostgreSQL names: no constraint of ours declares them."""
    ours = [model for model in apps.get_models() if (ROOT / model.__module__.partition(".")[0]).is_dir()]
    said = {
        (model._meta.db_table, field.column)
        for model in ours
        if not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if field.unique and not field.primary_key
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indrelid::regclass::text, attname FROM pg_index JOIN pg_attribute "
            "ON attrelid = indrelid AND attnum = indkey[0] "
            "WHERE indisunique AND indisvalid AND indnkeyatts = 1 AND indpred IS NULL"
        )
        held = set(cursor.fetchall())
    assert len(said) > 5
    assert said - held == set()
