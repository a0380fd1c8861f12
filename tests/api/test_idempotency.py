"""A POST with an Idempotency-Key has one effect, and every repetition gets the first answer."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.models import F

from common import idempotency
from common.models import IdempotentAnswer
from common.tasks import forget_idempotent_answers
from common.tenancy import system_scope
from stores import actions as store_actions
from stores.models import ReturnAddress
from tests.cases import for_each
from tests.world import MERCHANT, NOON, Api, make_shop

ADDRESS = {"contact": "仓库", "phone": "1", "address": "x"}
KEY = {"Idempotency-Key": "key-1"}


def addresses(shop):
    with shop.scope():
        return ReturnAddress.objects.filter(contact="仓库", phone="1").count()


def grow_older(**delta):
    """Answers are kept by the database's clock, which no test moves: they were given a timedelta's arguments sooner."""
    with system_scope():
        IdempotentAnswer.objects.update(created_at=F("created_at") - timedelta(**delta))


def code(answer):
    return answer.status_code, answer.json()["errors"][0]["code"]


@pytest.mark.django_db
@for_each("key", ["", " ", "\t", "k" * 256])
def test_a_key_that_says_nothing_is_refused_and_nothing_is_done(taote, key):
    answer = taote.merchant.post("return-addresses/", ADDRESS, **{"Idempotency-Key": key})
    assert code(answer) == (400, "invalid")
    assert addresses(taote) == 0
    answer = taote.merchant.post("payments/", {}, **{"Idempotency-Key": key})
    assert code(answer) == (400, "invalid" if key.strip() else "idempotency_key_required")


@pytest.mark.django_db
class TestOneAfterTheOther:
    """Repetitions that come when the first is done."""

    def test_the_first_answer_is_replayed_and_there_is_one_effect(self, taote):
        first, second = (taote.merchant.post("return-addresses/", ADDRESS, **KEY) for _ in range(2))
        assert (first.status_code, first.json()) == (second.status_code, second.json())
        assert first.status_code == 201
        assert "Idempotency-Replayed" not in first
        assert second["Idempotency-Replayed"] == "true"
        assert addresses(taote) == 1

    def test_without_a_key_there_are_two(self, taote):
        for _ in range(2):
            taote.merchant.post("return-addresses/", ADDRESS)
        assert addresses(taote) == 2

    @for_each("length", [1, 255])
    def test_a_key_has_up_to_255_characters(self, taote, length):
        answers = [taote.merchant.post("return-addresses/", ADDRESS, **{"Idempotency-Key": "k" * length}) for _ in "12"]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert addresses(taote) == 1

    @for_each("key", ["k" * 256, "a\tb"])
    def test_any_other_key_is_refused(self, taote, key):
        answer = taote.merchant.post("return-addresses/", ADDRESS, **{"Idempotency-Key": key})
        assert code(answer) == (400, "invalid")
        assert answer.json()["errors"][0]["attr"] == "Idempotency-Key"
        assert addresses(taote) == 0

    def test_an_equal_body_may_come_in_another_order(self, taote):
        taote.merchant.post("return-addresses/", ADDRESS, **KEY)
        turned = dict(reversed(ADDRESS.items()))
        assert taote.merchant.post("return-addresses/", turned, **KEY)["Idempotency-Replayed"] == "true"
        assert addresses(taote) == 1

    def test_another_body_or_path_may_not_use_the_key_again(self, taote):
        refund = taote.refund()
        taote.merchant.post("return-addresses/", ADDRESS, **KEY)
        other_body = taote.merchant.post("return-addresses/", {**ADDRESS, "address": "y"}, **KEY)
        other_path = taote.merchant.post(f"refunds/{refund.pk}/approve/", ADDRESS, **KEY)
        assert code(other_body) == code(other_path) == (409, "idempotency_key_reused")
        assert addresses(taote) == 1
        assert taote.reload(refund).status == "awaiting_merchant"
        assert taote.merchant.post("return-addresses/", ADDRESS, **KEY)["Idempotency-Replayed"] == "true"

    @for_each(("terms", "status"), [({"amount": "99.00"}, 409), ({"amount": "x"}, 400), ({"return_address": "x"}, 400)])
    def test_a_refusal_is_replayed_too_and_left_nothing_behind(self, taote, clock, terms, status):
        refund = taote.refund()
        body = {"refund": str(refund.pk), "method": "change_to_refund_only", "agreed_with_buyer": True, **terms}
        first = taote.merchant.post("offers/", body, **KEY)
        taote.buyer.post(f"refunds/{refund.pk}/withdraw/")  # asked anew, the answer would be another one
        second = taote.merchant.post("offers/", body, **KEY)
        assert (first.status_code, second.status_code) == (status, status)
        assert first.json() == second.json()
        assert second["Idempotency-Replayed"] == "true"
        assert taote.merchant.get(f"refunds/{refund.pk}/").json()["offers"] == []

    def test_a_missing_thing_stays_missing(self, taote):
        missing = "refunds/00000000-0000-0000-0000-000000000000/approve/"
        answers = [taote.merchant.post(missing, **KEY) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[1]["Idempotency-Replayed"] == "true"

    def test_a_refusal_before_the_call_is_understood_does_not_use_the_key_up(self, taote):
        assert taote.buyer.post("return-addresses/", ADDRESS, **KEY).status_code == 403
        bad = taote.merchant.client.post("/api/v1/return-addresses/", "{", content_type="application/json", headers=KEY)
        assert bad.status_code == 400
        assert taote.merchant.post("return-addresses/", ADDRESS, **KEY).status_code == 201

    def test_after_a_day_the_key_is_forgotten(self, taote, clock):
        taote.merchant.post("return-addresses/", ADDRESS, **KEY)
        grow_older(hours=23, minutes=59)
        assert taote.merchant.post("return-addresses/", ADDRESS, **KEY)["Idempotency-Replayed"] == "true"
        grow_older(minutes=1)
        assert "Idempotency-Replayed" not in taote.merchant.post("return-addresses/", ADDRESS, **KEY)
        assert addresses(taote) == 2

    def test_old_answers_are_swept(self, taote, clock):
        taote.merchant.post("return-addresses/", ADDRESS, **KEY)
        with system_scope():
            grow_older(hours=23, minutes=59)
            assert idempotency.forget_answers() == 0
            grow_older(minutes=1)
            assert idempotency.forget_answers() == 1
            assert not IdempotentAnswer.objects.exists()

    def test_a_process_whose_clock_is_ahead_forgets_no_key(self, taote, clock):
        """Neither its sweep nor its calls: the retry would have its effect a second time."""
        taote.merchant.post("return-addresses/", ADDRESS, **KEY)
        with system_scope():
            kept_at = IdempotentAnswer.objects.get().created_at
        clock.traveller.move_to(kept_at + timedelta(hours=25), tick=False)  # the tests' noon is behind the database's
        call_command("sweep")
        assert taote.merchant.post("return-addresses/", ADDRESS, **KEY)["Idempotency-Replayed"] == "true"
        assert addresses(taote) == 1

    def test_a_sweep_leaves_no_old_answer_however_many_there_are(self, taote, clock, monkeypatch):
        monkeypatch.setattr(idempotency, "ANSWERS", replace(idempotency.ANSWERS, batch=2))
        for number in range(5):
            taote.merchant.post("return-addresses/", ADDRESS, **{"Idempotency-Key": f"key-{number}"})
        grow_older(hours=24)
        taote.merchant.post("return-addresses/", ADDRESS, **KEY)
        forget_idempotent_answers()
        with system_scope():
            assert list(IdempotentAnswer.objects.values_list("key", flat=True)) == ["key-1"]

    def test_another_owner_may_use_the_same_key(self, taote, other):
        with system_scope():
            _, second_key = store_actions.create_store_key(store=taote.store, name="second", actor=MERCHANT, now=NOON)
        for api in (taote.merchant, Api(second_key), other.merchant):
            assert "Idempotency-Replayed" not in api.post("return-addresses/", ADDRESS, **KEY)
        assert (addresses(taote), addresses(other)) == (2, 1)

    def test_a_marketplaces_key_is_not_used_again_in_another_of_its_stores(self, taote, clock):
        sibling = make_shop("taote")
        refund, other_refund = taote.refund(), sibling.refund()
        key_in_sibling = Api(taote.marketplace_key, sibling.store.code)
        assert taote.buyer.post(f"refunds/{refund.pk}/withdraw/", **KEY).status_code == 200
        reused = key_in_sibling.post(f"refunds/{other_refund.pk}/withdraw/", **KEY)
        assert code(reused) == (409, "idempotency_key_reused")
        assert sibling.reload(other_refund).status == "awaiting_merchant"

    @for_each("verb", ["get", "patch"])
    def test_only_posts_take_keys(self, taote, verb):
        taote.merchant.client.generic(verb.upper(), "/api/v1/stores/", headers=KEY)
        with system_scope():
            assert not IdempotentAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    """Repetitions that come while the first still runs, on real connections."""

    def send_together(self, call, times=4):
        answers = [None] * times
        barrier = threading.Barrier(times)

        def run(number):
            try:
                barrier.wait(60)
                answers[number] = call()
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return answers

    def test_all_get_the_one_answer(self, taote, in_test_database):
        answers = self.send_together(lambda: Api(taote.merchant_key).post("return-addresses/", ADDRESS, **KEY))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert sorted(answer.get("Idempotency-Replayed", "first") for answer in answers) == ["first", *["true"] * 3]
        assert addresses(taote) == 1

    def test_all_get_the_one_refusal(self, taote, clock):
        refund = taote.refund()
        body = {
            "refund": str(refund.pk),
            "method": "change_to_refund_only",
            "amount": "99.00",
            "agreed_with_buyer": True,
        }
        answers = self.send_together(lambda: Api(taote.merchant_key).post("offers/", body, **KEY))
        assert {code(answer) for answer in answers} == {(409, "amount_above_refundable")}
        with system_scope(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM offers_offer")
            assert cursor.fetchone() == (0,)
