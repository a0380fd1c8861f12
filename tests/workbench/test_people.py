"""Members, accounts and keys in the desk."""

import re

import pytest
from django.test import Client

from common.tenancy import system_scope
from stores.models import ApiKey, Membership, Store, User
from tests.cases import for_each
from tests.world import make_user

pytestmark = pytest.mark.django_db


def member(shop, username: str) -> Membership:
    """The membership of this user."""
    with shop.scope():
        return Membership.objects.get(store=shop.store, user__username=username)


def errors(answer) -> dict:
    """What the form says."""
    return {field: list(texts) for field, texts in answer.context["form"].errors.items()}


def test_an_owner_adds_who_was_opened_for_the_store_and_learns_nothing_of_others(taote, sign_in):
    owner = sign_in("owner", taote)
    make_user("stranger")
    anna = make_user("anna")
    User.objects.filter(pk=anna.pk).update(opened_for=taote.store)
    refused = [owner.post("stores/membership/add/", username=name, role="viewer") for name in ("nobody", "stranger")]
    assert errors(refused[0]) == errors(refused[1])
    assert set(errors(refused[0])) == {"username"}
    assert owner.post("stores/membership/add/", username="anna", role="agent").status_code == 302
    assert member(taote, "anna").role == "agent"


def test_the_form_presets_the_least_role_and_explains_each(taote, sign_in):
    page = sign_in("owner", taote).get("stores/membership/add/").content.decode()
    checked = [tag for tag in re.findall(r"<input[^>]*>", page) if 'name="role"' in tag and "checked" in tag]
    assert len(checked) == 1
    assert 'value="viewer"' in checked[0]
    assert "decides nothing" in page


def test_no_page_makes_an_owner_of_oneself_anything_else(taote, sign_in):
    owner = sign_in("owner", taote)
    name, own = owner.user.username, member(taote, owner.user.username)
    assert set(errors(owner.post("stores/membership/add/", username=name, role="viewer"))) == {"username"}
    operator = sign_in("operator")
    for desk, why in ((owner, "You can&#x27;t change your own role"), (operator, "at least one owner")):
        page = desk.get(f"stores/membership/{own.pk}/change/").content.decode()
        assert why in page
        assert "decide-remove" not in page, "said before anybody tries"
        for decision in ("role", "remove"):
            path = f"/admin/stores/membership/{own.pk}/{decision}/"
            assert why in desk.client.post(path, {"role": "viewer"}, follow=True).content.decode()
    assert member(taote, name).role == "owner"
    make_user("second", shop=taote)
    assert "decide-remove" in operator.get(f"stores/membership/{own.pk}/change/").content.decode()
    assert operator.post(f"stores/membership/{own.pk}/role/", role="agent").status_code == 302
    assert member(taote, name).role == "agent"


def test_a_member_gets_another_role_and_is_removed(taote, sign_in):
    owner = sign_in("owner", taote)
    make_user("anna", shop=taote, role="agent")
    path = f"stores/membership/{member(taote, 'anna').pk}"
    page = owner.get(f"{path}/change/")
    assert 'id="decide-remove"' in page.content.decode()
    assert page.context["decide"]["role"].form["role"].value() == "agent", "what they are is chosen"
    assert owner.post(f"{path}/role/", role="viewer").status_code == 302
    assert member(taote, "anna").role == "viewer"
    agent = sign_in("agent", taote)
    for decision in ("role", "remove"):
        assert agent.post(f"{path}/{decision}/", role="owner").status_code == 404
    assert owner.get(f"{path}/remove/").status_code == 200
    assert owner.post(f"{path}/remove/").status_code == 302
    with taote.scope():
        assert not Membership.objects.filter(user__username="anna").exists()


def test_the_list_shows_names_roles_and_when(taote, clock, sign_in):
    owner = sign_in("owner", taote)
    anna = make_user("anna")
    User.objects.filter(pk=anna.pk).update(opened_for=taote.store, first_name="安娜")
    owner.post("stores/membership/add/", username="anna", role="finance")
    page = owner.get("stores/membership/").content.decode()
    for shown in ("安娜", "anna", "Finance", "2026-11-20", "Last sign-in"):
        assert shown in page, shown


def sign_in_with(username: str, password: str) -> Client:
    """A browser in which somebody has typed name and password."""
    client = Client()
    client.post("/admin/login/", {"username": username, "password": password})
    return client


def test_an_account_is_opened_with_a_password_for_one_time(taote, sign_in):
    operator = sign_in("operator")
    made = operator.post("stores/user/add/", username="anna", full_name="安娜", store=taote.store.code, role="agent")
    password = made.context["password"]
    assert password in made.content.decode()
    assert member(taote, "anna").role == "agent"
    anna = User.objects.get(username="anna")
    assert password not in operator.get(f"stores/user/{anna.pk}/change/").content.decode()
    browser, elsewhere = sign_in_with("anna", password), sign_in_with("anna", password)
    for path in ("/admin/", "/admin/refunds/refund/", "/admin/stores/membership/"):
        assert browser.get(path).headers["Location"] == "/admin/password_change/"
    new = {"new_password1": "battery staple 7", "new_password2": "battery staple 7"}
    same = {"new_password1": password, "new_password2": password}
    assert browser.post("/admin/password_change/", {"old_password": password, **same}).status_code == 200
    assert browser.get("/admin/").status_code == 302
    assert browser.post("/admin/password_change/", {"old_password": password, **new}).status_code == 302
    assert browser.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").headers["Location"].startswith("/admin/login/")


