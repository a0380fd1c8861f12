"""The owners' page of buyers' data: looked at twice, then done; nobody else comes near it."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from common.models import Event
from privacy.erasing import do_buyer_requests
from privacy.models import BuyerRequest
from tests.world import make_shop, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ADD, LIST = "admin:privacy_buyerrequest_add", "admin:privacy_buyerrequest_changelist"


def test_an_owner_exports_and_erases_a_buyer(client, django_assert_max_num_queries, capsys):
    shop, other = make_shop("kuaishou"), make_shop("kuaishou")
    order = shop.order(buyer_id="buyer-9")
    shop.buyer.post(f"orders/{order.number}/deliver/")
    client.force_login(make_user("olga", shop=shop))
    form = {"buyer": order.number, "kind": "export"}
    look = client.post(reverse(ADD), form).content.decode()
    assert "buyer-9" in look
    with shop.scope():
        assert not BuyerRequest.objects.exists(), "looking changes nothing"
    page = client.post(reverse(ADD), {**form, "step": "send"}, follow=True).content.decode()
    assert "The file is being made" in page
    do_buyer_requests()
    with shop.scope():
        request = BuyerRequest.objects.get()
    change = reverse("admin:privacy_buyerrequest_change", args=[request.pk])
    with django_assert_max_num_queries(12):
        page = client.get(change).content.decode()
    link = re.search(r"http://testserver(/buyer-data/[^<]+)", page)[1]
    taken = client.get(reverse("admin:privacy_buyerrequest_file", args=[request.pk]))
    assert taken["Content-Type"] == "application/zip"
    handed = type(client)().get(link)
    assert b"".join(handed.streaming_content) == b"".join(taken.streaming_content)
    assert type(client)().get(link[:-3] + "aaa/").status_code == 404
    with shop.scope():
        actors = Event.objects.filter(name="buyer_data.taken").order_by("id").values_list("actor_kind", flat=True)
        assert list(actors) == ["merchant", "buyer"]

    erased = client.post(reverse(ADD), {**form, "kind": "erasure", "step": "send"}, follow=True)
    assert erased.status_code == 200
    do_buyer_requests()
    assert type(client)().get(link).status_code == 404
    with django_assert_max_num_queries(14):
        rows = client.get(reverse(LIST)).content.decode()
    assert "buyer-9" not in rows
    assert "erased-" in rows
    again = client.post(reverse(ADD), form).content.decode()
    assert "The data of this buyer is erased." in again

    client.force_login(make_user("anna", shop=shop, role="agent"))
    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(reverse("admin:privacy_buyerrequest_file", args=[request.pk])).status_code in (403, 404)
    client.force_login(make_user("otto", shop=other))
    assert client.get(change).status_code in (302, 404)

    theirs = other.order(buyer_id="buyer-9").number
    with pytest.raises(CommandError, match="is not with the buyer yet"):
        call_command("buyer_data", "erase", other.store.code, buyer=theirs)
    other.buyer.post(f"orders/{theirs}/deliver/")
    call_command("buyer_data", "export", other.store.code, buyer="buyer-9")
    call_command("buyer_data", "erase", other.store.code, buyer=theirs)
    assert re.search(
        r"1 orders: written to media/privacy/.*zip in DATA_DIR\.\n1 orders: erased; they are erased-",
        capsys.readouterr().out,
    )
