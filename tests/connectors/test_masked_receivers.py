"""Who gets the goods is masked or encrypted at the platforms: it is marked so, and goes nowhere as an address."""

import json
from io import BytesIO

from pypdf import PdfReader

from refunds.models import Dispute
from tests.connectors.conftest import ago
from tests.connectors.test_every_platform import shop  # noqa: F401
from tests.world import make_user
from workbench.cases.packs import make_due_packs

NAME, PHONE, PLACE, CIPHER = "张*丰", "139****2222", "浙江省杭州市西湖区****", "~AgAAAABxK9secret~"
WHO = {"receiver_name": NAME, "receiver_phone": PHONE, "receiver_address": PLACE, "encrypt_detail": CIPHER}
# Where each platform's details tell of it, beside what its fake tells anyhow.
TOLD = {
    "taobao": {"receiver_name": NAME, "receiver_mobile": PHONE, "address": PLACE, "receiver_address": CIPHER},
    "kuaishou": {"address": {"consignee": NAME, "mobile": PHONE, "address": PLACE, "encryptedAddress": CIPHER}},
    "pinduoduo": {"exchange_shipping_detail": WHO},
    "wechat_shop": {"virtual_tel_num_info": {"virtual_tel_number": PHONE}, "exchange_address_info": WHO},
    "douyin": {},  # its fake tells only cipher texts
}
NEVER = (NAME, PHONE, PLACE, CIPHER, "密文")
DISPUTED = {"taobao": "complain", "kuaishou": "complain", "pinduoduo": "intervene", "douyin": "arbitrate"}


def test_masked_receivers_are_marked_and_never_given_as_an_address(client, shop):  # noqa: F811
    fake, merchant = shop.server, shop.shop.merchant
    refund_id = fake.add(at=ago(hours=1), **TOLD[fake.name]).id
    if act := DISPUTED.get(fake.name):
        fake.act(act, refund_id, at=ago(minutes=50))
    shop.turn(most=60)
    row = shop.row(refund_id)
    order = shop.shop.reload(row.refund).order
    told = merchant.get(f"orders/{order.number}/").json()
    assert (told["address"], told["is_masked"]) == ("", True)
    client.force_login(make_user("anna", shop=shop.shop))
    page = client.get(f"/admin/refunds/refund/{row.refund_id}/change/").content.decode()
    assert "masked by the marketplace" in page
    export = b"".join(merchant.get("orders/export/", format="csv").streaming_content).decode("utf-8-sig")
    assert order.number not in export, "nobody ships it from here"
    given = [json.dumps(row.copy, ensure_ascii=False), json.dumps(told, ensure_ascii=False), page, export]
    given.append(merchant.get(f"refunds/{row.refund_id}/").content.decode())
    given.append(merchant.get(f"refunds/{row.refund_id}/timeline/").content.decode())
    if fake.name == "douyin":
        given.append(pack_of(shop, row.refund_id))
        assert order.number in given[-1]
    assert [word for word in NEVER for text in given if word in text] == []


def pack_of(shop, refund_id) -> str:  # noqa: F811
    """The text of the evidence pack of the refund's dispute."""
    with shop.shop.scope():
        dispute = Dispute.objects.for_store(shop.shop.store.pk).get(refund=refund_id)
    asked = {"path": f"/api/v1/disputes/{dispute.pk}/pack/", "headers": {"Accept": "application/pdf"}}
    shop.shop.merchant.client.post(**asked, content_type="application/json")
    make_due_packs()
    pack = shop.shop.merchant.client.get(**asked)
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pack.content)).pages).replace("\n", "")
