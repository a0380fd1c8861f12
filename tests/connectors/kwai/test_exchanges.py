"""open.refund.confirm.and.send and open.refund.direct.refund: what becomes of an exchange."""

from connectors.port import RefundStage, Verb
from tests.connectors.kwai.asking import DONE, RETURN, decide, read, said


def test_an_exchange_from_the_request_to_the_new_parcel(fake, shop):
    refund = fake.add(handlingWay=3, refundFee=0)
    assert decide(shop, read(shop, refund), Verb.AGREE_EXCHANGE).outcome == DONE
    assert said(fake, RETURN) == {"refundId": int(refund.id), "refundAmount": 0}
    fake.act("send_back", refund.id)
    parcel = {"carrier": "SF", "tracking_number": "SF2000002"}
    assert decide(shop, read(shop, refund), Verb.RESHIP, **parcel).outcome == DONE
    sent = {"refundId": int(refund.id), "expressNo": "SF2000002", "expressCode": 4}
    assert said(fake, "open.refund.confirm.and.send") == sent
    assert read(shop, refund).stage == RefundStage.RESHIPPED


def test_the_money_of_an_exchange(fake, shop):
    refund = fake.add(handlingWay=3, status=40)
    assert decide(shop, read(shop, refund), Verb.AGREE_REFUND).outcome == DONE
    assert refund.fields["status"] == 50
