"""The list of everything that can happen, for those who read timelines and webhooks."""

import re

import pytest
from django.utils.translation import override

from common.events import event_types
from tests.api.test_schema import load_schema
from tests.cases import for_each

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_every_event_is_listed_with_its_title_its_tone_and_the_shape_of_its_data(taote):
    answer = taote.merchant.get("event-types/")
    assert answer.status_code == 200
    assert set(answer.json()) == {"results"}
    listed = {event["name"]: event for event in answer.json()["results"]}
    assert list(listed) == sorted(event.name for event in event_types())
    assert listed["refund.split"] == {
        "name": "refund.split",
        "title": "Fewer pieces arrived than announced: the rest is a refund of its own",
        "meaning": "Only these pieces came back and are refunded here; what is missing goes on in the other refund.",
        "tone": "bad",
        "data": {
            "amount": "[before, after], each: yuan with two decimals, as text",
            "pieces": "item id → number of pieces",
            "into": "id of the row that the event speaks of, as text",
        },
        "example": {
            "amount": ["12.30", "12.30"],
            "pieces": {"620013": 2},
            "into": "01a21eef-29f1-73d2-9b6f-3507edd1613a",
        },
    }
    assert listed["refund.withdrawn"]["data"] == {}
    assert {event["tone"] for event in listed.values()} == {"neutral", "good", "note", "warning", "bad"}


def test_the_marketplaces_key_reads_the_same_and_titles_come_in_chinese_too(taote):
    assert taote.buyer.get("event-types/").json() == taote.merchant.get("event-types/").json()
    answer = taote.merchant.client.get("/api/v1/event-types/", headers={"Accept-Language": "zh-hans"})
    titles = {event["name"]: event["title"] for event in answer.json()["results"]}
    assert titles["coupon.granted"] == "优惠券已发放"


@for_each(("language", "stop"), [("en", "."), ("zh-hans", "。")])
def test_every_event_says_in_a_sentence_what_it_means(language, stop):
    with override(language):
        told = {event.name: (str(event.title), str(event.meaning)) for event in event_types()}
    assert [
        name for name, (title, meaning) in told.items() if not meaning.endswith(stop) or meaning == f"{title}{stop}"
    ] == []
    assert len({meaning for _, meaning in told.values()}) == len(told), "no two mean the same"
    if language != "en":
        assert [
            name for name, (_, meaning) in told.items() if re.search(r"[a-z]{5}", re.sub("`.*?`", "", meaning))
        ] == []


def test_what_a_refund_went_through_is_named_by_the_list_and_carries_what_it_promises(taote):
    refund = taote.refund()
    assert taote.merchant.post(f"refunds/{refund.pk}/reject/", {"reason": "too late"}).status_code == 200
    listed = {event["name"]: event for event in taote.merchant.get("event-types/").json()["results"]}
    for event in taote.merchant.get(f"refunds/{refund.pk}/timeline/").json()["results"]:
        assert set(event["data"]) == set(listed[event["name"]]["data"])


def test_the_schema_knows_the_list_and_the_names():
    schema = load_schema()
    answer = schema["paths"]["/api/v1/event-types/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/EventTypes"}
    data = schema["components"]["schemas"]["EventType"]["properties"]["data"]
    assert data["additionalProperties"] == {"type": "string"}
    name = schema["components"]["schemas"]["Event"]["properties"]["name"]
    assert name["allOf"] == [{"$ref": "#/components/schemas/EventNameEnum"}]
    assert schema["components"]["schemas"]["EventNameEnum"]["enum"] == [event.name for event in event_types()]
