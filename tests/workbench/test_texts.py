"""Text that nobody could read: a form of the desk says so, a buyer's page takes it out."""

import pytest
from django.test import Client

from offers.buyer.links import link_for
from refunds.models import Message
from refunds.states import MessageSender
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_form_says_what_to_take_out_and_a_buyers_words_go_without_it(sign_in):
    shop = make_shop("tmall")
    desk, refund = sign_in("owner", shop), shop.refund()
    for said, words in (("a\x1bb", "U+001B"), ("\u202eevil", "U+202E"), ("\u200b\u3164", "nothing to see")):
        page = desk.post(f"refunds/refund/{refund.pk}/thread/", text=said)
        assert words in page.content.decode(), said
    page = desk.post("stores/returnaddress/add/", contact="a\tb", phone="1", address="x\u202dy")
    assert "U+0009" in page.content.decode()
    assert "U+202D" in page.content.decode()
    buyer = Client()
    for said in ("\u200b", "\u202ehello\x07\nthere"):
        buyer.post(link_for(refund), {"do": "message", "text": said})
    with shop.scope():
        rows = Message.objects.for_store(shop.store.pk).values_list("sender", "text")
        assert list(rows) == [(MessageSender.BUYER, "hello\nthere")]
