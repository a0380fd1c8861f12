"""At which amount: what answers teach, what keeps most, what is tried, and what the log says of another way (Q11)."""

import random
from decimal import Decimal
from uuid import UUID

import pytest
from django.utils import translation

from offers.choosing.acceptance import Answers, Belief, Level, believe, first_curve, never_falling
from offers.choosing.choice import WHOLE, OfferArm, choose_arm, likelihoods, tries
from offers.choosing.estimate import FEWEST_LOGGED, Logged, estimate, keeping_to
from offers.choosing.ladder import PERCENTS, band_of, nearest_percent, share_in_yuan
from offers.choosing.words import why_this_amount
from offers.eligibility import methods_for
from offers.methods import METHODS
from offers.recommendation import Known, Tally, arms_of, rank
from refunds.states import RefundReason
from stores.marketplaces import Costs
from tests.rules.things import a_line, a_refund, a_situation, a_store, an_order

PLAIN = next(UUID(int=count) for count in range(1000) if not tries(UUID(int=count), 10))
NO_COSTS = Costs(**dict.fromkeys(Costs.__dataclass_fields__, Decimal(0)))


def asked(price="100.00", reason=RefundReason.MINOR_FLAW, refund_id=PLAIN, **store):
    order = an_order(a_line(price), store=a_store("tmall", **store))
    return a_situation(a_refund(order, reason=reason, id=refund_id))


def amounts(situation, code="partial_refund", known=None, most=None):
    return [arm.amount for arm in arms_of(situation, METHODS[code], known or Known(), most)]


def first(situation, known=None):
    return rank(situation, methods_for(situation.refund), known or Known()).options[0]


@pytest.mark.rule("Q11")
def test_what_stands_first_is_what_the_log_says_was_recommended():
    """Also of options that keep the same to the cent: else who sends the first is logged as not having followed it."""
    for reason in (RefundReason.PACKAGING_DAMAGED, RefundReason.SLOW_LOGISTICS, RefundReason.MINOR_FLAW):
        for price in range(990, 20_000, 190):
            situation = asked(f"{price / 100:.2f}", reason)
            ranking = rank(situation, methods_for(situation.refund), Known())
            said, chosen = ranking.options[0], ranking.arms[ranking.choice.place]
            assert (said.method.code, said.amount) == (chosen.method, chosen.amount), (reason, price)


def answers(band, *counts, code="partial_refund"):
    return {(code, band, percent): Answers(*each, Decimal(0)) for percent, each in zip(PERCENTS, counts, strict=True)}


def arm(net, accepts, percent=5, offers=100.0):
    return OfferArm("partial_refund", percent, Decimal(net), Belief(accepts, offers), Decimal(net))


@pytest.mark.rule("Q11")
def test_a_bigger_share_is_never_believed_to_be_accepted_less_and_few_answers_hardly_count():
    assert never_falling([0.2, 0.5, 0.3, 0.6], [1, 1, 3, 1]) == pytest.approx([0.2, 0.35, 0.35, 0.6])
    dice = random.Random(7)
    for _ in range(200):
        counts = {percent: Answers(ended := dice.randint(0, 40), dice.randint(0, ended)) for percent in PERCENTS}
        usual = dice.choice([None, Decimal("0.05"), Decimal("0.10")])
        curve = first_curve(PERCENTS, usual, dice.random())
        found = [each.accepts for each in believe(PERCENTS, curve, [Level(counts, 15), Level({}, 30)]).values()]
        assert found == sorted(found)
        assert 0 <= found[0] <= found[-1] <= 1
    one_yes = believe(PERCENTS, [0.5] * 7, [Level({3: Answers(1, 1)}, 15)])
    assert one_yes[3].accepts < 0.57
    many = believe(PERCENTS, [0.5] * 7, [Level({3: Answers(5000, 1000), 50: Answers(5000, 4500)}, 15)])
    assert (many[3].accepts, many[50].accepts) == (pytest.approx(0.2, abs=0.01), pytest.approx(0.9, abs=0.01))


