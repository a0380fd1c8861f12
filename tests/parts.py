"""Orders that leave in several parcels, for the tests about them."""

from common.models import Event

A, B = "8000", "8001"


def two_lines(shop, **kwargs):
    """Two pieces of A for 10.00 each, two of B for 30.00 each; nothing has left."""
    return shop.order(shipped=False, prices=("10.00", "30.00"), quantity=2, **kwargs)


def pieces(**of):
    """Lines of a parcel: `pieces(a=1, b=2)`."""
    return [{"item_id": {"a": A, "b": B}[name], "quantity": count} for name, count in of.items()]


def send(shop, order, number, lines=None, **body):
    """A parcel with this number leaves, with these lines or all that is left."""
    body = {"carrier": "SF", "tracking_number": number, **({"lines": lines} if lines else {}), **body}
    return shop.merchant.post(f"orders/{order.number}/ship/", body)


def of(shop, order):
    """The order as the API shows it."""
    return shop.merchant.get(f"orders/{order.number}/").json()


def parcels(shop, order):
    """Each parcel by its number: where it is, whether it is out, and its pieces."""
    return {
        each["tracking_number"]: (
            each["status"],
            each["is_out"],
            {line["item_id"]: line["quantity"] for line in each["lines"]},
        )
        for each in of(shop, order)["parcels"]
    }


def left(shop, order):
    """How many pieces of each line are still here."""
    return [
        line["quantity"] - line["cancelled_quantity"] - line["shipped_quantity"] for line in of(shop, order)["lines"]
    ]


def names(shop, order):
    """The events of the order."""
    with shop.scope():
        return list(Event.objects.filter(subject_id=order.pk).order_by("id").values_list("name", flat=True))
