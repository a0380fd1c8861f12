"""Fields that check a body are lent to one call at a time, and keep nothing of it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from rest_framework import serializers

from common.api.bodies import _idle, lent_fields
from tests.world import make_shop

WAIT_S = 20


class Whose(serializers.CharField):
    """Says whose call it is."""

    def run_validation(self, data=serializers.empty):
        """The value with what the call brings along."""
        return f"{super().run_validation(data)} of {self.context['caller']}"


class Inner(serializers.Serializer):
    """A part of a body."""

    name = Whose()


class Body(serializers.Serializer):
    """A body."""

    number = serializers.IntegerField()
    parts = Inner(many=True)

    def validate(self, attrs):
        """Another body of the kind is checked meanwhile."""
        if other := self.context.get("other"):
            return {**attrs, "other": checked(other, "somebody else")}
        return attrs


class MadeUp(Body):
    """A body whose fields depend on the call."""

    def get_fields(self):
        """A number, for who has one."""
        fields = super().get_fields()
        return fields if self.context["caller"] == "whoever has" else {"parts": fields["parts"]}


def checked(number, caller, kind=Body, **more):
    serializer = kind(data={"number": number, "parts": [{"name": "n"}]}, context={"caller": caller, **more})
    with lent_fields(serializer):
        serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def told(number, caller):
    return {"number": number, "parts": [{"name": f"n of {caller}"}]}


@pytest.fixture(autouse=True)
def _nothing_is_lent_yet():
    _idle.clear()


def test_the_same_fields_check_one_body_after_the_other_and_know_whose_it_is():
    assert checked(1, "a") == told(1, "a")
    [fields] = _idle[Body]
    assert checked("2", "b") == told(2, "b")
    assert list(_idle[Body]) == [fields]
    assert fields.serializer is None
    assert {field.parent for field in fields.values()} == {None}


def test_what_is_wrong_is_told_to_each_in_their_language(db):
    shop = make_shop("taote")
    body = {"refund": "x", "method": "partial_refund", "amount": "-1.00", "message": "m" * 5000, "coupons": ["a"] * 500}
    told = {}
    for language in ("zh-hans", "en", "zh-hans", "en"):
        answer = shop.merchant.post("offers/", body, **{"Accept-Language": language})
        said = {error["attr"]: error["detail"] for error in answer.json()["errors"]}
        assert told.setdefault(language, said) == said
    assert "message" in told["en"]
    assert told["en"].keys() == told["zh-hans"].keys()
    assert all(told["en"][field] != told["zh-hans"][field] for field in told["en"])


def test_fields_of_a_refused_body_are_not_lent_again():
    checked(1, "a")
    with pytest.raises(serializers.ValidationError) as refused:
        checked("x", "c")
    assert set(refused.value.detail) == {"number"}
    assert not _idle[Body]


def test_a_body_that_is_checked_meanwhile_has_fields_of_its_own():
    assert checked(1, "a", other=2) == {**told(1, "a"), "other": told(2, "somebody else")}
    assert len(_idle[Body]) == 2
    together = Barrier(4)

    def call(number):
        together.wait(WAIT_S)
        return [checked(number, f"caller {number}") for _ in range(50)]

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(call, range(4)))
    assert answers == [[told(number, f"caller {number}")] * 50 for number in range(4)]
    assert len(_idle[Body]) <= 5


def test_fields_that_depend_on_the_call_are_made_for_it():
    assert "number" in checked(1, "whoever has", MadeUp)
    assert "number" not in checked(1, "nobody", MadeUp)
    assert not _idle[MadeUp]


def test_a_serializer_that_is_read_afterwards_has_its_own_fields():
    first = Body(data={"number": 1, "parts": [{"name": "n"}]}, context={"caller": "a"})
    with lent_fields(first):
        assert first.is_valid()
    checked(2, "b")
    assert first.fields["number"].parent is first