@pytest.mark.rule("Q11")
def test_what_keeps_most_is_recommended_and_said_in_both_languages():
    # Of 100 each: 10 % keeps far more buyers than 5 %, and 15 % hardly more.
    taught = answers(2, *[(100, yeses) for yeses in (20, 25, 60, 62, 63, 64, 66)])
    taught |= {("gift", 2, 0): Answers(100, 20), ("coupon", 2, 0): Answers(100, 20), ("red_packet", 2, 5): Answers(90)}
    known = Known({"partial_refund": Tally(700, 360)}, own_answers=taught, all_answers=taught, costs=NO_COSTS)
    best = first(asked("120.00"), known)
    assert (best.method.code, best.amount) == ("partial_refund", Decimal("12.00"))
    kept = round(100 * best.score)
    assert 50 < kept < 62
    assert best.expected == (Decimal("108.00") * Decimal(str(round(best.score, 6)))).quantize(Decimal("0.01"))
    assert best.amount_why.startswith(f"¥12.00 keeps {kept} of 100 such buyers; ¥18.00 only ")
    assert best.amount_why.endswith(" more.")
    with translation.override("zh-hans"):
        assert first(asked("120.00"), known).amount_why.startswith(f"¥12.00 能留住 100 位此类买家中的 {kept} 位")
    # The same answers of another band count, but less than those of its own; the marketplace's teach a new store.
    elsewhere = answers(3, *[(100, yeses) for yeses in (90, 91, 92, 93, 94, 95, 96)])
    costs = {"costs": NO_COSTS}
    both = arms_of(asked("120.00"), METHODS["partial_refund"], Known(own_answers=taught | elsewhere, **costs))
    own = arms_of(asked("120.00"), METHODS["partial_refund"], Known(own_answers=taught, **costs))
    assert own[0].belief.accepts < both[0].belief.accepts < 0.6
    new = arms_of(asked("120.00"), METHODS["partial_refund"], Known(all_answers=taught, **costs))
    assert max(new, key=lambda each: each.expected).amount == Decimal("12.00")


@pytest.mark.rule("Q11")
def test_an_amount_that_keeps_as_many_as_the_next_is_said_to():
    arms = [arm("95", 0.52), arm("90", 0.521, 10)]
    said = why_this_amount(arms[0], arms, answered=True, was_tried=False)
    assert said.endswith(" keeps 52 of 100 such buyers; ¥90.00 keeps as many.")
    fewer = [arm("98", 0.4, 3), arm("95", 0.52)]
    assert why_this_amount(fewer[1], fewer, answered=True, was_tried=False).endswith("; ¥98.00 12 fewer.")
    only = why_this_amount(arms[0], arms[:1], answered=True, was_tried=False)
    assert only.endswith(" keeps 52 of 100 such buyers.")


@pytest.mark.rule("Q11")
def test_without_answers_it_begins_with_the_usual_share_and_says_so():
    for price, usual in (("100.00", "10.00"), ("59.00", "5.90"), ("99999999.99", "9999999.99")):
        arms = arms_of(asked(price), METHODS["partial_refund"], Known())
        assert max(arms, key=lambda each: each.expected).amount == Decimal(usual), price
    options = rank(asked(), methods_for(asked().refund), Known()).options
    option = next(each for each in options if each.method.code == "partial_refund")
    assert option.amount_why == "Nobody has answered such an offer yet: ¥10.00 is near the usual share."
    assert [each.amount for each in options if each.method.usual_share is None] == [None] * 5
    unknown = first(asked(reason="a reason of tomorrow"))
    assert not unknown.recommended
    assert unknown.score == pytest.approx(0.5, abs=0.05)


