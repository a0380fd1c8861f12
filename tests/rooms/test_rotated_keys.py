"""Keys are changed while processes with the old ones go on: nobody is signed out, no link ends, nothing is lost."""

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.test import Client, override_settings

from common import sealing
from common.sealing import seal, unseal
from common.tenancy import system_scope
from offers.buyer.links import link_for
from stores.actions import second_factor
from stores.models import User
from tests.tenancy.things import make_endpoint, make_robot
from tests.world import NOON, make_shop, make_user
from webhooks.models import Endpoint

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
OLD, NEW = "old-" + "0123456789" * 6, "new-" + "abcdefghij" * 6


def test_what_the_old_signing_key_signed_holds_on(client):
    """A session, with a second factor too, a buyer's link, a recovery code; once the old key has gone, no link does."""
    shop = make_shop("taote")
    refund = shop.refund()
    with override_settings(SECRET_KEY=OLD):
        anna = make_user("anna", shop=shop)
        with system_scope():
            anna.sealed_totp = seal({"totp": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"})
            anna.recovery_digests = [second_factor._digest(anna, "abcd1234")]
            anna.save()
        client.force_login(anna)
        link = link_for(refund)
    with override_settings(SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=[OLD]):
        assert client.get("/admin/").status_code == 200
        assert Client().get(link).status_code == 200
        with system_scope():
            assert second_factor._use_code(User.objects.get(pk=anna.pk), "abcd1234", NOON) is True
        newer = link_for(refund)
    with override_settings(SECRET_KEY=OLD, SECRET_KEY_FALLBACKS=[NEW]):  # a process that wasn't restarted yet
        assert Client().get(newer).status_code == 200
    with override_settings(SECRET_KEY=NEW):
        assert Client().get(link).status_code == 404
        assert client.get("/admin/").status_code == 200, "who came by meanwhile has a session of the new key"


def test_secrets_are_sealed_anew_in_batches_while_old_processes_seal_on(monkeypatch, capsys):
    shop, (old, new) = make_shop("taote"), (Fernet.generate_key().decode() for _ in range(2))
    with override_settings(CONNECTOR_KEYS=[old, new]):  # first every process can open what either seals
        for _ in range(3):
            make_endpoint(shop)
        robot = make_robot(shop)
    monkeypatch.setattr(sealing, "RESEALED_AT_ONCE", 1)
    with override_settings(CONNECTOR_KEYS=[new, old]):
        reseal_batch, done = sealing._reseal_batch, []

        def dies(sealed, *, after):
            if len(done) == 2 and sealed.model is Endpoint:
                raise MemoryError
            done.extend([1] * (sealed.model is Endpoint))
            return reseal_batch(sealed, after=after)

        with monkeypatch.context() as patch:
            patch.setattr(sealing, "_reseal_batch", dies)
            with pytest.raises(MemoryError):
                call_command("rotate_keys")
        with override_settings(CONNECTOR_KEYS=[old, new]):
            late = make_endpoint(shop)  # a process that still seals with the old one, and reads what is new
            with shop.scope():
                assert all(unseal(row.sealed_secrets) for row in Endpoint.objects.all())
        call_command("rotate_keys")
        call_command("rotate_connector_keys")
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said] == ["3", "0"], "what was done before it was cut off isn't done again"
    with override_settings(CONNECTOR_KEYS=[new]), shop.scope():
        assert all(unseal(row.sealed_secrets) for row in Endpoint.objects.all())
        assert Endpoint.objects.filter(pk=late.pk).exists()
        assert unseal(shop.reload(robot).sealed)
