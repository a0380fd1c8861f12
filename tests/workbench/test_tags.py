"""Tags of the store's own on refunds: put on, taken off, and found by."""

from urllib.parse import quote

import pytest

from common.models import Event
from refunds.models import RefundTag
from refunds.team.tags import MOST_TAGS, tag_refund, untag_refund
from tests.cases import for_each
from tests.world import MERCHANT, NOON, make_shop

pytestmark = pytest.mark.django_db
QUEUE = "refunds/refund/"


def names(shop, refund) -> list[str]:
    with shop.scope():
        return list(RefundTag.objects.filter(refund=refund).order_by("id").values_list("name", flat=True))


def put(shop, refund, *tags) -> None:
    with shop.scope():
        for tag in tags:
            tag_refund(store_id=shop.store.pk, refund_id=refund.pk, name=tag, actor=MERCHANT, now=NOON)


def test_a_tag_is_put_on_found_by_and_taken_off(taote, sign_in, clock):
    desk, refund, other = sign_in("agent", taote), taote.refund(), taote.refund()
    page = f"{QUEUE}{refund.pk}/"
    assert desk.post(f"{page}tag/", name=" ＶＩＰ\u200b　老客 ").status_code == 302
    assert names(taote, refund) == ["VIP 老客"]
    assert "VIP 老客" in desk.get(f"{page}change/").content.decode()
    assert "VIP 老客" in desk.get(QUEUE).content.decode()
    for asked in ("VIP 老客", "ＶＩＰ 老客"):
        assert [row.pk for row in desk.rows(f"{QUEUE}?tag={quote(asked)}")] == [refund.pk]
    assert desk.rows(f"{QUEUE}?tag=VIP") == []
    assert {row.pk for row in desk.rows(f"{QUEUE}?tag=")} == {refund.pk, other.pk}
    assert desk.post(f"{page}untag/", name="VIP 老客").status_code == 302
    assert names(taote, refund) == []
    with taote.scope():
        told = Event.objects.filter(topic_id=refund.pk, name__contains="tag").order_by("id")
        assert [(event.name, event.data) for event in told] == [
            ("refund.tagged", {"tag": "VIP 老客"}),
            ("refund.untagged", {"tag": "VIP 老客"}),
        ]


def test_what_is_there_or_gone_already_is_no_news(taote):
    refund = taote.refund()
    put(taote, refund, "VIP", "ＶＩＰ")
    with taote.scope():
        untag_refund(store_id=taote.store.pk, refund_id=refund.pk, name="other", actor=MERCHANT, now=NOON)
        assert Event.objects.filter(name__contains="tag").count() == 1
    assert names(taote, refund) == ["VIP"]


FAMILY, TECHNOLOGIST = "👨\u200d👩\u200d👧", "👩🏽\u200d💻"
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@for_each(
    "typed, kept",
    [
        (FAMILY, FAMILY),
        (f"\u200d急 {TECHNOLOGIST}\u200d", f"急 {TECHNOLOGIST}"),
        ("❤️\u200d🔥\u200b", "❤️\u200d🔥"),
        (SCOTLAND, SCOTLAND),
        ("a\u200db", "ab"),
        ("👍\u200d", "👍"),
        ("🏴\U000e0041\U000e0020\U000e0042\U000e007f", "🏴"),
    ],
)
def test_an_emoji_of_several_signs_stays_one_and_is_found_by(taote, sign_in, typed, kept):
    desk, refund = sign_in("agent", taote), taote.refund()
    desk.post(f"{QUEUE}{refund.pk}/tag/", name=typed)
    assert names(taote, refund) == [kept]
    for asked in (typed, kept):
        assert [row.pk for row in desk.rows(f"{QUEUE}?tag={quote(asked)}")] == [refund.pk]


@for_each("typed", ["", " \u200b", "\u200d", "长" * 21])
def test_what_is_no_tag_is_said_at_its_field(taote, sign_in, typed):
    desk, refund = sign_in("agent", taote), taote.refund()
    answer = desk.post(f"{QUEUE}{refund.pk}/tag/", name=typed)
    assert answer.status_code == 200
    assert names(taote, refund) == []


def test_a_refund_takes_so_many_and_its_page_says_so(taote, sign_in):
    desk, refund = sign_in("agent", taote), taote.refund()
    put(taote, refund, *(f"t{number}" for number in range(MOST_TAGS)))
    desk.post(f"{QUEUE}{refund.pk}/tag/", name="more")
    assert len(names(taote, refund)) == MOST_TAGS
    assert "at most 10 tags" in desk.get(f"{QUEUE}{refund.pk}/change/").content.decode()


def test_another_store_neither_sees_nor_sets_tags(taote, sign_in):
    other, refund = make_shop("taote"), taote.refund()
    put(taote, refund, "VIP")
    desk = sign_in("agent", other)
    assert desk.post(f"{QUEUE}{refund.pk}/tag/", name="x").status_code == 404
    assert desk.post(f"{QUEUE}{refund.pk}/untag/", name="VIP").status_code == 404
    assert desk.rows(f"{QUEUE}?tag=VIP") == []
    assert names(taote, refund) == ["VIP"]


def test_who_may_only_look_puts_none_on(taote, sign_in):
    desk, refund = sign_in("viewer", taote), taote.refund()
    put(taote, refund, "VIP")
    desk.post(f"{QUEUE}{refund.pk}/tag/", name="x")
    desk.post(f"{QUEUE}{refund.pk}/untag/", name="VIP")
    assert names(taote, refund) == ["VIP"]


def test_tags_of_a_list_cost_no_statement_more(taote, sign_in):
    desk = sign_in("agent", taote)
    refunds = [taote.refund(taote.order(buyer_id=f"b{number}")) for number in range(4)]
    put(taote, refunds[0], "VIP")
    few = len(desk.statements(QUEUE))
    for refund in refunds:
        put(taote, refund, "a", "b")
    assert len(desk.statements(QUEUE)) == few