@pytest.mark.rule("Q12")
def test_no_amount_goes_beyond_the_order_the_rules_or_the_stores_ceilings():
    assert amounts(asked()) == [Decimal(percent) for percent in PERCENTS]
    assert amounts(asked(most_offered_percent=12)) == [Decimal(percent) for percent in (3, 5, 10)]
    assert amounts(asked(most_offered_percent=1)) == [Decimal("1.00")]
    assert amounts(asked(), most=Decimal("5.50")) == [Decimal(3), Decimal(5)]
    assert amounts(asked(), most=Decimal("0.40")) == [Decimal("0.40")]
    nearly_used_up = asked()
    nearly_used_up.most = Decimal("0.30")
    assert amounts(nearly_used_up) == [Decimal("0.30")]
    assert amounts(asked("0.05")) == [Decimal("0.01"), Decimal("0.02")]
    assert amounts(asked("0.01")) == [Decimal("0.01")]
    packets = asked("5000.00")
    packets.refund.order.claimed_amount = Decimal(0)
    limit = packets.refund.rules.red_packet_limit
    assert amounts(packets, "red_packet")[-1] <= limit < share_in_yuan(Decimal(5000), PERCENTS[-1])
    usual = METHODS["partial_refund"].usual
    assert (usual(asked()), usual(asked(most_offered_percent=4))) == (Decimal("10.00"), Decimal("4.00"))
    free = asked()
    free.refund.amount = Decimal("0.00")  # no such refund is opened; nothing breaks all the same
    assert amounts(free, "reassurance") == [None]
    assert (band_of(Decimal(0)), band_of(Decimal(30)), band_of(Decimal(10**8))) == (0, 1, 4)
    assert nearest_percent(Decimal(7), Decimal(100)) == 5
    assert nearest_percent(Decimal(8), Decimal(100)) == 10
    assert nearest_percent(Decimal(1), Decimal(0)) == 50


@pytest.mark.rule("Q11")
def test_what_is_tried_follows_from_the_refund_and_its_likelihood_is_exact():
    arms = [arm("90", 0.5), arm("85", 0.52, 10), arm("60", 0.3, 30, 2000.0), arm("-5", 0.9, 50)]
    chances = likelihoods(arms, 10)
    assert sum(chances) == WHOLE
    assert chances[0] > 0.9 * WHOLE
    assert chances[1] > chances[2] > 0 == chances[3]
    assert likelihoods(arms, 0) == [WHOLE, 0, 0, 0]
    found, tried = [0] * 4, 0
    for count in range(40_000):
        choice = choose_arm(arms, UUID(int=count), 50)
        assert choice == choose_arm(arms, UUID(int=count), 50)
        found[choice.place] += 1
        tried += choice.was_tried
    assert tried / 40_000 == pytest.approx(0.5, abs=0.01)
    for seen, chance in zip(found, likelihoods(arms, 50), strict=True):
        assert seen / 40_000 == pytest.approx(chance / WHOLE, abs=0.01)
    # What comes first in a refund that tries is what was chosen, at its amount, and says so.
    trying = [UUID(int=count) for count in range(400) if tries(UUID(int=count), 10)]
    firsts = []
    for refund_id in trying:
        ranking = rank(asked(refund_id=refund_id), methods_for(asked().refund), Known())
        chosen, option = ranking.arms[ranking.choice.place], ranking.options[0]
        assert (option.method.code, option.amount, option.recommended) == (chosen.method, chosen.amount, True)
        assert option.amount is None or "is tried out" in option.amount_why
        firsts.append((option.method.code, option.amount))
    assert len(set(firsts)) > 4
    only = arm("10", 0.5)
    assert choose_arm([only], trying[0], 50).chances == (WHOLE,)


@pytest.mark.rule("Q11")
def test_likelihoods_add_up_and_what_costs_more_than_it_keeps_is_never_tried():
    dice = random.Random(11)
    for _ in range(300):
        arms = [
            arm(str(dice.randint(-60, 90)), dice.random(), offers=dice.choice([1.0, 40.0, 900.0]))
            for _ in range(dice.randint(1, 9))
        ]
        for percent in (0, 1, 33, 100):
            chances = likelihoods(arms, percent)
            place = choose_arm(arms, PLAIN, percent).place
            assert sum(chances) == WHOLE
            assert min(chances) >= 0
            assert all(not chance for each, chance in zip(arms, chances, strict=True) if each.net <= 0) or (
                max(each.net for each in arms) <= 0 and chances[place] == WHOLE
            )
    # Of rounded likelihoods a little is left; this id's part of WHOLE lies there, and it isn't the last arm's.
    at_the_end, arms = UUID(int=727_812), [arm("90", 0.5), arm("85", 0.52, 10), arm("60", 0.3, 30), arm("-5", 0.9, 50)]
    choice = choose_arm(arms, at_the_end, 100)
    assert (choice.was_tried, choice.chance > 0) == (True, True)


