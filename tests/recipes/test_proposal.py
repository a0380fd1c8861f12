"""CONTRIBUTING's recipe for what a marketplace proposes by itself: a method's file, and its card at the desk."""

import pytest

from offers.methods import METHODS
from offers.methods.stay import Stay
from offers.models import Offer
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "wave")]


class Wave(Stay):
    """A proposal of the marketplace that isn't about staying, with no card of its own."""

    code = "wave"
    order = 1
    desk_template = ""

    def proposes(self, refund):
        """Wherever the marketplace doesn't ask to stay."""
        return not refund.rules.proposes_stay


@pytest.fixture
def wave():
    METHODS.add(Wave.code, Wave())
    yield
    METHODS.remove(Wave.code)


@pytest.mark.parametrize(("marketplace", "proposed", "card"), [("tmall", "wave", False), ("kuaishou", "stay", True)])
def test_what_proposes_itself_is_asked_and_brings_its_card(wave, clock, sign_in, marketplace, proposed, card):
    shop = make_shop(marketplace)
    refund = shop.refund(shop.order(shipped=False), kind="refund_only")
    with shop.scope():
        [offer] = Offer.objects.for_store(shop.store.pk)
    assert (offer.method, offer.sent_by_kind, offer.status) == (proposed, "platform", "pending")
    page = sign_in("agent", shop).get(f"refunds/refund/{refund.pk}/change/").content.decode()
    assert ('id="stay"' in page) == card
