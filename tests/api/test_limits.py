"""How often, and how many at once: per store with all its keys, per address without one."""

import threading

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from redis.exceptions import ConnectionError as RedisDown

from common import dear as dear_module
from common import rates
from common.dear import MOST_OF_ONE, dear
from common.errors import Busy
from common.hint_server import client
from common.tenancy import system_scope
from common.web import address_limits
from common.web.address_limits import WayIn
from common.web.proxies import ProxyMiddleware, client_address
from stores.api import auth
from stores.api.throttle import KeyThrottle
from stores.models import ApiKey
from tests.api.test_errors import check_shape
from tests.world import Api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def another_key(shop) -> Api:
    """One more key of the store."""
    with system_scope():
        _row, key = ApiKey.objects.create_key(name="second", store=shop.store, scopes=["orders:read", "refunds:read"])
    return Api(key)


def test_a_second_key_of_the_store_counts_with_the_first(taote, other, monkeypatch):
    monkeypatch.setattr(KeyThrottle, "THROTTLE_RATES", {"key": "2/min"})
    second = another_key(taote)
    assert [taote.merchant.get("orders/").status_code, second.get("orders/").status_code] == [200, 200]
    for key in (taote.merchant, second):
        answer = key.get("orders/")
        check_shape(answer, 429, "throttled")
        assert int(answer["Retry-After"]) > 0
    assert other.merchant.get("orders/").status_code == 200
    assert taote.buyer.get("orders/").status_code == 200, "the marketplace is not held back by the merchant"


def rate_of(answer) -> tuple[int, int, bool]:
    """(uses per minute, those left, whether the rest of the minute is told)."""
    limit, left, resets = (int(answer[f"RateLimit-{name}"]) for name in ("Limit", "Remaining", "Reset"))
    return limit, left, 0 < resets <= 60


def test_every_answer_tells_how_many_calls_are_left(taote, monkeypatch):
    monkeypatch.setattr(KeyThrottle, "THROTTLE_RATES", {"key": "5/min"})
    monkeypatch.setattr(address_limits, "WITHOUT_A_KEY", WayIn("/api/", 7))
    key = taote.merchant
    told = [
        (key.get("orders/"), 200, (5, 4, True)),
        (key.get("orders/nobody/"), 404, (5, 3, True)),
        (key.post("orders/", {}), 403, (5, 2, True)),  # a refused caller is counted too
        (key.get("orders/?colour=red"), 400, (5, 1, True)),
        (key.get("orders/"), 200, (5, 0, True)),
        (key.get("orders/"), 429, (5, 0, True)),
        (Client().get("/api/v1/orders/"), 401, (7, 6, True)),
        (Client().get("/api/v1/nothing/"), 404, (7, 5, True)),
        (Api(f"{taote.merchant_key[:8]}.guess").get("orders/"), 401, (auth.BAD_KEYS_PER_MINUTE, 59, True)),
    ]
    assert [(answer.status_code, rate_of(answer)) for answer, *_ in told] == [tuple(expected) for _, *expected in told]


def test_many_items_of_one_call_are_told_as_many(taote, monkeypatch):
    monkeypatch.setattr(KeyThrottle, "THROTTLE_RATES", {"key": "20/min"})
    body = {"store": taote.store.code, "items": [{} for _ in range(31)]}
    assert rate_of(taote.buyer.post("orders/bulk/", body))[:2] == (20, 20 - 1 - 3)


