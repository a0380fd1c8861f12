"""The page *Integrate* and what owners do about their endpoints: change, try, send again."""

import re
from datetime import timedelta

import pytest

from common.models import Event
from tests.cases import for_each
from tests.tenancy.things import make_delivery, make_endpoint, make_failed_call
from tests.world import NOON, make_shop
from webhooks.models import Delivery

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def text_of(answer) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def test_an_owner_sees_keys_endpoints_deliveries_and_failed_calls_at_a_glance(taote, sign_in):
    owner = sign_in("owner", taote)
    assert "No call has failed in the last seven days." in text_of(owner.get("integrate/"))
    delivery = make_delivery(taote, make_endpoint(taote))
    make_failed_call(taote, route="api/v1/orders/<number>/", codes=["invalid"], fields=["lines.quantity"], times=1240)
    page = owner.get("integrate/")
    said = text_of(page)
    assert "GET /api/v1/orders/&lt;number&gt;/" in said
    for part in ("invalid", "lines.quantity", "1240", "erp", "93.184.215.14", delivery.name, taote.store.code):
        assert part in said
    assert "http://testserver/api/v1/" in said
    assert "Test clock" not in said
    links = re.findall(r'href="(/(?:admin/integrate|api)[^"]*)"', page.content.decode())
    assert len(set(links)) >= 5
    for link in links:
        assert owner.client.get(link).status_code == 200


def test_the_page_asks_as_often_however_much_there_is(taote, sign_in):
    owner = sign_in("owner", taote)
    owner.get("integrate/")
    make_delivery(taote, make_endpoint(taote))
    make_failed_call(taote)
    one = owner.statements("integrate/")
    for place in range(4):
        make_delivery(taote, make_endpoint(taote))
        make_failed_call(taote, hour=NOON - timedelta(hours=place + 1))
    assert len(owner.statements("integrate/")) == len(one)
    own = [sql for sql in one if re.search(r'FROM "(webhooks|stores_apikey)', sql)]
    assert len(own) == 5  # keys, endpoints, what each was told last, deliveries, failed calls


@pytest.mark.django_db(transaction=True)
def test_a_sandbox_shows_its_clock(sign_in):
    sandbox = make_shop("taote", is_sandbox=True)
    owner = sign_in("owner", sandbox)
    assert sandbox.merchant.post("test-clock/advance/", {"by": "2d"}).status_code == 200
    assert "Test clock 2026-11-22 12:00" in text_of(owner.get("integrate/"))


@for_each("role", ["agent", "viewer", "finance", "warehouse"])
def test_nobody_but_owners_sees_it(taote, sign_in, role):
    call = make_failed_call(taote)
    desk = sign_in(role, taote)
    assert "/admin/integrate/" not in desk.get("").content.decode()
    for path in ("integrate/", "webhooks/failedcall/", f"webhooks/failedcall/{call.pk}/change/"):
        assert desk.get(path).status_code in (403, 404)


def test_an_owner_of_one_store_sees_nothing_of_another(taote, other, sign_in):
    call = make_failed_call(other, route="api/v1/foreign/")
    make_endpoint(other)
    owner = sign_in("owner", taote)
    assert "foreign" not in owner.get("integrate/").content.decode()
    assert owner.rows("webhooks/failedcall/") == []
    assert owner.get(f"webhooks/failedcall/{call.pk}/change/").status_code == 404
    assert "93.184.215.14" not in owner.get("integrate/").content.decode()


def test_failed_calls_are_listed_by_who_can_mend_them(taote, sign_in):
    owner = sign_in("owner", taote)
    refused = make_failed_call(taote)
    broken = make_failed_call(taote, status=500, codes=["error"], last_at=NOON + timedelta(minutes=1))
    queues = ("all", "refused", "broken")
    shown = [[row.pk for row in owner.rows("webhooks/failedcall/", queue=queue)] for queue in queues]
    assert shown == [[broken.pk, refused.pk], [refused.pk], [broken.pk]]
    said = text_of(owner.get(f"webhooks/failedcall/{broken.pk}/change/"))
    assert "erp-0001" in said
    assert "tell support the request id" in said
    assert owner.post(f"webhooks/failedcall/{broken.pk}/change/").status_code == 403


def test_an_endpoint_is_changed_and_its_secret_stays(taote, sign_in):
    endpoint, owner = make_endpoint(taote), sign_in("owner", taote)
    page = f"webhooks/endpoint/{endpoint.pk}/edit/"
    assert 'value="https://93.184.215.14/hook"' in owner.get(page).content.decode()
    refused = owner.post(page, url="https://10.0.0.1/", description="", events=[])
    assert "url" in refused.context["form"].errors
    assert owner.post(page, url="https://93.184.215.15/new", description="ERP", events=["refund.refunded"]).url
    changed = taote.reload(endpoint)
    assert (changed.url, changed.description, changed.events) == (
        "https://93.184.215.15/new",
        "ERP",
        ["refund.refunded"],
    )
    assert changed.sealed_secrets == endpoint.sealed_secrets


def test_a_test_event_is_sent_to_an_endpoint_that_is_called(taote, sign_in):
    endpoint, owner = make_endpoint(taote), sign_in("owner", taote)
    page = f"webhooks/endpoint/{endpoint.pk}/"
    assert owner.post(f"{page}test/").status_code == 302
    owner.post(f"{page}pause/")
    owner.post(f"{page}test/")
    assert "have it called again first" in text_of(owner.get(f"{page}change/"))
    with taote.scope():
        assert Event.objects.filter(name="webhook.tested", topic_id=endpoint.pk).count() == 1


def test_a_range_is_counted_before_it_is_sent_again(taote, sign_in):
    endpoint, owner = make_endpoint(taote), sign_in("owner", taote)
    older, newer = make_delivery(taote, endpoint), None
    taote.refund()
    newer = make_delivery(taote, endpoint)
    with taote.scope():
        rows = Delivery.objects.filter(endpoint=endpoint)
        rows.update(status="failed", next_attempt_at=None, attempts=9)
        rows.filter(pk=older.pk).update(created_at=NOON - timedelta(days=2))
    page = f"webhooks/endpoint/{endpoint.pk}/resend/"
    span = {"since": "2026-11-18T00:00", "until": "2026-11-20T23:59"}
    assert "2 messages to 93.184.215.14" in text_of(owner.post(page, **span))
    assert "1 message to 93.184.215.14" in text_of(owner.post(page, **span, events=[newer.name]))
    assert "1 message to" in text_of(owner.post(page, since="2026-11-20T11:59"))
    assert "0 messages to" in text_of(owner.post(page, since="2026-11-20T12:01"))
    backwards = owner.post(page, since="2026-11-20T12:00", until="2026-11-20T12:00")
    assert "until" in backwards.context["form"].errors
    assert {row.status for row in (taote.reload(older), taote.reload(newer))} == {"failed"}, "only looked at"
    assert owner.post(page, **span, events=[newer.name], step="send").status_code == 302
    assert (taote.reload(older).status, taote.reload(newer).status) == ("failed", "waiting")
