"""An unknown carrier and an odd number are refused at every way in, and leave nothing behind."""

import pytest

from tests.api.helpers import code, everything
from tests.cases import for_each
from tests.tenancy.things import Names

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

WAYS = {
    "an order": ("merchant", lambda names: f"orders/{names.to_ship}/ship/"),
    "a promised parcel": ("merchant", lambda names: f"parcels/{names.parcel}/ship/"),
    "a return": ("buyer", lambda names: f"refunds/{names.awaiting_return}/ship-return/"),
}


@for_each("way", WAYS)
def test_every_way_in_knows_the_same_carriers_and_numbers(taote, way):
    side, path_of = WAYS[way]
    path = path_of(Names(taote))
    before = everything(taote)
    send = getattr(taote, side).post
    unknown = send(path, {"carrier": "顺风", "tracking_number": "1"})
    assert code(unknown) == (400, "unknown_carrier", "carrier")
    assert code(send(path, {"carrier": "SF", "tracking_number": "单号"})) == (400, "invalid", "tracking_number")
    assert everything(taote) == before
    answer = send(path, {"carrier": "顺丰速运", "tracking_number": " sf１２\u200b34 "}).json()
    prefix = "return_" if way == "a return" else ""
    assert (answer[f"{prefix}carrier"], answer[f"{prefix}tracking_number"]) == ("SF", "SF1234")
