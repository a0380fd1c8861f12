"""What was really paid for an order, and what can be refunded of it: discounts, freight, SKUs, copies, addresses."""

import pytest
from django.core.management import call_command

from tests.api.helpers import ask, code, detail, everything
from tests.cases import for_each

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PARTS = {
    "name": "王芳",
    "phone": "13800001234",
    "province": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "detail": "文三路 1 号",
}


def body(**fields):
    """Goods of 200.00, less 20.00 of the second line and 30.00 of all, and 8.00 for shipping: 158.00."""
    return {
        "number": "TT-1",
        "buyer": {"id": "b-1", "name": "王小明"},
        "paid_at": "2026-11-19T12:00:00+08:00",
        "address": "杭州市",
        "shipping_fee": "8.00",
        "discount": "30.00",
        "paid_amount": "158.00",
        "lines": [
            {"item_id": "1", "sku": "red", "quantity": 3, "unit_price": "20.00"},
            {"item_id": "1", "sku": "blue", "quantity": 1, "unit_price": "40.00", "discount": "20.00"},
            {"item_id": "2", "quantity": 2, "unit_price": "50.00"},
        ],
        **fields,
    }


def place(shop, **fields):
    answer = shop.buyer.post("orders/", body(**fields))
    assert answer.status_code in (200, 201), answer.content
    return answer.json()


def most(shop, *lines, order="TT-1", **fields) -> str:
    """What a refund of these lines may come to: it is asked for a cent, read, and taken back."""
    answer = ask(shop, order, amount="0.01", **({"lines": list(lines)} if lines else {}), **fields)
    assert answer.status_code == 201, answer.content
    found = detail(shop, answer.json()["id"])["max_refundable"]
    shop.buyer.post(f"refunds/{answer.json()['id']}/withdraw/", {})
    return found


def test_each_line_knows_what_was_paid_for_it(taote):
    order = place(taote)
    assert (order["shipping_fee"], order["discount"], order["paid_amount"]) == ("8.00", "30.00", "158.00")
    # 30.00 and 8.00 over 60.00, 20.00 and 100.00: 10.00, 3.33, 16.67 and 2.67, 0.89, 4.44.
    assert {(line["item_id"], line["sku"], line["paid_amount"]) for line in order["lines"]} == {
        ("1", "red", "52.67"),
        ("1", "blue", "17.56"),
        ("2", "", "87.77"),
    }
    assert most(taote) == "158.00"
    assert most(taote, {"item_id": "1", "sku": "red", "quantity": 1}) == "16.66"
    assert most(taote, {"item_id": "1", "sku": "red", "quantity": 3}) == "52.67"
    assert most(taote, {"item_id": "2", "quantity": 1}) == "41.66"
    assert taote.buyer.post("orders/", body()).status_code == 200, "the same copy again changes nothing"
    call_command("verify_ledger")


@for_each(
    ("paid", "pieces", "parts"),
    [
        ("10.00", 3, ["3.33", "3.33", "3.34"]),
        ("200.00", 3, ["66.66", "66.67", "66.67"]),
        ("0.05", 3, ["0.01", "0.02", "0.02"]),
    ],
)
def test_pieces_are_worth_what_was_paid_and_the_last_takes_the_rest(taote, paid, pieces, parts):
    line = {"item_id": "1", "quantity": pieces, "unit_price": "100.00", "discount": f"{100 * pieces - float(paid):.2f}"}
    place(taote, lines=[line], discount="0", shipping_fee="5.00", paid_amount=f"{float(paid) + 5:.2f}")
    found = []
    for _piece in range(pieces):
        lines = [{"item_id": "1", "quantity": 1}]
        asked = ask(taote, "TT-1", amount="0.01", lines=lines)
        refund = asked.json()["id"]
        found.append(detail(taote, refund)["max_refundable"])
        taote.buyer.post(f"refunds/{refund}/withdraw/", {})
        assert ask(taote, "TT-1", amount=found[-1], lines=lines).status_code == 201
    with_fee = [*parts[:-1], f"{float(parts[-1]) + 5:.2f}"]
    assert found == with_fee
    assert taote.merchant.get("orders/TT-1/").json()["refundable_amount"] == "0.00"
    assert code(ask(taote, "TT-1", amount="0.01"))[1] == "refund_open"
    call_command("verify_ledger")


