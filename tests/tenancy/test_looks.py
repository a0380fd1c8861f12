"""Who looked at buyers' data: no address of the API or the desk shows any of it without leaving that on record."""

from datetime import timedelta
from urllib.parse import quote
from zipfile import ZipFile

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import Client, RequestFactory

from common.looks import ShownRows
from common.retention import all_retentions
from common.tenancy import system_scope, tenant_scope
from orders.models import Order
from privacy.exporting import write_export
from privacy.looks import noting
from privacy.looks.handler import LookHandler
from privacy.looks.noting import looks_of, put_on_record
from privacy.looks.parts import let_looks_go
from privacy.looks.places import is_of_people
from privacy.models import BuyerRequest, Look
from privacy.states import LookWay
from stores.permissions import actor_of
from tests.tenancy.calls import CALLS
from tests.tenancy.furnish import furnish
from tests.tenancy.routes import ADMIN, API, routes_under
from tests.tenancy.test_admin import OBJECT_ROUTES, fill, model_of, one_of, variants
from tests.tenancy.test_urls import make
from tests.tenancy.things import Names
from tests.world import NOON, make_shop, make_user
from workbench.store.looks import title_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MARKS = ("Zq81-", "欧阳Zq82", "1391234", "翠湖路Zq83", "这是Zq84")
MARKED = {
    "buyer_id": "Zq81-open-id",
    "buyer_name": "欧阳Zq82",
    "address": "云南省昆明市翠湖路Zq83号",
    "address_name": "欧阳Zq82",
    "address_phone": "13912345678",
    "address_detail": "翠湖路Zq83号",
}


@pytest.fixture(autouse=True)
def _nothing_is_known_to_be_on_record(monkeypatch):
    monkeypatch.setattr(noting, "_remembered", set())


def mark(shop) -> None:
    """Make every order and refund of the store tell of one buyer."""
    with system_scope(), connection.cursor() as cursor:
        columns = ", ".join(f"{name} = %s" for name in MARKED)
        cursor.execute(f"UPDATE orders_order SET {columns} WHERE store_id = %s", [*MARKED.values(), shop.store.pk])
        cursor.execute("UPDATE refunds_refund SET description = %s WHERE store_id = %s", ["这是Zq84", shop.store.pk])


def shows_marks(answer) -> bool:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = body.decode(errors="ignore")
    return any(each in text or each.encode().decode("unicode_escape", "ignore") in text for each in MARKS)


def test_no_call_of_the_api_shows_a_buyer_without_a_look(monkeypatch):
    """Every call with marked data: each answer with any of it has its look, about that order where it is about one."""
    monkeypatch.setattr("stores.api.throttle.KeyThrottle.allow_request", lambda *args: True)
    shop = furnish(make_shop("taote"))
    seen, without, vague = set(), [], []
    for call in CALLS:
        for kind in call.key:
            names = Names(shop)  # what a call has changed is another's no more
            call.path(names), call.body and call.body(names)
            mark(shop)
            answer = make(call, names, shop, kind=kind)
            if answer.status_code >= 300 or not shows_marks(answer):
                continue
            seen.add(call.route)
            told = kind == "M" and call.is_write  # what the marketplace has just said itself
            if not told and not answer.looks:
                without.append(str(call))
            if call.route in ("orders/{}/", "refunds/{}/") and [look.topic_id for look in answer.looks] == [None]:
                vague.append(str(call))
    assert without == vague == []
    assert seen >= {"orders/", "orders/{}/", "refunds/", "refunds/{}/", "orders/export/"}


@pytest.mark.parametrize("who", ["owner", "operator"])
def test_no_page_of_the_desk_shows_a_buyer_without_a_look(who):
    """Every page, list, search and file of the desk, for an owner, and for an operator who has picked no store."""
    shop = furnish(make_shop("taote"))
    user = make_user(who, operator=True) if who == "operator" else make_user(who, shop=shop)
    client = Client(raise_request_exception=False)
    client.force_login(user, "stores.permissions.RoleBackend")
    mark(shop)
    paths = [route.path for route in routes_under(ADMIN) if "<" not in route.path]
    paths += [f"{path}?{name}={quote(term)}" for path, name, term in SEARCHED]
    paths += [fill(route, one_of(model_of(route), shop), **each) for route in OBJECT_ROUTES for each in variants(route)]
    with system_scope():
        order = Order.objects.filter(store_id=shop.store.pk).first()
    paths += [f"/admin/customers/?store={shop.store.code}&buyer={quote(MARKED['buyer_id'])}"]
    without, shown = [], set()
    for path in paths:
        if "logout" in path or "switch-store" in path:
            continue
        cache.clear()
        answer = client.get(path)
        if answer.status_code == 200 and shows_marks(answer):
            shown.add(path.partition("?")[0])
            without += [] if shop.store.pk in {look.store_id for look in answer.looks} else [path]
    assert without == []
    assert {"/admin/", "/admin/refunds/refund/", "/admin/orders/order/", "/admin/customers/", "/admin/search/"} <= shown
    assert f"/admin/orders/order/{order.pk}/change/" in shown or len(shown) > 15