def test_a_lost_password_is_replaced_and_ends_the_sessions(sign_in):
    operator, anna = sign_in("operator"), make_user("anna")
    browser = sign_in_with("anna", "correct horse 9")
    assert browser.get("/admin/").status_code == 200
    operator.get(f"stores/user/{anna.pk}/one-time-password/")
    assert browser.get("/admin/").status_code == 200
    password = operator.post(f"stores/user/{anna.pk}/one-time-password/").context["password"]
    assert browser.get("/admin/").status_code == 302
    assert sign_in_with("anna", password).get("/admin/").headers["Location"] == "/admin/password_change/"


@for_each("role", ["owner", "agent"])
def test_accounts_are_the_operators_alone(taote, sign_in, role):
    desk, anna = sign_in(role, taote), make_user("anna")
    new = {"username": "bob", "full_name": "", "role": "viewer"}
    for path in ("", "add/", f"{anna.pk}/change/"):
        assert desk.get(f"stores/user/{path}").status_code == 403
    assert desk.post("stores/user/add/", **new).status_code == 403
    assert desk.post(f"stores/user/{anna.pk}/one-time-password/").status_code == 403
    assert not User.objects.filter(username="bob").exists()
    assert User.objects.get(pk=anna.pk).check_password("correct horse 9")
    assert "stores/user/" not in desk.get("").content.decode()


def test_an_account_that_makes_no_sense_is_refused_at_its_field(taote, sign_in):
    operator = sign_in("operator")
    make_user("anna")
    for change, field in (
        ({"username": "anna"}, "username"),
        ({"username": "anna b"}, "username"),
        ({"store": "nowhere"}, "store"),
        ({"role": "king"}, "role"),
        ({"full_name": ""}, "full_name"),
    ):
        data = {"username": "bob", "full_name": "鲍勃", "store": "", "role": "viewer", **change}
        assert set(errors(operator.post("stores/user/add/", **data))) == {field}
    assert User.objects.count() == 2


@for_each(("language", "words"), [("en", "Orders: read and write"), ("zh-hans", "订单：读写")])
def test_scopes_are_shown_in_words(taote, sign_in, language, words):
    owner = sign_in("owner", taote)
    owner.client.cookies["django_language"] = language
    form = owner.get("stores/apikey/add/").content.decode()
    made = owner.post("stores/apikey/add/", name="Erp.v2 sync", scopes=["orders:write", "offers:read"])
    assert 'data-copy="secret"' in made.content.decode()
    prefix = made.context["secret"].split(".")[0]
    pages = [form, owner.get("stores/apikey/").content.decode()]
    pages.append(owner.get(f"stores/apikey/{prefix}/change/").content.decode())
    for page in pages:
        assert words in page
        assert not re.search(r">[^<]*orders:write", page)


@for_each(
    ("zone", "today", "tomorrow", "ends"),
    [
        ("Pacific/Kiritimati", "2026-11-21", "2026-11-22", "2026-11-22T10:00:00+00:00"),  # a day ahead of UTC by now
        ("America/Los_Angeles", "2026-11-20", "2026-11-21", "2026-11-22T08:00:00+00:00"),
        ("Asia/Shanghai", "2026-11-20", "2026-11-21", "2026-11-21T16:00:00+00:00"),
    ],
)
def test_a_key_is_good_until_its_last_day_is_over_in_the_store(taote, sign_in, clock, zone, today, tomorrow, ends):
    clock.move(hours=7)  # 11:00 UTC
    Store.objects.filter(pk=taote.store.pk).update(time_zone=zone)
    owner = sign_in("owner", taote)
    data = {"name": "till", "scopes": ["orders:read"]}
    for day in (today, "9999-12-31", "2100-01-02", "２０２９-01-01"):
        assert set(errors(owner.post("stores/apikey/add/", **data, expires_on=day))) == {"expires_on"}
    assert owner.post("stores/apikey/add/", **data, expires_on=tomorrow).context["secret"]
    with system_scope():
        assert ApiKey.objects.get(store=taote.store, name="till").expiry_date.isoformat() == ends


def test_a_page_keeps_the_name_of_what_it_shows(taote, sign_in):
    owner = sign_in("owner", taote)
    owner.post("stores/apikey/add/", name="erp", scopes=["orders:read"])
    with system_scope():
        key = ApiKey.objects.get(store=taote.store, name="erp", scopes=["orders:read"])
    page = owner.get(f"stores/apikey/{key.prefix}/change/").content.decode()
    heading = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)[1]
    assert heading.endswith("<span>/</span>erp")
