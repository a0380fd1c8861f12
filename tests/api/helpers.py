"""Words that the API's tests share."""

from tests.tenancy.furnish import fingerprint


def code(answer) -> tuple[int, str, str | None]:
    """(status, code, attr) of an error."""
    error = answer.json()["errors"][0]
    return answer.status_code, error["code"], error["attr"]


def detail(shop, refund) -> dict:
    """The refund as the API shows it."""
    return shop.merchant.get(f"refunds/{getattr(refund, 'pk', refund)}/").json()


def ask(shop, order, **body):
    """The buyer asks for a refund over the API."""
    body = {
        "order": order if isinstance(order, str) else order.number,
        "kind": "refund_only",
        "reason": "other",
        "amount": "59.00",
        **body,
    }
    return shop.buyer.post("refunds/", body)


def everything(shop) -> dict:
    """What the store has, to prove that a refusal left it as it was."""
    return fingerprint(shop, without=("stores_apikey",))
