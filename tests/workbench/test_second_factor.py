"""The second factor: set up, asked for after the password, required, removed; each code works once."""

from base64 import b32decode
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.test import Client

from common import clock as wall
from common.errors import Invalid, Refused
from common.models import Event
from common.sealing import reseal_all, unseal
from common.tenancy import system_scope
from common.web import address_limits
from stores import actions
from stores.actions import set_clock
from stores.actions.second_factor import MOST_TRIES
from stores.models import User
from stores.permissions import actor_of
from tests.cases import for_each
from tests.world import NOON, OPERATOR, make_shop, make_user

pytestmark = pytest.mark.django_db

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890", of RFC 6238
LOGIN, STEP, OWN = "/admin/login/", "/admin/second-step/", "/admin/second-factor/"


def code_at(instant, secret: str = SECRET) -> str:
    """What an app shows."""
    return TOTP(b32decode(secret), 6, SHA1(), 30).generate(int(instant.timestamp())).decode()


@pytest.fixture
def anna(taote, clock) -> User:
    """Who has a second factor; the code of this moment is used up."""
    user = make_user("anna", shop=taote, role="owner")
    with system_scope():
        user.codes = actions.set_up_second_factor(
            user=user, secret=SECRET, code=code_at(wall.now()), actor=actor_of(user), now=wall.now()
        )
    clock.move(seconds=60)
    return user


def with_password(name: str = "anna", address: str = "127.0.0.1") -> Client:
    """A browser in which the password was right."""
    client = Client(REMOTE_ADDR=address)
    answer = client.post(f"{LOGIN}?next=/admin/changes/", {"username": name, "password": "correct horse 9"})
    assert answer.status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def events(name: str) -> list[dict]:
    with system_scope():
        return list(Event.objects.filter(name=name).order_by("id").values_list("data", flat=True))


@for_each(("second", "code"), [(59, "287082"), (1111111109, "081804"), (2000000000, "279037")])
def test_codes_are_those_of_the_standard(second, code):
    from datetime import UTC, datetime

    from stores.actions.second_factor import _step_of

    at = datetime.fromtimestamp(second, UTC)
    assert _step_of(SECRET, code, at) == second // 30
    assert _step_of(SECRET, code, at + timedelta(seconds=60)) is None


def test_the_password_alone_opens_no_page(anna):
    client = with_password()
    assert not is_in(client)
    assert client.get("/admin/changes/").headers["Location"].startswith(LOGIN)
    assert client.get(OWN).headers["Location"].startswith(LOGIN)
    assert client.get(STEP).status_code == 200


