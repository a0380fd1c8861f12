"""What can't be decided about a refund as it stands is refused with the platform's own code, and nothing moves."""

import pytest

from connectors.port import Verb, VerdictOutcome
from tests.connectors.kwai.asking import MOVED_ON, REFUSED, decide, read

PARCEL = {"carrier": "SF", "tracking_number": "SF2000002"}
REASON = {"reason_code": "1", "text": "已发货"}


@pytest.mark.parametrize(
    ("fields", "verb", "how", "code"),
    [
        ({"status": 60}, Verb.AGREE_REFUND, {}, "300010"),
        ({"status": 12}, Verb.AGREE_REFUND, {}, "300018"),
        ({"status": 50}, Verb.AGREE_REFUND, {}, "300018"),
        ({"status": 20}, Verb.AGREE_REFUND, {}, "300018"),
        ({"status": 60}, Verb.REFUSE, REASON, "300010"),
        ({"status": 12}, Verb.REFUSE, REASON, "300018"),
        ({"status": 60, "handlingWay": 1}, Verb.AGREE_RETURN, {}, "300010"),
        ({"status": 40, "handlingWay": 1}, Verb.AGREE_RETURN, {}, "300018"),
        ({"status": 10, "handlingWay": 10}, Verb.AGREE_RETURN, {}, "300008"),
        ({"status": 10, "handlingWay": 1}, Verb.CONFIRM_RECEIPT, {}, "300018"),
        ({"status": 60, "handlingWay": 1}, Verb.CONFIRM_RECEIPT, {}, "300010"),
        ({"status": 30, "handlingWay": 3, "refundFee": 0}, Verb.RESHIP, PARCEL, "300018"),
        ({"status": 45, "handlingWay": 3, "refundFee": 0}, Verb.RESHIP, PARCEL, "300018"),
        ({"status": 60, "handlingWay": 3}, Verb.AGREE_REFUND, {}, "300010"),
        ({"status": 45, "handlingWay": 3}, Verb.AGREE_REFUND, {}, "300018"),
    ],
)
def test_a_state_that_does_not_allow_it(fake, shop, fields, verb, how, code):
    refund = fake.add(**fields)
    verdict = decide(shop, read(shop, refund), verb, **how)
    assert (verdict.outcome, verdict.code) == (REFUSED, code)
    assert len(refund.history) == 1


@pytest.mark.parametrize("verb", [Verb.AGREE_REFUND, Verb.REFUSE])
def test_one_that_the_buyer_cancelled_has_moved_on(fake, shop, verb):
    refund = fake.add(status=70)
    verdict = decide(shop, read(shop, refund), verb, **REASON)
    assert (verdict.outcome, verdict.code) == (MOVED_ON, "300013")
    assert len(refund.history) == 1


def test_a_parcel_for_no_exchange(fake, shop):
    refund = fake.add(status=40, handlingWay=1)
    assert decide(shop, read(shop, refund), Verb.RESHIP, **PARCEL).outcome == VerdictOutcome.BY_HAND
    assert len(refund.history) == 1
