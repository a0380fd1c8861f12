"""Opened categories and switched methods: the operator's and the owner's, in force from the next request on."""

from datetime import timedelta

import pytest

from common.tenancy import system_scope
from offers.models import MarketplaceMethod, StoreMethod
from stores.models import CategoryOpening, Membership, Store
from tests.cases import for_each
from tests.world import NOON, make_shop

pytestmark = pytest.mark.django_db
CATEGORIES = "stores/categoryopening/"
METHODS = "offers/marketplacemethod/"
OWN = "offers/storemethod/"
TODAY, TOMORROW = NOON.date(), NOON.date() + timedelta(days=1)
NEW = {"marketplace": "tmall", "category": "777", "name": "试开类目", "opens_on": TODAY.isoformat()}
SEVEN = ("reassurance", "coupon", "exchange", "gift", "partial_refund", "reship", "red_packet")


@pytest.fixture
def tmall(clock):
    """A Tmall store."""
    return make_shop("tmall")


def retainable(shop, refund):
    return shop.merchant.get(f"refunds/{refund.pk}/").json()["retainable"]["code"]


def switches(shop, *off, **dates):
    """The form of the owner's page with some methods off, and dates for others."""
    form = {f"store{shop.store.pk}-{code}_on": "on" for code in SEVEN if code not in off}
    form |= {f"store{shop.store.pk}-{code}_from": day.isoformat() for code, day in dates.items()}
    return {"store": shop.store.pk, **form}


@pytest.mark.rule("Q2")
def test_the_operator_opens_and_closes_categories_without_a_deploy(tmall, clock, sign_in):
    refund, desk = tmall.refund(tmall.order(category="777")), sign_in("operator")
    assert retainable(tmall, refund) == "category_not_open"

    assert desk.post(f"{CATEGORIES}add/", **{**NEW, "opens_on": TOMORROW.isoformat()}).status_code == 302
    assert retainable(tmall, refund) == "category_not_open"
    opening = CategoryOpening.objects.get(category="777")
    path = f"{CATEGORIES}{opening.pk}/change/"
    assert "from 2026-11-21" in desk.get(CATEGORIES).content.decode()

    assert desk.post(path, name="试开类目", opens_on=TODAY.isoformat()).status_code == 302
    assert retainable(tmall, refund) is None

    closing = {"name": "试开类目", "opens_on": "2026-11-01", "closes_on": TODAY.isoformat()}
    assert desk.post(path, **closing).status_code == 302
    assert retainable(tmall, refund) == "category_not_open"
    opening.refresh_from_db()
    assert (opening.category, opening.marketplace) == ("777", "tmall")


@pytest.mark.rule("Q2")
@for_each(
    ("change", "field"),
    [
        ({"category": "50008163"}, "category"),
        ({"category": "七"}, "category"),
        ({"closes_on": TODAY.isoformat()}, "closes_on"),
        ({"marketplace": "taote"}, "marketplace"),
        ({"opens_on": "soon"}, "opens_on"),
    ],
)
def test_a_wrong_category_is_refused_at_its_field(tmall, sign_in, change, field):
    before = CategoryOpening.objects.count()
    answer = sign_in("operator").post(f"{CATEGORIES}add/", **{**NEW, **change})
    assert list(answer.context["form"].errors) == [field]
    assert CategoryOpening.objects.count() == before


def test_the_platforms_pages_are_closed_to_merchants(tmall, sign_in):
    opening, method = CategoryOpening.objects.get(category="50008163"), MarketplaceMethod.objects.get(method="gift")
    owner, operator = sign_in("owner", tmall), sign_in("operator")
    for path, data in (
        (CATEGORIES, {}),
        (f"{CATEGORIES}add/", NEW),
        (f"{CATEGORIES}{opening.pk}/change/", {"name": "x", "opens_on": "2026-01-01"}),
        (METHODS, {}),
        (f"{METHODS}{method.pk}/change/", {"available_from": "2026-01-01"}),
    ):
        assert owner.get(path).status_code == 403
        assert owner.post(path, **data).status_code == 403
        assert operator.get(path).status_code == 200
    method.refresh_from_db()
    assert method.is_on
    assert not CategoryOpening.objects.filter(category="777").exists()
    assert "categoryopening" not in owner.get("").content.decode()
    for path in (f"{CATEGORIES}999999/change/", f"{CATEGORIES}x/change/", f"{METHODS}999999/change/"):
        assert operator.get(path).status_code == 404


