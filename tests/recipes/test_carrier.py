"""CONTRIBUTING's recipe for a carrier: one file, and parcels of that carrier are asked about there."""

import pytest

from orders.carriers import carrier
from orders.carriers.base import CarrierStage
from orders.models import Shipment
from orders.waybills import KnownCarrier, add_carrier, carrier_label, carrier_named, known_labels
from tests.parcels import ask_everybody, next_look
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("another_carrier", "broker_tasks")]
NAME = "sf_express"


@pytest.fixture
def configured(settings):
    """The environment says what the carrier's file needs."""
    settings.OUTSIDE = {**settings.OUTSIDE, NAME: {"TOKEN": "secret"}}


@pytest.fixture
def shop(clock):
    """A store whose marketplace calls parcels back."""
    return make_shop("pinduoduo")


def ship(shop, called: str):
    """An order that is sent with a carrier of this name."""
    order = shop.order(shipped=False)
    body = {"carrier": called, "tracking_number": f"N{order.number[-6:]}"}
    assert shop.merchant.post(f"orders/{order.number}/ship/", body).status_code == 200
    ask_everybody()
    return order


def parcel(shop, order) -> Shipment:
    with shop.scope():
        return Shipment.objects.get(order=order)


@pytest.mark.parametrize(
    ("called", "port"), [("SF", NAME), ("顺丰速运", NAME), ("sf express", NAME), ("顺丰快运", NAME), ("ZTO", "sandbox")]
)
def test_a_parcel_goes_to_the_carrier_that_takes_it(configured, shop, called, port):
    found = parcel(shop, ship(shop, called))
    assert (found.port, found.status) == (port, "in_transit")


def test_nobody_outside_is_asked_about_a_parcel_of_a_sandbox(configured, clock):
    sandbox = make_shop("pinduoduo", is_sandbox=True)
    assert parcel(sandbox, ship(sandbox, "SF")).port == "sandbox"


def test_it_brings_a_name_that_nobody_knew(configured, shop):
    order = ship(shop, "sf freight")
    assert (shop.reload(order).carrier, carrier_label("SFKY")) == ("SFKY", "SF Freight")
    assert "SF Freight" in known_labels()
    with pytest.raises(ValueError, match="already"):
        add_carrier(KnownCarrier("SFX", "Another", ("顺丰速运", "Another")))
    assert carrier_named("SFX") is None, "nothing of it is left"


def test_without_its_settings_it_takes_nothing(shop):
    assert parcel(shop, ship(shop, "SF")).port == "sandbox"


def test_a_parcel_is_followed_and_called_back_through_it(configured, shop, clock, sign_in):
    order = ship(shop, "SF")
    refund = shop.refund(order, kind="refund_only")
    assert shop.merchant.post(f"refunds/{refund.pk}/approve/").status_code == 200
    ask_everybody()
    found = parcel(shop, order)
    assert (found.port, found.status) == (NAME, "coming_back")
    page = sign_in("owner", shop).get(f"refunds/refund/{refund.pk}/change/").content.decode()
    assert found.tracking_number in page

    carrier(NAME).stages[found.tracking_number] = CarrierStage.BACK
    next_look(clock)
    assert parcel(shop, order).status == "back"
    assert shop.merchant.get(f"refunds/{refund.pk}/").json()["status"] in ("refunding", "refunded")
