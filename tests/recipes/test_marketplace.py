"""CONTRIBUTING's recipe for a marketplace: one rule file, and stores sell there."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from common.tenancy import system_scope
from demo.volume import open_stores
from offers.insights.rebuild import roll_everything
from offers.models import DailyRetention, MarketplaceAcceptance
from offers.statistics import count_ended_offers
from payments.allowances import open_day_allowances
from payments.settlement import settle_batch
from refunds.quality.restrictions import review_all
from stores import marketplaces
from stores.models import Store
from tests.world import NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("another_marketplace", "clock")]


@pytest.fixture
def xiaohongshu():
    """A store on the new marketplace."""
    return make_shop("xiaohongshu")


def test_no_migration_is_due():
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_a_store_and_its_keys_are_made_on_the_command_line():
    call_command("create_store", "lamps", marketplace="xiaohongshu", stdout=StringIO())
    for whose in ({"store": "lamps"}, {"marketplace": "xiaohongshu"}):
        out = StringIO()
        call_command("create_api_key", **whose, stdout=out)
        assert (
            Client(headers={"Authorization": f"Bearer {out.getvalue().strip()}"})
            .get("/api/v1/orders/", {"store": "lamps"})
            .status_code
            == 200
        )


def test_a_refund_is_opened_offered_kept_and_counted(xiaohongshu):
    unshipped = xiaohongshu.refund(xiaohongshu.order(shipped=False), kind="refund_only")
    asked = xiaohongshu.merchant.get(f"refunds/{unshipped.pk}/offer-options/").json()
    assert asked["retainable"] == {"ok": False, "code": "not_retainable"}

    refund = xiaohongshu.refund()
    shown = xiaohongshu.merchant.get(f"refunds/{refund.pk}/").json()
    assert shown["due_at"] == "2026-11-21T04:00:00Z"
    assert shown["retainable"] == {"ok": True, "code": None}
    options = xiaohongshu.merchant.get(f"refunds/{refund.pk}/offer-options/").json()
    assert {option["method"] for option in options["options"]} == {"reassurance", "partial_refund"}
    sent = xiaohongshu.merchant.post(
        "offers/", {"refund": str(refund.pk), "method": "partial_refund", "amount": "5.00", "message": "请留下"}
    ).json()
    assert xiaohongshu.buyer.post(f"offers/{sent['id']}/accept/").status_code == 200
    settle_batch()
    assert xiaohongshu.merchant.get(f"refunds/{refund.pk}/").json()["status"] == "withdrawn"

    assert count_ended_offers() == 1
    roll_everything()
    with system_scope():
        counted = MarketplaceAcceptance.objects.get()
        assert (counted.marketplace, counted.method, counted.accepted) == ("xiaohongshu", "partial_refund", 1)
        assert DailyRetention.objects.get().marketplace == "xiaohongshu"


def test_the_desk_shows_it_where_marketplaces_are_named(xiaohongshu, sign_in):
    operator, owner = sign_in("operator"), sign_in("owner", xiaohongshu)
    listed = operator.get("stores/store/", marketplace__exact="xiaohongshu")
    assert listed.status_code == 200
    assert list(listed.context["cl"].queryset) == [xiaohongshu.store]
    assert "Xiaohongshu 小红书" in listed.content.decode()
    form = operator.get("stores/store/add/").context["form"]
    assert ("xiaohongshu", "Xiaohongshu 小红书") in form.fields["marketplace"].choices
    insights = operator.get("insights/", marketplace="xiaohongshu")
    assert insights.context["span"].marketplace == "xiaohongshu"
    assert ("xiaohongshu", "Xiaohongshu 小红书") in insights.context["marketplaces"]

    refund = xiaohongshu.refund()
    waiting = owner.get("refunds/refund/", queue="retainable")
    assert list(waiting.context["cl"].queryset) == [refund]
    page = owner.get(f"refunds/refund/{refund.pk}/change/").content.decode()
    assert "Reassurance" in page
    methods = owner.get("offers/storemethod/")
    assert [str(row["label"]) for row in methods.context["forms"][0].rows()] == ["Reassurance", "Partial refund"]


def test_an_operator_opens_a_store_there_and_names_no_site(sign_in):
    operator = sign_in("operator")
    data = {"code": "lamps", "name": "Lamps", "marketplace": "xiaohongshu", "time_zone": "Asia/Shanghai"}
    wrong = operator.post("stores/store/add/", **data, site="tmall")
    assert wrong.context["form"].errors == {"site": ["Xiaohongshu 小红书 has no such site."]}
    assert operator.post("stores/store/add/", **data).status_code == 302
    with system_scope():
        assert Store.objects.get(code="lamps").site == ""


def test_what_runs_by_itself_knows_it(xiaohongshu):
    """The day's allowance opens, quality is reviewed, and bulk data is made for a store there too."""
    with system_scope():
        open_day_allowances(now=NOON)
    assert review_all() == 0
    assert "xiaohongshu" in {store.marketplace for store in open_stores(len(marketplaces.newest()))}


def test_clients_find_its_name_in_the_schema():
    schema = SchemaGenerator().get_schema(public=True)  # as the next process serves it
    named = [part["enum"] for part in schema["components"]["schemas"].values() if "taote" in part.get("enum", ())]
    assert named
    assert all("xiaohongshu" in names for names in named)


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(CommandError, match="xiaohongshu"):
        call_command("create_store", "lamps", "--marketplace=ebay")