def test_without_a_counter_nothing_is_told_and_the_call_goes_on(taote, monkeypatch):
    def down():
        raise RedisDown

    monkeypatch.setattr(rates, "client", down)
    answer = taote.merchant.get("orders/")
    assert (answer.status_code, answer.has_header("RateLimit-Limit")) == (200, False)


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/api/v1/schema/", "get"),
        ("/api/v1/docs/", "get"),
        ("/api/v1/orders/", "get"),
        ("/admin/login/", "post"),
        ("/b/x/", "get"),
        ("/gateways/sandbox/webhook/", "post"),
        ("/i18n/setlang/", "post"),
        ("/live/x/badges.json", "get"),
    ],
)
def test_an_address_without_a_key_is_sent_away_when_it_calls_too_often(path, method, monkeypatch):
    few = tuple(way._replace(most=2) for way in address_limits.WAYS_IN)
    monkeypatch.setattr(address_limits, "WAYS_IN", few)
    monkeypatch.setattr(address_limits, "WITHOUT_A_KEY", WayIn("/api/", 2))
    one, two = Client(), Client(REMOTE_ADDR="10.0.0.2")
    assert [getattr(one, method)(path).status_code for _ in range(2)].count(429) == 0
    answer = getattr(one, method)(path)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    if path.startswith("/api/"):
        check_shape(answer, 429, "throttled", None)
    assert getattr(two, method)(path).status_code != 429


def test_a_signed_in_person_and_a_key_are_not_counted_by_address(taote, monkeypatch):
    monkeypatch.setattr(address_limits, "WITHOUT_A_KEY", WayIn("/api/", 0))
    assert taote.merchant.get("orders/").status_code == 200
    assert Client().get("/healthz").status_code == 200


def test_a_wrong_key_is_401_where_nobody_counts(taote, monkeypatch):
    monkeypatch.setattr("stores.api.auth.count_use", lambda *args, **kwargs: None)
    assert taote.merchant.client.get("/api/v1/refunds/", headers={"Authorization": "Bearer x.y"}).status_code == 401


def test_an_address_may_not_guess_keys_without_end(taote, monkeypatch):
    monkeypatch.setattr(auth, "BAD_KEYS_PER_MINUTE", 2)
    codes = [Api(f"{taote.merchant_key[:8]}.guess{n}").get("orders/").status_code for n in range(3)]
    assert codes == [401, 401, 429]
    assert taote.merchant.get("orders/").status_code == 200


def behind(settings, trusted: list[str], peer: str, **headers) -> tuple[str, str]:
    """(address, scheme) as the views see them."""
    settings.TRUSTED_PROXIES = trusted
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)
    ProxyMiddleware(lambda request: HttpResponse())(request)
    assert not [name for name in request.META if "FORWARDED" in name or name == "HTTP_X_REAL_IP"]
    return client_address(request), request.scheme


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        ([], "10.0.0.1", "1.2.3.4", "10.0.0.1"),
        (["10.0.0.0/8"], "10.0.0.1", "1.2.3.4", "1.2.3.4"),
        (["10.0.0.0/8"], "10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (["10.0.0.0/8"], "10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.9", "1.2.3.4"),
        (["10.0.0.0/8"], "10.0.0.1", "1.2.3.4:5678", "1.2.3.4"),
        (["10.0.0.0/8"], "10.0.0.1", "[2001:db8::1]:80", "2001:db8::1"),
        (["10.0.0.0/8"], "10.0.0.1", "unknown, <script>", "10.0.0.1"),
        (["10.0.0.0/8"], "::ffff:10.0.0.1", "1.2.3.4", "1.2.3.4"),
        (["10.0.0.0/8"], "192.0.2.1", "1.2.3.4", "192.0.2.1"),
        (["::1"], "::1", "", "::1"),
    ],
)
def test_only_named_proxies_say_who_calls(settings, trusted, peer, forwarded, client):
    assert behind(settings, trusted, peer, **{"X-Forwarded-For": forwarded})[0] == client


def test_only_named_proxies_say_that_it_came_by_tls(settings):
    assert behind(settings, ["10.0.0.1"], "10.0.0.1", **{"X-Forwarded-Proto": "https"})[1] == "https"
    assert behind(settings, ["10.0.0.1"], "10.0.0.1", **{"X-Forwarded-Proto": "https, http"})[1] == "http"
    assert behind(settings, ["10.0.0.1"], "10.0.0.2", **{"X-Forwarded-Proto": "https"})[1] == "http"