@pytest.mark.rule("Q11")
def test_an_estimate_weighs_what_was_sent_by_how_likely_that_was():
    """Beliefs that are wrong are set right by what was kept; an offer of no likelihood says nothing."""
    arms = [arm("50", 0.5), arm("40", 0.5, 30)]
    log = [
        Logged(arms, [WHOLE * 4 // 5, WHOLE // 5], int(each % 5 == 0), Decimal(each % 5 == 0) * 40)
        for each in range(100)
    ]
    always_second = estimate(log, lambda _arms: [0, WHOLE])
    assert always_second.mean == Decimal("40.00"), "believed 20, but each of the 20 that were sent kept 40"
    assert estimate(log, lambda _arms: [WHOLE, 0]).mean == Decimal("0.00"), "believed 25, none of 80 kept anything"
    as_sent = estimate(log, lambda _arms: [WHOLE * 4 // 5, WHOLE // 5])
    assert as_sent.mean == Decimal("8.00")
    unlikely = [Logged(arms, [WHOLE, 0], 1, Decimal(4000))] * 50
    assert estimate([*log, *unlikely], lambda _arms: [0, WHOLE]).mean == always_second.mean
    assert estimate(log[:40], lambda _arms: [0, WHOLE]) is None, "8 like it are too few"


@pytest.mark.rule("Q11")
def test_the_log_tells_what_another_ceiling_would_have_kept():
    """Beliefs that are off don't matter; the interval holds the truth about as often as it says."""
    truths, held = {5: 0.30, 10: 0.45, 30: 0.55}, 0
    believed = {5: 0.5, 10: 0.5, 30: 0.5}
    for seed in range(100):
        dice, log = random.Random(seed), []
        for _ in range(400):
            price = Decimal(dice.randint(50, 150))
            arms = [
                OfferArm("partial_refund", percent, None, Belief(accepts, 20.0), price - price * percent / 100)
                for percent, accepts in believed.items()
            ]
            choice = choose_arm(arms, UUID(int=dice.getrandbits(128)), 40)
            chosen = arms[choice.place]
            kept = chosen.net if dice.random() < truths[chosen.percent] else Decimal(0)
            log.append(Logged(arms, choice.chances, choice.place, kept))
        found = estimate(log, keeping_to(10, 0))
        shares = [keeping_to(10, 0)(each.arms) for each in log]
        truth = sum(
            sum(share * float(a.net) * truths[a.percent] for share, a in zip(each, one.arms, strict=True)) / WHOLE
            for each, one in zip(shares, log, strict=True)
        ) / len(log)
        low, high = found.ends
        held += low <= truth <= high
    assert 88 <= held <= 100
    assert estimate(log[: FEWEST_LOGGED - 1], keeping_to(None, 10)) is None
    never = [Logged(each.arms, [0, 0, WHOLE], 2, each.kept) for each in log]
    assert estimate(never, keeping_to(10, 0)) is None  # nobody was offered what it would send
    assert keeping_to(1, 0)(log[0].arms) == [WHOLE, 0, 0]  # the smallest share stays


def test_a_share_is_rounded_down_to_the_cent_and_never_nothing():
    assert share_in_yuan(Decimal("9.99"), 5) == Decimal("0.49")  # 0.4995
    assert share_in_yuan(Decimal("0.10"), 3) == Decimal("0.01")
    assert share_in_yuan(Decimal("59.00"), 10) == Decimal("5.90")