@pytest.mark.rule("Q4")
def test_the_operator_switches_a_method_of_the_marketplace(tmall, sign_in):
    refund, desk = tmall.refund(), sign_in("operator")
    method = MarketplaceMethod.objects.get(marketplace="tmall", method="reassurance")
    path = f"{METHODS}{method.pk}/change/"
    desk.get(path, available_from="2099-01-01")
    assert _possible(tmall, refund, "reassurance")
    assert desk.post(path, is_on="on", available_from=TOMORROW.isoformat()).status_code == 302
    assert not _possible(tmall, refund, "reassurance")
    assert desk.post(path, is_on="on", available_from=TODAY.isoformat()).status_code == 302
    assert _possible(tmall, refund, "reassurance")
    assert desk.post(path, available_from=TODAY.isoformat()).status_code == 302
    assert not _possible(tmall, refund, "reassurance")


def _possible(shop, refund, method):
    options = shop.merchant.get(f"refunds/{refund.pk}/offer-options/").json()["options"]
    return method in [option["method"] for option in options]


@pytest.mark.rule("Q4")
def test_the_owner_switches_methods_of_the_store(tmall, clock, sign_in):
    refund, other, owner = tmall.refund(), make_shop("tmall"), sign_in("owner", tmall)
    theirs = other.refund()
    assert owner.get(OWN).status_code == 200
    assert owner.post(OWN, **switches(tmall, "reassurance", red_packet=TOMORROW)).status_code == 302
    assert not _possible(tmall, refund, "reassurance")
    assert not _possible(tmall, refund, "red_packet")
    assert _possible(tmall, refund, "partial_refund")
    assert _possible(other, theirs, "reassurance")
    with system_scope():
        assert StoreMethod.objects.count() == 2
    clock.move(hours=12)
    assert _possible(tmall, refund, "red_packet")
    assert owner.post(OWN, **switches(tmall, red_packet=TOMORROW)).status_code == 302
    assert _possible(tmall, refund, "reassurance")


@for_each("role", ["agent", "viewer", "finance", "warehouse"])
def test_only_owners_switch(tmall, sign_in, role):
    desk = sign_in(role, tmall)
    assert desk.get(OWN).status_code == 403
    assert desk.post(OWN, **switches(tmall, "gift")).status_code == 403
    with system_scope():
        assert StoreMethod.objects.count() == 0


def test_a_store_of_somebody_else_cannot_be_switched(tmall, sign_in):
    owner, other, missing = sign_in("owner", tmall), make_shop("tmall"), "987654321"
    assert owner.post(OWN, **switches(other, "gift")).status_code == 404
    assert owner.post(OWN, **{**switches(other, "gift"), "store": missing}).status_code == 404
    with system_scope():
        Membership.objects.create(store=other.store, user=owner.user, role="agent")
    assert owner.post(OWN, **switches(other, "gift")).status_code == 403
    assert [form.store for form in owner.get(OWN).context["forms"]] == [tmall.store]
    with system_scope():
        assert StoreMethod.objects.count() == 0


def test_a_store_without_retention_has_nothing_to_switch(taote, sign_in):
    owner = sign_in("owner", taote)
    page = owner.get(OWN)
    assert page.context["forms"] == []
    assert owner.post(OWN, **switches(taote)).status_code == 404
    assert OWN not in owner.get("").content.decode()


@pytest.mark.rule("Q2")
def test_the_operator_says_which_site_a_new_store_is_on(db, sign_in):
    operator = sign_in("operator")
    form = {"name": "S", "time_zone": "Asia/Shanghai"}
    operator.post("stores/store/add/", code="home", marketplace="tmall", **form)
    operator.post("stores/store/add/", code="overseas", marketplace="tmall", site="tmall_overseas", **form)
    wrong = operator.post("stores/store/add/", code="wrong", marketplace="taote", site="tmall", **form)
    assert list(wrong.context["form"].errors) == ["site"]
    with system_scope():
        assert dict(Store.objects.values_list("code", "site")) == {"home": "tmall", "overseas": "tmall_overseas"}