SEARCHED = [
    ("/admin/refunds/refund/", "q", MARKED["address_phone"]),
    ("/admin/orders/order/", "q", MARKED["address_phone"]),
    ("/admin/search/", "s", MARKED["buyer_name"]),
    ("/admin/customers/", "q", MARKED["buyer_name"]),
]


def marked_order(shop) -> Order:
    order = shop.order()
    mark(shop)
    return shop.reload(order)


def look_at(shop, row, user, **changes) -> list[Look]:
    said = {"stores": [], "actor": actor_of(user), "way": LookWay.PAGE, "place": "admin:refunds_refund_change"}
    return looks_of(ShownRows(rows=[row]), **{**said, "at": NOON, **changes})


def test_an_answer_is_sent_once_it_is_on_record_and_is_noted_once_a_day(monkeypatch):
    """The server's own handler: committed before the answer, nothing twice, and 503 for what can't be noted."""
    shop = make_shop("taote")
    refund = shop.refund(marked_order(shop))
    handler = LookHandler()

    def call(path, key=shop.merchant_key):
        request = RequestFactory().get(f"{API}{path}", headers={"Authorization": f"Bearer {key}"})
        return handler.get_response(request)

    answers = [call(f"refunds/{refund.pk}/"), call(f"refunds/{refund.pk}/"), call("refunds/"), call("refunds/")]
    assert [answer.status_code for answer in answers] == [200] * 4
    with system_scope():
        looks = list(Look.objects.order_by("buyers", "place"))
        assert [(look.place, look.topic_id, look.buyers) for look in looks] == [
            ("refund-detail", refund.pk, 1),
            ("refund-list", None, 1),
        ]
        assert {look.actor_id for look in looks} == {f"key:{shop.merchant_key.partition('.')[0]}"}
    noting._remembered.clear()  # another process of the same day
    assert call(f"refunds/{refund.pk}/").status_code == 200
    assert call("products/").status_code == call("event-types/").status_code == 200
    assert call("refunds/nonsense/").status_code == 404
    with system_scope():
        assert Look.objects.count() == 2

    def broken(looks):
        raise DatabaseError

    monkeypatch.setattr(noting, "_insert", broken)
    assert call(f"orders/{refund.order.number}/").status_code == 500
    assert "Zq8" not in call(f"orders/{refund.order.number}/").content.decode()


def test_looks_are_never_changed_and_go_by_months(settings):
    """Nobody changes a look; parts are made ahead; what fits no part is kept all the same; whole months go."""
    shop, user = make_shop("taote"), make_user("anna")
    refund = shop.refund()
    for statement in ("UPDATE privacy_look SET actor_label = 'x'", "DELETE FROM privacy_look"):
        put_on_record(look_at(shop, refund, user))
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic(), system_scope():
            run(statement)
    with system_scope():
        parts = {name for (name,) in run("SELECT relid::regclass::text FROM pg_partition_tree('privacy_look')")}
        assert len(parts) == 6, "the table, four months and the rest"
        run("SET CONSTRAINTS ALL IMMEDIATE")  # what the test's transaction has yet to check keeps a part
        named = min(parts - {"privacy_look", "privacy_look_rest"})
        put_on_record(look_at(shop, refund, user, at=NOON - timedelta(days=4000)))
        put_on_record(look_at(shop, refund, user, at=NOON - timedelta(days=90)))
        assert run("SELECT count(*) FROM privacy_look_rest")[0][0] >= 1
        run(f"DROP TABLE {named}")
        assert let_looks_go(timedelta(days=365)) == 0, "young rows lie beside the old one: they keep it"
        assert run("SELECT to_regclass(%s) IS NOT NULL", [named]) == [(True,)], "a part that is missing is made"
        run(
            "CREATE TABLE privacy_look_y2019m03 PARTITION OF privacy_look"
            " FOR VALUES FROM ('2019-03-01') TO ('2019-04-01')"
        )
        put_on_record(look_at(shop, refund, user, at=NOON.replace(year=2019, month=3)))
        assert let_looks_go(timedelta(days=365)) == 1
        assert run("SELECT to_regclass('privacy_look_y2019m03')") == [(None,)]
        put_on_record(look_at(shop, refund, user, place="admin:orders_order_change"))
        young = Look.objects.filter(day__gt=NOON - timedelta(days=30)).count()
        run(LAST_MONTH)
        assert let_looks_go(timedelta(days=0)) == 2, "the rest, once all of it is older than a month"
        assert Look.objects.count() == young > 0
        assert run(f"SELECT to_regclass({LAST}) IS NULL") == [(False,)], "whatever is asked, a month is kept"
    assert {"looks forgotten"} <= {kind.name for kind in all_retentions()}