@for_each(
    ("fields", "attr", "says"),
    [
        ({"paid_amount": "157.99"}, "paid_amount", ("157.99", "158.00")),
        ({"discount": "180.01", "paid_amount": None}, "discount", ("180.00",)),
        ({"lines": [{"item_id": "1", "quantity": 1, "unit_price": "5", "discount": "5.01"}]}, "lines.0.discount", ()),
        ({"shipping_fee": "-1"}, "shipping_fee", ()),
        ({"version": -1}, "version", ()),
        ({"postage": "1"}, "postage", ()),
        ({"lines": [{"item_id": "1", "sku": "a", "quantity": 1, "unit_price": "5"}] * 2}, "lines", ()),
        ({"address": {**PARTS, "phone": ""}}, "address.phone", ()),
        ({"address": {**PARTS, "street": "1"}}, "address.street", ()),
        ({"address": 1}, "address", ()),
        ({"address": {"name": "王芳"}}, "address.phone", ()),
    ],
)
def test_what_does_not_agree_is_refused_by_name(taote, fields, attr, says):
    before = everything(taote)
    answer = taote.buyer.post("orders/", body(**fields))
    assert (answer.status_code, code(answer)[2]) == (400, attr)
    assert all(text in answer.json()["errors"][0]["detail"] for text in says)
    assert everything(taote) == before


def test_an_older_copy_never_overwrites_a_newer_one(taote):
    place(taote, version=7)
    before = everything(taote)
    assert place(taote, version=6, address="上海市", discount="0", paid_amount="188.00")["version"] == 7
    assert everything(taote) == before
    assert place(taote, version=7, address="广州市")["address"] == "广州市"
    newest = place(taote, version=8, shipping_fee="0", paid_amount="150.00", address="深圳市")
    assert (newest["version"], newest["paid_amount"], newest["address"]) == (8, "150.00", "深圳市")
    assert place(taote, address="北京市")["version"] == 8, "one without a version is taken, and counts as no newer one"


def test_what_was_paid_is_fixed_once_a_refund_was_asked(taote):
    place(taote)
    assert ask(taote, "TT-1", amount="5.00").status_code == 201
    assert code(taote.buyer.post("orders/", body(shipping_fee="9.00", paid_amount="159.00"))) == (
        409,
        "invalid_transition",
        "lines",
    )


def test_an_item_of_several_skus_is_asked_back_by_its_sku(taote):
    place(taote)
    unclear = ask(taote, "TT-1", amount="1.00", lines=[{"item_id": "1", "quantity": 1}])
    assert code(unclear) == (400, "invalid", "lines")
    assert "red, blue" in unclear.json()["errors"][0]["detail"]
    assert code(ask(taote, "TT-1", amount="1.00", lines=[{"item_id": "2", "sku": "red", "quantity": 1}])) == (
        400,
        "does_not_exist",
        "lines",
    )
    asked = ask(taote, "TT-1", amount="17.56", lines=[{"item_id": "1", "sku": "blue", "quantity": 1}]).json()
    assert [(line["item_id"], line["sku"], line["amount"]) for line in detail(taote, asked["id"])["lines"]] == [
        ("1", "blue", "17.56")
    ]


def test_an_address_in_its_parts_is_searched_exported_and_changed(taote):
    assert place(taote, address=PARTS)["address"] == PARTS
    for term in ("1380000", "王芳", "TT-1"):
        assert [each["number"] for each in taote.merchant.get(f"orders/?q={term}").json()["results"]] == ["TT-1"]
    header, row = b"".join(taote.merchant.get("orders/export/").streaming_content).decode("utf-8-sig").splitlines()
    columns = dict(zip(header.split(","), row.split(","), strict=False))
    assert header.endswith("receiver,phone,province,city,district,detail,parcels")
    assert row.endswith("王芳,13800001234,浙江省,杭州市,西湖区,文三路 1 号,")
    assert columns["address"] == "浙江省 杭州市 西湖区 文三路 1 号，王芳 13800001234"
    moved = taote.buyer.post("orders/TT-1/change-address/", {"address": {**PARTS, "detail": "文三路 2 号"}})
    assert moved.json()["address"]["detail"] == "文三路 2 号"
    assert place(taote, address=PARTS)["address"]["detail"] == "文三路 2 号", "a copy doesn't bring the old one back"
    assert taote.merchant.post("orders/TT-1/change-address/", {"address": "苏州市"}).json()["address"] == "苏州市"


def test_many_orders_at_once_are_paid_alike(taote):
    place(taote, address=PARTS)
    items = [
        body(address={**PARTS, "detail": "文三路 9 号"}, shipping_fee="9.00", paid_amount="159.00"),
        body(number="TT-2", paid_amount="158.01"),
        body(number="TT-3", address=PARTS),
    ]
    answer = taote.buyer.post("orders/bulk/", {"items": items}).json()["results"]
    assert [each["status"] for each in answer] == [200, 400, 201]
    assert (answer[0]["body"]["paid_amount"], answer[0]["body"]["address"]["detail"]) == ("159.00", "文三路 9 号")
    assert answer[1]["body"]["errors"][0]["attr"] == "paid_amount"
    assert {line["paid_amount"] for line in answer[2]["body"]["lines"]} == {"52.67", "17.56", "87.77"}
    call_command("verify_ledger")