def test_the_code_lets_in_and_leads_to_what_was_wanted(anna):
    client = with_password()
    answer = client.post(STEP, {"code": f" {code_at(wall.now())[:3]} {code_at(wall.now())[3:]}"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/changes/")
    assert is_in(client)
    assert client.get(STEP).headers["Location"].startswith(LOGIN), "it is passed"
    assert events("account.second_factor_passed") == [{"username": "anna"}]


def test_a_code_lets_in_once(anna):
    code = code_at(wall.now())
    assert with_password().post(STEP, {"code": code}).status_code == 302
    again = with_password()
    answer = again.post(STEP, {"code": code})
    assert answer.status_code == 200
    assert "used already" in answer.content.decode()
    assert not is_in(again)


def test_a_recovery_code_lets_in_once_however_it_is_typed(anna):
    typed = anna.codes[3].upper().replace("-", " ")
    assert with_password().post(STEP, {"code": typed}).status_code == 302
    assert with_password().post(STEP, {"code": typed}).status_code == 200
    assert events("account.second_factor_passed") == [{"username": "anna", "recovery_codes_left": 9}]


@for_each("code", ["", "000000", "12345", "１２", "\0", "x" * 31, "é" * 6])
def test_a_wrong_code_is_an_error_on_the_field(anna, code):
    client = with_password()
    answer = client.post(STEP, {"code": code})
    form = answer.context["form"]
    assert (answer.status_code, bool(form.errors["code"])) == (200, True)
    assert "value=" not in str(form["code"]), "what was refused isn't to be typed over"
    assert not is_in(client)


def test_wrong_codes_lock_the_name_at_the_address_and_the_right_password_forgives_none(anna, monkeypatch):
    monkeypatch.setattr(address_limits, "WAYS_IN", ())
    codes = []
    for _ in range(5):
        codes.append(with_password(address="192.0.2.1").post(STEP, {"code": "000000"}).status_code)
    assert codes == [200, 200, 200, 200, 429]
    client = Client(REMOTE_ADDR="192.0.2.1")
    assert client.post(LOGIN, {"username": "anna", "password": "correct horse 9"}).status_code == 429


def test_from_however_many_addresses_ten_codes_are_tried_in_a_quarter_of_an_hour(anna, clock):
    for n in range(MOST_TRIES):
        with_password(address=f"192.0.2.{n}").post(STEP, {"code": "000000"})
    client = with_password(address="192.0.2.99")
    answer = client.post(STEP, {"code": code_at(wall.now())})
    assert "Too many codes" in answer.content.decode()
    assert not is_in(client)
    clock.move(minutes=15)
    client = with_password(address="192.0.2.99")
    assert client.post(STEP, {"code": code_at(wall.now())}).status_code == 302


def test_the_password_is_remembered_for_ten_minutes_and_not_beyond_its_end(anna, clock):
    late, changed = with_password(), with_password()
    clock.move(minutes=10)
    assert late.post(STEP, {"code": code_at(wall.now())}).headers["Location"].startswith(LOGIN)
    changed = with_password()
    anna.refresh_from_db()
    with system_scope():
        actions.give_new_password(user=anna, password="battery staple 7", actor=OPERATOR, now=NOON)
    assert changed.post(STEP, {"code": code_at(wall.now())}).headers["Location"].startswith(LOGIN)


def test_a_store_may_require_it_and_its_people_are_led_to_set_it_up(taote, clock):
    make_user("bob", shop=taote, role="agent")
    client = with_password("bob")
    assert is_in(client)
    with system_scope():
        actions.update_store(store=taote.store, second_factor_required=True, actor=OPERATOR, now=NOON)
    for page in ("/admin/", "/admin/refunds/refund/", "/admin/changes/"):
        assert client.get(page).headers["Location"] == OWN
    page = client.get(OWN)
    assert "<svg" in page.content.decode()
    secret = page.context["secret"].replace(" ", "")
    assert client.get(OWN).context["secret"].replace(" ", "") == secret, "a look changes nothing"
    assert client.post(OWN, {"code": "000000"}).context["form"].errors["code"]
    answer = client.post(OWN, {"code": code_at(wall.now(), secret)})
    assert len(answer.context["codes"]) == 10
    assert is_in(client)
    assert secret not in User.objects.get(username="bob").sealed_totp


def test_operators_need_it_where_the_setting_says_so(settings):
    make_user("olga", operator=True)
    client = with_password("olga")
    assert is_in(client)
    settings.OPERATORS_NEED_SECOND_FACTOR = True
    assert client.get("/admin/").headers["Location"] == OWN


def test_only_a_fresh_code_removes_it(anna, clock):
    client = with_password()
    code = code_at(wall.now())
    client.post(STEP, {"code": code})
    assert client.post(OWN, {"code": code}).context["form"].errors["code"], "it was used"
    clock.move(seconds=30)
    assert client.post(OWN, {"code": code_at(wall.now())}).status_code == 302
    anna.refresh_from_db()
    assert (anna.sealed_totp, anna.recovery_digests) == ("", [])
    assert events("account.second_factor_removed") == [{"username": "anna"}]
    assert is_in(with_password())


def test_only_the_operator_takes_it_from_somebody_else(anna):
    bob = make_user("bob")
    for act in (actions.reset_second_factor, lambda **told: actions.remove_second_factor(code=anna.codes[0], **told)):
        with system_scope(), pytest.raises(Refused):
            act(user=anna, actor=actor_of(bob), now=NOON)
    assert User.objects.get(pk=anna.pk).has_second_factor
    make_user("olga", operator=True)
    client = with_password("olga")
    assert "Remove the second factor" in client.get(f"/admin/stores/user/{anna.pk}/change/").content.decode()
    client.post(f"/admin/stores/user/{anna.pk}/reset-second-factor/")
    assert not User.objects.get(pk=anna.pk).has_second_factor


def test_it_is_set_up_once_and_by_oneself(anna):
    for actor in (actor_of(anna), OPERATOR):
        with system_scope(), pytest.raises(Refused):
            actions.set_up_second_factor(user=anna, secret=SECRET, code="1", actor=actor, now=NOON)
    with system_scope(), pytest.raises(Invalid):
        actions.set_up_second_factor(
            user=(bob := make_user("bob")), secret=SECRET, code="000000", actor=actor_of(bob), now=NOON
        )


def test_nothing_that_lets_in_is_kept_in_the_clear(anna):
    anna.refresh_from_db()
    kept = f"{anna.sealed_totp} {anna.recovery_digests} {events('account.second_factor_set_up')}"
    assert not [code for code in [SECRET, *anna.codes, *(c.replace("-", "") for c in anna.codes)] if code in kept]


def test_other_keys_seal_it_anew(anna, settings):
    from cryptography.fernet import Fernet

    before = User.objects.get(pk=anna.pk).sealed_totp
    old = settings.CONNECTOR_KEYS
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-" + "0123456789" * 6
    assert reseal_all() >= 1
    after = User.objects.get(pk=anna.pk).sealed_totp
    assert after != before
    assert unseal(after) == {"totp": SECRET}
    old = settings.CONNECTOR_KEYS
    settings.CONNECTOR_KEYS = [Fernet.generate_key().decode()]
    answer = with_password().post(STEP, {"code": code_at(wall.now())})
    assert "CONNECTOR_KEYS" in answer.content.decode()
    settings.CONNECTOR_KEYS = old


def test_a_phone_goes_by_everybodys_clock_also_at_a_sandboxs_desk(db, clock):
    sandbox = make_shop("taote", is_sandbox=True)
    user = make_user("ben", shop=sandbox, role="owner")
    set_clock(sandbox.store.pk, wall.now() + timedelta(days=5))
    client = Client()
    client.force_login(user, backend="stores.permissions.RoleBackend")
    secret = client.get(OWN).context["secret"].replace(" ", "")
    assert client.post(OWN, {"code": code_at(wall.now(), secret)}).context["codes"]
    clock.move(seconds=60)
    assert client.post(OWN, {"code": code_at(wall.now(), secret)}).status_code == 302
    user.refresh_from_db()
    assert not user.has_second_factor
