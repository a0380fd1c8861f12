"""Where no endpoint may be: refused when it is made, when it is changed, and at each delivery."""

import socket

import pytest

from tests.api.helpers import code
from tests.cases import for_each
from tests.tenancy.calls import PUBLIC
from webhooks import addresses
from webhooks.addresses import LONGEST_URL, Forbidden, addresses_of, may_be_called, target_of
from webhooks.delivering import call_endpoints
from webhooks.models import Endpoint

INSIDE = [
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("192.0.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
    *("::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1"),
    *("2002:7f00:1::", "2002:a00:1::1", "2001:0:1:2::3", "2001:db8::1", "fe80::1", "fe80::1%lo", "fec0::1", "fc00::1"),
    *("fd12::1", "ff02::1", "100::1", "5f00::1", "3fff::1", "::ffff:8.8.8.8", "2606:4700::1111%1"),
    *("2606:4700::5efe:7f00:1", "2606:4700::200:5efe:10.0.0.1"),
]


def test_what_isnt_known_to_be_public_is_called_by_nobody(settings):
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    assert [address for address in INSIDE if may_be_called(address)] == []
    assert all(map(may_be_called, ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450::1"]))


def test_the_setting_opens_the_loopback_and_nothing_else(settings):
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    assert [address for address in INSIDE if may_be_called(address)] == ["127.0.0.1", "::1"]
    assert not may_be_called("8.8.8.8", plain=True), "no message goes over the internet without TLS"


@pytest.mark.parametrize(
    "url",
    [
        *("http://93.184.215.14/", "ftp://93.184.215.14/", "https://", "https:///x", "x", "https://a@93.184.215.14/"),
        *("https://127.0.0.1/", "https://127.1/", "https://0x7f.1/", "https://2130706433/", "https://017700000001/"),
        *("https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[fe80::1%25lo]/"),
        *("https://localhost/", "https://localhost./", "https://93.184.215.14:0/", "https://93.184.215.14:99999/"),
        *("https://93.184.215.14/#x", "https://93.184.215.14\\@127.0.0.1/", "https://１２７.0.0.1/", "https://a b/"),
        *("https://nowhere.invalid/", f"https://93.184.215.14/{'x' * 500}"),
    ],
)
def test_an_address_inside_is_refused_when_it_is_given(shop, settings, url):
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    made = shop.merchant.post("webhook-endpoints/", {"url": url})
    assert (made.status_code, code(made)[2]) == (400, "url")


@for_each(
    "url",
    [
        *(
            "https://93.184.215.14/ä",
            "https://93.184.215.14/\x7f",
            "https://93.184.215.14/a b",
            "https://93.184.215.14/\\",
        ),
        *(
            "https://a@93.184.215.14/",
            "https://:b@93.184.215.14/",
            "https://93.184.215.14/#x",
            "https://[fe80::1%25lo]/",
        ),
        *("ftp://93.184.215.14/", "http://93.184.215.14/", "https:///x", "https://93.184.215.14:0/"),
        f"https://93.184.215.14/{'x' * LONGEST_URL}",
    ],
)
def test_one_thing_that_is_odd_is_enough_before_anybody_is_asked_for_its_address(settings, url):
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    assert target_of("https://93.184.215.14/a?b").authority == "93.184.215.14"
    with pytest.raises(Forbidden):
        target_of(url)


@for_each(("found", "is_public"), [([], False), (["93.184.215.14"], True), (["93.184.215.14", "10.0.0.1"], False)])
def test_a_name_leads_somewhere_and_nowhere_inside(settings, monkeypatch, found, is_public):
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    monkeypatch.setattr(addresses.socket, "getaddrinfo", named(found))
    target = target_of("https://shop.example/")
    if is_public:
        assert addresses_of(target) == found
    else:
        with pytest.raises(Forbidden):
            addresses_of(target)


def test_a_changed_address_is_looked_at_too(shop, settings):
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    path = f"webhook-endpoints/{shop.merchant.post('webhook-endpoints/', {'url': PUBLIC}).json()['id']}/"
    answer = shop.merchant.patch(path, {"url": "https://10.0.0.1/", "description": "x"})
    assert code(answer) == (400, "address_not_allowed", "url")
    assert (shop.merchant.get(path).json()["url"], shop.merchant.get(path).json()["description"]) == (PUBLIC, "")


def named(*found):
    """A resolver that gives these addresses, one list after the other; the last one stays."""
    answers, real = list(found), socket.getaddrinfo

    def resolve(host, port, *args, **kwargs):
        if host != "shop.example":
            return real(host, port, *args, **kwargs)
        each = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in each]

    return resolve


def test_a_name_that_leads_inside_later_is_not_called(shop, receiver, settings, monkeypatch, work):
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    monkeypatch.setattr(addresses.socket, "getaddrinfo", named(["93.184.215.14"], ["93.184.215.14", "127.0.0.1"]))
    port = receiver.url.split(":")[2].split("/")[0]
    made = shop.merchant.post("webhook-endpoints/", {"url": f"https://shop.example:{port}/"})
    assert made.status_code == 201, made.json()
    work()
    row = shop.merchant.get("webhook-deliveries/").json()["results"][-1]
    assert (row["last_error"], row["status"], receiver.received) == ("address_not_allowed", "waiting", [])


def test_the_connection_goes_to_the_address_that_was_looked_at(shop, receiver, monkeypatch, work):
    real, asked = socket.create_connection, []
    monkeypatch.setattr(addresses.socket, "getaddrinfo", named(["127.0.0.1"]))
    monkeypatch.setattr(
        "webhooks.wire.socket.create_connection",
        lambda address, **kwargs: asked.append(address) or real(address, **kwargs),
    )
    url = receiver.url.replace("127.0.0.1", "shop.example")
    assert shop.merchant.post("webhook-endpoints/", {"url": url}).status_code == 201
    work()
    call = receiver.received[0]
    assert call.headers["host"] == url.split("/")[2]
    assert {address for address, _port in asked} == {"127.0.0.1"}


def test_its_secret_is_shown_once_and_kept_sealed(shop, endpoint):
    secret = endpoint["secret"]
    again = [shop.merchant.post("webhook-endpoints/", {"url": PUBLIC}, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert again[0].json()["secret"].startswith("whsec_")
    assert again[1].json() == {**again[0].json(), "secret": None}
    shown = [shop.merchant.get(path).content.decode() for path in ("webhook-endpoints/", "events/")]
    with shop.scope():
        kept = str(list(Endpoint.objects.values()))
    for text in [*shown, kept]:
        assert secret not in text
        assert again[0].json()["secret"] not in text


def test_a_deleted_endpoint_is_gone_and_called_no_more(shop, endpoint, receiver, work):
    path = f"webhook-endpoints/{endpoint['id']}/"
    assert shop.merchant.client.delete(f"/api/v1/{path}").status_code == 204
    shop.refund()
    work()
    assert (shop.merchant.get(path).status_code, receiver.received) == (404, [])
    assert call_endpoints() == 0


def test_what_means_nothing_is_refused(shop, endpoint):
    path = f"webhook-endpoints/{endpoint['id']}/"
    assert code(shop.merchant.patch(path, {"events": ["refund.eaten"]})) == (400, "unknown", "events")
    assert code(shop.merchant.post(f"{path}redeliver/", {"since": "2026-11-20T10:00:00"}))[::2] == (400, "since")
    for _ in range(9):
        shop.merchant.post("webhook-endpoints/", {"url": PUBLIC})
    assert code(shop.merchant.post("webhook-endpoints/", {"url": PUBLIC})) == (409, "too_many_endpoints", None)
