"""Every kind of rows that is kept for a while: its setting, its index, how it goes, and what is noted of that."""

import os
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse

from common.models import Event, Forgetting
from common.personal import MARK
from common.retention import all_retentions
from common.tasks import forget_what_is_old
from common.tenancy import system_scope
from config.environment.kinds import whole
from config.environment.retention import KEPT, MOST_DAYS
from operations.collecting import all_sweeps
from orders.models import Order
from payments.models import GatewayNotice
from refunds.retention import STRAY_FILES
from scripts.growth import GROWING
from tests.rules.test_setup_on_record import WORK
from tests.tenancy.furnish import furnish
from tests.world import NOON, make_shop, make_user

KINDS = all_retentions()
# Of what happens, the tables that grow without end but for these.
BOUNDED = {
    "goes with the row that it is of": "offers_bulkrow orders_filepart orders_importrow refunds_parcelphoto "
    "notices_desknotice notices_noticecopy notices_noticeread",
    "one of a store, a person, a gateway or a reason": "payments_ledgeraccount offers_acceptance "
    "offers_marketplaceacceptance offers_amountacceptance offers_marketplaceamountacceptance notices_noticemark "
    "stores_savedview common_forgetting common_watermark",
    "ends when the work that it notes is done": "common_setback refunds_changedday",
    "an outside party's memory, which plays it here": "payments_sandboxtransfer orders_sandboxparcel",
}


def test_each_kind_has_its_setting_its_sweep_and_an_index_that_finds_what_is_old(db):
    named = {kind.setting for kind in KINDS if kind.setting}
    assert named == {kept.setting for kept in KEPT} == set(settings.KEPT_FOR)
    assert {kind.name for kind in KINDS} <= {sweep.name for sweep in all_sweeps()}
    for kept in KEPT:
        assert kept.default is None or kept.least <= kept.default <= MOST_DAYS
        with pytest.raises(ValueError, match="whole number"):
            whole(kept.least, MOST_DAYS)(str(kept.least - 1))
    without = []
    with system_scope(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        for kind in KINDS:
            if kind.by_itself is None:
                sql, params = kind.old().values("pk")[: kind.batch].query.sql_with_params()
                cursor.execute(f"EXPLAIN {sql}", params)
                plan = "\n".join(line for (line,) in cursor.fetchall())
                without += [kind.name] if f"Index Cond: ({kind.age} " not in plan else []
    assert without == []


def test_what_grows_without_end_is_named():
    """docs/scaling.md reckons with it: a new table goes after a while, is bounded, or is named there."""
    work = {apps.get_model(room, name)._meta.db_table for room, names in WORK.items() for name in names.split()}
    goes = {kind.model._meta.db_table for kind in KINDS if kind.setting != "KEEP_BUYERS_DAYS" and kind != STRAY_FILES}
    bounded = {name for names in BOUNDED.values() for name in names.split()}
    assert work - goes - bounded == set(GROWING)
    assert (bounded - work, bounded & set(GROWING)) == (set(), set())


@pytest.mark.django_db
def test_what_is_old_goes_and_what_is_not_stays(clock, client, django_assert_max_num_queries):
    """All at once, by the one task; the operator's page tells when and how many. Events are kept."""
    shop = furnish(make_shop("taote"))
    with system_scope():
        GatewayNotice.objects.create(
            gateway="sandbox", event_id="1", body=b"x", key="k", outcome="paid", received_at=NOON
        )
        told = Event.objects.count()
        kept = {kind.name: kind.model._default_manager.count() for kind in KINDS}
    stray = default_storage.save(f"evidence/{shop.store.pk}/lost.png", ContentFile(b"x"))
    young = default_storage.save(f"evidence/{shop.store.pk}/young.png", ContentFile(b"x"))
    then = (NOON - timedelta(days=3)).timestamp()
    os.utime(default_storage.path(stray), (then, then))
    os.utime(default_storage.path(young), (NOON.timestamp(), NOON.timestamp()))
    forget_what_is_old()
    with system_scope():
        assert {kind.name: kind.model._default_manager.count() for kind in KINDS} == kept, "nothing is old yet"
        assert Event.objects.count() == told
    assert (default_storage.exists(stray), default_storage.exists(young)) == (False, True)
    assert STRAY_FILES.step() == 0

    clock.move(days=450)
    forget_what_is_old()
    with system_scope():
        left = {kind.name for kind in KINDS if kind.by_itself is None and kind.old().exists()}
        assert left == set()
        assert not GatewayNotice.objects.exists()
        assert Forgetting.objects.get(kind="notices forgotten").rows == 1
        assert Order.objects.filter(buyer_name=MARK).count() == 0, "nobody has said that buyers are forgotten"
        assert Event.objects.count() >= told

    client.force_login(make_user("op", operator=True))
    with django_assert_max_num_queries(12):
        page = client.get(reverse("admin:retention")).content.decode()
    assert all(f"<code>{kept.setting}</code>" in page for kept in KEPT)
    client.force_login(make_user("olga", shop=shop))
    assert client.get(reverse("admin:retention")).status_code == 403


@pytest.mark.django_db
def test_buyers_of_ended_orders_are_forgotten_where_it_is_said_so(clock, settings):
    shop = make_shop("taote")
    ended, open_ = shop.order(buyer_id="b1"), shop.order(buyer_id="b2")
    shop.refund(open_)
    settings.KEPT_FOR = {**settings.KEPT_FOR, "KEEP_BUYERS_DAYS": timedelta(days=400)}
    clock.move(days=402)
    forget_what_is_old()
    assert (shop.reload(ended).buyer_name, shop.reload(ended).buyer_id[:7]) == (MARK, "erased-")
    assert shop.reload(open_).buyer_name == "王小明", "a refund of it is open"
