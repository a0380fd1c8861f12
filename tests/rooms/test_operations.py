"""What runs the house: no sweep and no check of any room is left out, and both commands do all of it."""

import importlib
import io
import pkgutil
from datetime import timedelta

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.functions import Now

from common import idempotency
from common.declared import rooms
from common.models import IdempotentAnswer
from common.tenancy import system_scope
from common.upkeep import Check, Sweep
from offers.bulk import start_bulk_job
from offers.models import Offer
from operations.collecting import all_checks, all_sweeps
from orders.erp.imports import confirm_import, stage_import
from payments.models import DayAllowance, Reconciliation
from tests.cases import for_each
from tests.world import MERCHANT, NOON, make_shop

# Says that the workers work; there is nothing to be done of it.
NO_WORK = {"common.tasks.heartbeat", "operations.tasks.follow_test_clocks"}  # the second does the rooms' own sweeps


def modules(name: str) -> list:
    """Every module of this name in a room, however deep it lies."""
    return [
        importlib.import_module(found.name)
        for room in rooms()
        for found in pkgutil.walk_packages(room.module.__path__, f"{room.name}.")
        if found.name.rpartition(".")[2] == name
    ]


def sweep() -> dict[str, int]:
    """What the command says that it did, by name."""
    printed = io.StringIO()
    call_command("sweep", stdout=printed)
    return {
        name: int(count)
        for name, count in (part.split(": ") for part in printed.getvalue().splitlines()[1].split(", "))
    }


class TestNothingIsLeftOut:
    """The rooms declare, and what they declare is collected."""

    def test_the_rooms_are_found(self):
        names = [room.name for room in rooms()]
        assert names[:6] == ["common", "stores", "orders", "payments", "refunds", "offers"]
        assert {"workbench", "operations", "demo"} <= set(names)

    def test_what_beat_does_the_command_does_and_what_the_command_does_beat_does(self):
        current_app.loader.import_default_modules()
        scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
        assert {each.task for each in all_sweeps()} == scheduled - NO_WORK
        assert scheduled <= set(current_app.tasks)

    def test_every_module_of_sweeps_is_collected(self):
        declared = [each for module in modules("sweeps") for each in module.SWEEPS]
        assert len(modules("sweeps")) >= 5
        assert all(isinstance(each, Sweep) for each in declared)
        assert set(declared) == set(all_sweeps())

    def test_every_module_of_checks_is_collected(self):
        declared = [each for module in modules("checks") for each in module.CHECKS]
        assert len(modules("checks")) >= 8
        assert all(isinstance(each, Check) for each in declared)
        assert set(declared) == set(all_checks())

    def test_names_are_told_apart(self):
        for names in ([each.name for each in all_sweeps()], [each.name for each in all_checks()]):
            assert len(set(names)) == len(names)


@pytest.mark.django_db
class TestSweep:
    """One command does all that is due, and says how much that was."""

    def test_what_workers_left_behind_is_done(self, clock):
        shop, ships = make_shop("tmall"), make_shop("kuaishou")
        with shop.scope():
            refunds = [shop.refund(reason="slow_logistics").pk for _ in range(2)]
            start_bulk_job(store=shop.store, refund_ids=refunds, actor=MERCHANT, now=NOON)
            idempotency.take_key(store_id=shop.store.pk, owner="key", key="1", print_="")
            IdempotentAnswer.objects.update(created_at=Now() - timedelta(days=2))
        order = ships.order(shipped=False)
        with ships.scope():
            file = io.BytesIO(f"order_number,carrier,tracking_number\n{order.number},SF,T1\n".encode())
            job = stage_import(store=ships.store, name="f.csv", file=file, actor=MERCHANT, now=NOON)
            confirm_import(store_id=ships.store.pk, job_id=job.pk, actor=MERCHANT, now=NOON)
        with system_scope():
            DayAllowance.objects.all().delete()

        done = sweep()

        assert done["bulk offers"] == 2
        assert done["files shipped"] == 1
        assert done["allowances opened"] == 2
        assert done["idempotent answers forgotten"] == 1
        assert done["statements compared"] == 1
        with system_scope():
            assert Offer.objects.count() == 2
            assert DayAllowance.objects.count() == 2
            assert Reconciliation.objects.count() == 1
            assert not IdempotentAnswer.objects.exists()
        assert (ships.reload(order).status, ships.reload(job).status) == ("shipped", "done")
        assert set(sweep().values()) == {0}

    def test_files_that_nobody_imported_are_dropped_after_a_week(self, taote, clock):
        order = taote.order(shipped=False)
        with taote.scope():
            file = io.BytesIO(f"order_number,carrier,tracking_number\n{order.number},SF,T1\n".encode())
            stage_import(store=taote.store, name="f.csv", file=file, actor=MERCHANT, now=NOON)
        assert sweep()["files forgotten"] == 0
        clock.move(days=8)
        assert sweep()["files forgotten"] == 1

    def test_it_names_every_sweep_also_those_that_found_nothing(self, clock):
        assert list(sweep()) == [each.name for each in all_sweeps()]


@pytest.mark.django_db
class TestVerify:
    """One command looks at every room's rows."""

    def test_all_is_well(self, taote, clock):
        taote.refund()
        printed = io.StringIO()
        call_command("verify_ledger", stdout=printed)
        lines = printed.getvalue().splitlines()
        assert lines == [*(f"ok    {check.name}" for check in all_checks()), "The ledger is clean."]

    @for_each(
        ("statement", "name"),
        [
            (
                "UPDATE orders_orderline SET unit_price = unit_price + 1",
                "an order's paid amount is the sum of its lines, unless only copies of its refunds are known",
            ),
            ("UPDATE orders_order SET small_payments = 1", "an order counts the small payments that didn't fail"),
            ("UPDATE refunds_refund SET amount = amount - 1", "a refund holds what it amounts to"),
            ("UPDATE refunds_refund SET status = 'disputed'", "a disputed refund has one open dispute"),
            ("UPDATE stores_store SET listings_blocked = true", "a store's catalogue is bound exactly while"),
            ("UPDATE orders_order SET claimed_amount = 1", "an order's held amount is what its refunds hold"),
            ("UPDATE refunds_refund SET is_loss_counted = true", "a store's losses are those of its refunded refunds"),
        ],
        ids=["orders", "payments", "refunds", "refunds.platform", "refunds.quality", "offers", "offers.insights"],
    )
    def test_what_is_off_is_named_whichever_room_it_is_of(self, taote, clock, statement, name):
        taote.refund()
        with system_scope(), connection.cursor() as cursor:
            cursor.execute(statement)
        printed = io.StringIO()
        with pytest.raises(CommandError, match="invariants are off"):
            call_command("verify_ledger", stdout=printed)
        assert f"OFF   {name}" in printed.getvalue()

    def test_a_check_that_fails_keeps_no_other_from_being_done(self, taote, monkeypatch):
        first, *others = all_checks()
        monkeypatch.setattr(
            "operations.management.commands.verify_ledger.all_checks",
            lambda: [Check(first.name, "SELECT (1 / 0)::text"), *others],
        )
        printed = io.StringIO()
        with pytest.raises(CommandError, match=f"1 could not be checked: {first.name}: DataError 22012"):
            call_command("verify_ledger", stdout=printed)
        assert printed.getvalue().splitlines() == [f"ok    {check.name}" for check in others]


def test_who_declares_something_is_found_out_once(monkeypatch):
    checks = all_checks()
    monkeypatch.setattr("common.declared.module_has_submodule", None)  # it looks through directories
    assert all_checks() == checks