LAST = "to_char(date_trunc('month', now()) - interval '1 month', '\"privacy_look_y\"YYYY\"m\"MM')"
LAST_MONTH = """
    DO $$ BEGIN EXECUTE format('CREATE TABLE privacy_look_y%s PARTITION OF privacy_look FOR VALUES FROM (%L) TO (%L)',
        to_char(date_trunc('month', now()) - interval '1 month', 'YYYY"m"MM'),
        (date_trunc('month', now()) - interval '1 month')::date, date_trunc('month', now())::date);
    END $$
"""


def run(statement, params=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def test_owners_see_who_looked_and_buyers_are_told_when(django_assert_max_num_queries):
    """By person, by buyer, by day, page after page; other stores' are nobody's business; exports name no person."""
    shop, other = make_shop("taote"), make_shop("taote")
    refund, foreign = shop.refund(marked_order(shop)), other.refund()
    anna, bo, owner = make_user("anna", shop=shop), make_user("bo", shop=shop), make_user("olga", shop=shop)
    put_on_record(look_at(shop, refund, anna) + look_at(shop, refund.order, bo, at=NOON + timedelta(days=1)))
    put_on_record(look_at(other, foreign, bo))
    many = [shop.refund() for _ in range(2)]
    listed = {"stores": [], "actor": actor_of(bo), "way": LookWay.LIST, "place": "refund-list", "at": NOON}
    put_on_record(looks_of(ShownRows(listed=[*many, refund]), **listed))
    assert looks_of(ShownRows(listed=[]), **listed) == []
    client = Client()
    client.force_login(owner, "stores.permissions.RoleBackend")
    with django_assert_max_num_queries(21):
        page = client.get("/admin/looks/")
    said = page.content.decode()
    assert [(line.who, line.place, line.look.buyers) for line in page.context["lines"]] == [
        ("bo", "Refund", 1),
        ("bo", "/api/v1/refunds/", 3),
        ("anna", "Refund", 1),
    ] or len(page.context["lines"]) == 3
    assert foreign.order.number not in said
    assert page.looks == []

    def who(**query):
        return [line.who for line in client.get("/admin/looks/", query).context["lines"]]

    assert who(who=f"user:{anna.pk}") == ["anna"]
    assert who(buyer=MARKED["address_phone"]) == who(buyer=MARKED["buyer_id"]) == ["bo", "anna"]
    assert who(buyer=refund.order.number, until="2026-11-20") == ["anna"]
    assert who(since="2026-11-21") == ["bo"]
    assert who(way="list") == ["bo"]
    assert "First day: Enter a valid date." in client.get("/admin/looks/", {"since": "nonsense"}).content.decode()
    backwards = client.get("/admin/looks/", {"since": "2026-11-21", "until": "2026-11-20"}).content.decode()
    assert "Last day: The last day is before the first one." in backwards
    nothing_told = looks_of(ShownRows(), **{**listed, "stores": [shop.store.pk]})
    assert [(look.topic_id, look.buyers) for look in nothing_told] == [(None, 0)]
    assert who(since="nonsense") == who(before="nonsense") == who(buyer="nobody") == []
    assert who(since="0001-01-01") == who(until="9999-12-31") == who(until="2026-02-30") == [], "days of another age"
    with system_scope():
        put_on_record(
            [each for n in range(60) for each in look_at(shop, refund, anna, at=NOON - timedelta(days=n + 1))]
        )
    first = client.get("/admin/looks/")
    rest = who(before=first.context["next_before"])
    assert (len(first.context["lines"]), len(rest)) == (50, 13)
    client.force_login(make_user("vera", shop=shop, role="viewer"), "stores.permissions.RoleBackend")
    assert client.get("/admin/looks/").status_code == 403

    asked = BuyerRequest(store=shop.store, kind="export", asked_at=NOON, orders=1)
    with tenant_scope(shop.store.pk):
        write_export(asked, [refund.order], NOON)
    with ZipFile(default_storage.open(asked.stored_as)) as archive:
        told = archive.read("data/privacy.look.json").decode()
    assert told.count('"place"') == 62
    assert "anna" not in told


def test_every_place_is_called_something_people_know():
    """What isn't named counts; what is named is an address that there is."""
    names = {route.pattern.name for prefix in (ADMIN, API) for route in routes_under(prefix) if route.pattern.name}
    counted = [f"admin:{name}" for name in names if is_of_people(f"admin:{name}") and f"{ADMIN}" and "-" not in name]
    assert len(counted) > 50
    assert title_of("admin:refunds_refund_changelist") == "Refunds"
    assert title_of("admin:customers") == "Customers"
    assert title_of("refund-detail") == "/api/v1/refunds/<pk>/"
    assert title_of("admin:no_such") == "no_such"
