"""Every kind of rows that is kept for a while: its setting, its index, how it goes, and what is noted of that."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models.functions import Now
from django.urls import reverse

from common.idempotency import take_key
from common.models import Event, Forgetting, IdempotentAnswer
from common.personal import MARK
from common.retention import all_retentions
from common.tasks import forget_what_is_old
from common.tenancy import system_scope
from config.environment.kinds import whole
from config.environment.retention import KEPT, MOST_DAYS
from operations.backup.files import files_below, media
from operations.collecting import all_sweeps
from orders.models import Order
from payments.models import GatewayNotice
from privacy.exporting import write_export
from privacy.models import BuyerRequest
from privacy.states import RequestStatus
from refunds.models import DecisionJob, Evidence, Refund, UnclaimedParcel
from refunds.retention import STRAY_FILES
from scripts.growth import GROWING
from stores.models import Invitation
from stores.people.invitations import invite
from tests.rules.test_setup_on_record import WORK
from tests.tenancy.furnish import furnish
from tests.tenancy.things import make_failed_call, make_unclaimed
from tests.world import NOON, OPERATOR, make_shop, make_user
from webhooks.failed_calls.keeping import FAILED_CALLS
from webhooks.models import FailedCall

KINDS = all_retentions()
# Of what happens, the tables that grow without end but for these.
BOUNDED = {
    "goes with the row that it is of": "offers_bulkrow orders_filepart orders_importrow refunds_parcelphoto "
    "notices_noticecopy notices_noticeread refunds_decisionrow",
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
                without += [(kind.name, plan)] if f"Index Cond: ({kind.age} " not in plan else []
    assert without == [], without


def test_what_grows_without_end_is_named():
    """docs/scaling.md reckons with it: a new table goes after a while, is bounded, or is named there."""
    work = {apps.get_model(room, name)._meta.db_table for room, names in WORK.items() for name in names.split()}
    stays = {"KEEP_BUYERS_DAYS", "KEEP_STRAY_FILES_DAYS", "KEEP_EXPORTS_DAYS"}  # of which something goes, and no row
    goes = {kind.model._meta.db_table for kind in KINDS if kind.setting not in stays}
    bounded = {name for names in BOUNDED.values() for name in names.split()}
    assert work - goes - bounded == set(GROWING)
    assert (bounded - work, bounded & set(GROWING)) == (set(), set())
    others = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    others -= goes
    others -= {model._meta.db_table for model in apps.get_models() if model._meta.app_label in WORK}
    assert others == OF_OTHERS, "a table of somebody else's library: does it grow?"


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


# Of libraries. Nobody writes the admin's log (events are kept), the others are as many as models and people are.
OF_OTHERS = {
    *("django_admin_log", "django_content_type", "auth_group", "auth_permission", "auth_group_permissions"),
    *("stores_user_groups", "stores_user_user_permissions", "rest_framework_api_key_apikey", "django_session"),
    *("axes_accessfailurelog", "axes_accessattemptexpiration"),  # switched off (AXES_…)
}


@pytest.mark.django_db
def test_nothing_on_disk_is_without_a_row_and_what_is_needed_stays(clock, settings):
    """A file that no row knows goes from each folder; each that one knows stays, and whoever still needs it has it."""
    shop = furnish(make_shop("taote"))
    taken, open_, late = (make_unclaimed(shop, f"SF4000010{n}").pk for n in range(3))
    with system_scope():
        UnclaimedParcel.objects.filter(pk=late).update(status="written_off", reason="x", ended_at=NOON)
        over = shop.refund()
        Refund.objects.filter(pk=over.pk).update(status="closed", due_at=None, due_action="")
        for parcel, refund in ((taken, over), (open_, shop.refund())):
            UnclaimedParcel.objects.filter(pk=parcel).update(status="matched", refund=refund, ended_at=NOON)
        invite(store=shop.store, email="", role="viewer", actor=OPERATOR, now=NOON)
        jobs = [DecisionJob.objects.create(store=shop.store, **JOB, finished_at=at) for at in (None, NOON)]
        for key in ("young", "old"):
            take_key(store_id=shop.store.pk, owner=shop.store.code, key=key, print_="")
        IdempotentAnswer.objects.filter(key="young").update(created_at=Now() - timedelta(hours=23, minutes=59))
        IdempotentAnswer.objects.filter(key="old").update(created_at=Now() - timedelta(hours=24, minutes=1))
    with shop.scope():
        export = BuyerRequest.objects.get()
        write_export(export, [shop.order()], NOON)
    places = {name.partition("/")[0] for name in known_files()}
    assert places == {"evidence", "packs", "privacy"}, "who stores in another folder says who looks after it"
    stray = {default_storage.save(f"{p}/{shop.store.pk}/{n}", ContentFile(b"x")) for p in places for n in (LOST, "x.y")}
    for name in on_disk():
        os.utime(default_storage.path(name), (NOON.timestamp(), NOON.timestamp()))
    shown = {name for name in known_files() if name.startswith("evidence/")}
    clock.move(days=1)
    forget_what_is_old()
    assert on_disk() >= stray | shown, "young ones may yet get their row"
    with system_scope():
        answers = set(IdempotentAnswer.objects.values_list("key", flat=True))
        assert Invitation.objects.count() == 2, "their links open until they end"
    assert (answers & {"young", "old"}) == {"young"}, "the promise of api.md is 24 hours"
    clock.move(days=1)
    forget_what_is_old()
    assert not on_disk() & stray
    assert on_disk() >= shown
    clock.move(days=500)
    forget_what_is_old()
    with system_scope():
        left = UnclaimedParcel.objects.filter(pk__in=[taken, open_, late]).values_list("pk", flat=True)
        assert list(left) == [open_], "its refund is open: its photographs show what came back"
        assert list(DecisionJob.objects.filter(pk__in=[job.pk for job in jobs])) == jobs[:1], "one isn't finished"
        assert not Invitation.objects.exists()
        evidence = set(Evidence.objects.values_list("stored_as", flat=True))
    assert on_disk() == known_files() >= evidence
    assert evidence


@pytest.mark.django_db
def test_a_file_that_may_still_be_taken_is_not_stray(clock, settings):
    """However old it is: a pack that is kept for longer, an export for its week. Then it is."""
    settings.KEPT_FOR = {**settings.KEPT_FOR, "KEEP_PACKS_DAYS": timedelta(days=5)}
    shop = furnish(make_shop("taote"))
    with shop.scope():
        export = BuyerRequest.objects.get()
        write_export(export, [shop.order()], NOON)
        BuyerRequest.objects.update(status=RequestStatus.DONE, done_at=NOON, size=1)
    needed = {name for name in known_files() if name.startswith(("packs/", "privacy/"))}
    assert len(needed) == 2
    for name in needed:
        os.utime(default_storage.path(name), (NOON.timestamp(), NOON.timestamp()))
    clock.move(days=3)
    forget_what_is_old()
    assert on_disk() >= needed
    with shop.scope():
        BuyerRequest.objects.update(size=None)  # it was taken away, and its file outlived that
    forget_what_is_old()
    assert {name.partition("/")[0] for name in needed & on_disk()} == {"packs"}


JOB = {"verdict": "reject", "actor": {}, "total": 1, "amount": 1, "created_at": NOON, "begins_at": NOON}
LOST = "0" * 32 + ".pdf"


def on_disk() -> set[str]:
    return set(files_below(media()))


def known_files() -> set[str]:
    """The files that rows name and that are there."""
    with system_scope():
        rows = [row for model in apps.get_models() if hasattr(model, "stored_as") for row in model.objects.all()]
        return {row.stored_as for row in rows} & on_disk()


@pytest.mark.django_db
def test_a_kind_goes_some_at_a_time_and_what_somebody_holds_goes_the_next(clock):
    """A batch a transaction, the oldest first."""
    shop = make_shop("taote")
    for days in (400, 402, 401):
        then = NOON - timedelta(days=days)
        make_failed_call(shop, hour=then, last_at=then, route=f"r{days}")
    kind = replace(FAILED_CALLS, batch=2)
    assert [kind.step(), list(left_routes()), kind.step(), kind.step()] == [2, ["r400"], 1, 0]


def left_routes():
    with system_scope():
        return FailedCall.objects.values_list("route", flat=True)


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