HEADERS = {"X-Forwarded-Proto": "https", "Host": "testserver"}


def test_links_of_lists_keep_the_proxys_tls(taote, settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    for _ in range(2):
        taote.order()
    page = taote.merchant.client.get("/api/v1/orders/?page_size=1", headers=HEADERS).json()
    assert page["next"].startswith("https://testserver/api/v1/orders/?")
    settings.TRUSTED_PROXIES = []
    page = taote.merchant.client.get("/api/v1/orders/?page_size=1", headers=HEADERS).json()
    assert page["next"].startswith("http://")


def test_a_store_has_few_dear_calls_under_way(taote, other, monkeypatch):
    monkeypatch.setattr(dear_module, "_in_process", threading.BoundedSemaphore(100))
    monkeypatch.setattr(dear_module, "_long", threading.BoundedSemaphore(100))
    owner = f"store:{taote.store.pk}"
    held = [dear(owner) for _ in range(MOST_OF_ONE)]
    for place in held:
        place.__enter__()
    try:
        answer = taote.merchant.get("orders/export/")
        check_shape(answer, 429, "busy", None)
        assert int(answer["Retry-After"]) > 0
        assert taote.merchant.get("orders/").status_code == 200
        assert other.merchant.get("orders/export/").status_code == 200
    finally:
        for place in held:
            place.__exit__(None, None, None)
    for _ in range(MOST_OF_ONE + 1):
        assert taote.merchant.get("orders/export/").status_code == 200, "each call gives its place back"
        assert taote.merchant.get("orders/export/?format=pdf").status_code == 400, "a refused one too"


def test_a_process_does_few_dear_calls_for_all(taote, monkeypatch):
    monkeypatch.setattr(dear_module, "_in_process", threading.BoundedSemaphore(1))
    with dear("store:another"):
        check_shape(taote.merchant.get("orders/export/"), 429, "busy")
    assert taote.merchant.get("orders/export/").status_code == 200


def test_a_place_whose_holder_died_is_free_in_the_end():
    places = [f"place {number}" for number in range(MOST_OF_ONE)]
    assert all(dear_module._take("store:0", place) for place in places)
    assert not dear_module._take("store:0", "one more")
    server = client()
    server.zincrby("dear:store:0", -dear_module.LIVES_S, places[0])
    assert dear_module._take("store:0", "one more")
    assert server.ttl("dear:store:0") == dear_module.LIVES_S


def test_a_process_with_a_wrong_clock_gives_nobodys_place_away(clock):
    """Places live by the server's clock."""
    for number in range(MOST_OF_ONE):
        assert dear_module._take("store:0", f"place {number}")
    clock.move(days=1)
    assert not dear_module._take("store:0", "one more")


def test_a_server_of_hints_that_is_down_stops_no_dear_call(taote, monkeypatch):
    asked = []

    def down():
        asked.append(1)
        raise RedisDown

    monkeypatch.setattr(rates, "client", down)
    monkeypatch.setattr(dear_module, "client", down)
    assert taote.merchant.get("orders/export/").status_code == 200
    assert len(asked) == 1, "after one call in vain nobody waits for it for a while"


def test_busy_is_a_refusal_with_a_time():
    assert (Busy("x").code, Busy("x", wait_s=7).wait_s) == ("busy", 7)


def test_many_at_once_are_counted_one_by_one_until_their_minute_is_over():
    def use():
        waits.extend(rates.over_rate("x", most=25, window_s=60) for _ in range(10))

    waits: list[int] = []
    client().script_flush()  # as after a restart of the server
    users = [threading.Thread(target=use) for _ in range(8)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    assert (len(waits), waits.count(0)) == (80, 25)
    assert all(0 < wait <= 60 for wait in waits if wait)
    assert 0 < client().ttl("rate:x") <= 60
