"""A release that keeps no row of a counted loss works beside this one while it is put in (docs/adr/0109)."""

import pytest
from django.core.management import call_command
from django.db import connection

from common.tenancy import system_scope
from offers.insights.rebuild import roll_everything
from offers.insights.sql import LOSS, LOSS_KEY, LOSSES, rule_parameters
from offers.models import LossOutcome
from refunds.models import Refund
from tests.books import amiss
from tests.rooms.test_counted_losses import comes_back, days, lost, refunded
from tests.world import Shop, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks"), pytest.mark.rule("K12")]


@pytest.fixture
def shop(db) -> Shop:
    return make_shop("taote")


def older(refund: Refund, *, counts: bool) -> None:
    """The older release's statement: counts a refund, or takes it out as what it comes to by now."""
    sign = "+" if counts else "-"
    with system_scope(), connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH lost AS (
                UPDATE refunds_refund SET is_loss_counted = {counts} WHERE id = %(id)s RETURNING id
            ), losses AS ({LOSS})
            INSERT INTO offers_dailyloss ({", ".join(LOSS_KEY)}, {", ".join(LOSSES)})
            SELECT {", ".join(LOSS_KEY)}, {", ".join(f"sum({name})" for name in LOSSES)} FROM losses
            GROUP BY {", ".join(LOSS_KEY)}
            ON CONFLICT (store_id, date, reason) DO UPDATE SET
            {", ".join(f"{name} = offers_dailyloss.{name} {sign} excluded.{name}" for name in LOSSES)}
            """,
            {"id": refund.pk, **rule_parameters()},
        )
        assert cursor.rowcount == 1


def test_what_it_counted_is_named_and_a_rebuild_gives_it_its_rows(shop, clock, capsys):
    kept = refunded(shop, shop.order())
    older(kept, counts=True)
    said, told = days(shop), lost(shop)
    assert next(iter(amiss())).startswith("a store's losses are those of its refunded refunds")
    call_command("rebuild_insights")
    assert "1 had been off" in capsys.readouterr().out
    with shop.scope():
        assert LossOutcome.objects.get().refund_id == kept.pk
    assert (days(shop), lost(shop), amiss()) == (said, told, {})
    call_command("rebuild_insights")
    assert "0 had been off" in capsys.readouterr().out


def test_money_that_comes_back_before_the_rebuild_is_out_of_the_day_afterwards(shop, clock):
    kept, back, anew = (refunded(shop, shop.order()) for _ in range(3))
    older(back, counts=True)
    comes_back(shop, back)  # this release finds no row to take out
    roll_everything()
    assert days(shop)["changed_mind"][0] == 3
    older(anew, counts=False)  # and that one leaves this one's row
    assert days(shop)["changed_mind"][0] == 2
    assert [*amiss()] == ["a store's losses are those of its refunded refunds, each counted once"]
    call_command("rebuild_insights")
    assert (lost(shop)[0], amiss()) == (2, {})
    with shop.scope():
        assert {row.refund_id for row in LossOutcome.objects.all()} == {kept.pk, anew.pk}
        assert not Refund.objects.get(pk=back.pk).is_loss_counted
