"""Who looked at buyers' data: no address of the API or the desk shows any of it without leaving that on record."""

from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import Client, RequestFactory

from common.looks import ShownFile, ShownRows
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
from tests.tenancy.marked import MARKED, mark
from tests.tenancy.routes import ADMIN, API, routes_under
from tests.world import NOON, make_shop, make_user
from workbench.store.looks import title_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture(autouse=True)
def _nothing_is_known_to_be_on_record(monkeypatch):
    monkeypatch.setattr(noting, "_remembered", set())


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

    client = Client()
    client.force_login(make_user("anna", shop=shop), "stores.permissions.RoleBackend")

    def read(path):
        request = RequestFactory().get(path)
        request.COOKIES = {name: cookie.value for name, cookie in client.cookies.items()}
        return handler.get_response(request)

    def broken(statement, looks):
        raise DatabaseError

    page = f"/admin/orders/order/{refund.order_id}/change/"
    assert "Zq8" in read(page).content.decode()
    with system_scope():
        assert Look.objects.get(place="admin:orders_order_change").topic_id == refund.order_id
    noting._remembered.clear()
    monkeypatch.setattr(noting, "_run", broken)
    for answer in (call(f"orders/{refund.order.number}/"), read(page)):
        assert answer.status_code == 500
        assert "Zq8" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_call_and_its_look_are_one_transaction(monkeypatch):
    """Both are there or neither; of a call that only reads nobody waits for a disk; what didn't commit isn't known."""
    shop = make_shop("taote")
    refund, other = shop.refund(), shop.refund()
    path, waits = f"{API}refunds/{refund.pk}/approve/", []
    said = noting._run

    def told(statement, looks):
        said(statement, looks)
        waits.append(run("SHOW synchronous_commit")[0][0])

    def broken(statement, looks):
        raise DatabaseError

    def call(method, path):
        headers = {"Authorization": f"Bearer {shop.merchant_key}"}
        request = RequestFactory().generic(method, path, "{}", content_type="application/json", headers=headers)
        return LookHandler().get_response(request)

    run("SET synchronous_commit = on")  # the tests' own server waits for no disk
    monkeypatch.setattr(noting, "_run", broken)
    assert call("POST", path).status_code == 500
    assert shop.reload(refund).status == "awaiting_merchant"
    monkeypatch.setattr(noting, "_run", told)
    with monkeypatch.context() as at_commit:
        at_commit.setattr(connection, "_commit", lambda: broken(None, None))
        assert call("POST", path).status_code == 500
    assert noting._remembered == set()
    assert call("POST", path).status_code == 200
    assert call("GET", f"{API}refunds/{other.pk}/").status_code == 200
    assert waits == ["on", "on", "off"]
    with system_scope():
        assert set(Look.objects.values_list("topic_id", flat=True)) == {refund.pk, other.pk}
    assert len(noting._remembered) == 2
    run("RESET synchronous_commit")


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
    before = client.get("/admin/looks/").context["lines"]
    put_on_record(nothing_told)
    assert client.get("/admin/looks/").context["lines"] == before, "what touched nobody's data"
    with_file = ShownRows(listed=[refund], files=[ShownFile(shop.store.pk, "csv late", 7)])
    assert [(look.topic_id, look.buyers) for look in looks_of(with_file, **listed)] == [(None, 1), (None, 7)]
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
