"""Joining refund without return, its budget, and what an order was promised (R1–R5, R8)."""

from decimal import Decimal

import pytest

from orders.states import OrderStatus
from payments.budgets import MOST, why_not_add, why_not_set_balance
from payments.models import Budget
from refunds.models import Enrolment
from refunds.programme import programme_of
from refunds.returnless.why_not import (
    why_not_confirm,
    why_not_cover,
    why_not_fill,
    why_not_leave,
    why_not_offered,
    why_not_step,
    why_not_upgrade,
)
from refunds.states import EnrolmentStatus, EnrolmentStep, RefundKind, RefundProgramme
from stores.models import Product
from stores.states import ProductSource
from tests.cases import for_each
from tests.rules.things import a_line, a_refund, a_store, an_order, code_of
from tests.world import NOON

E = EnrolmentStatus
IN_ORDER = [E.NOT_ENROLLED, E.AGREED, E.BUDGETED, E.TOP_UP_SET, E.READY]
FIELDS = ["agreement_version", "budget", "auto_top_up", "products", None]


def an_enrolment(status=E.IN_FORCE, version="3.0", balance="100.00", **budget) -> Enrolment:
    """A store's enrolment with ¥100.00 in its budget."""
    own = Budget(store_id=1, balance=Decimal(balance), **budget)
    return Enrolment(store_id=1, budget=own, status=status, version=version)


@pytest.mark.rule("R2")
@for_each(("marketplace", "offered"), [("kuaishou", True), ("tmall", False), ("pinduoduo", False)])
def test_where_it_is_offered(marketplace, offered):
    assert code_of(why_not_offered(a_store(marketplace))) == (None if offered else "method_not_available")


@pytest.mark.rule("R2")
def test_the_steps_have_an_order_and_a_refusal_names_the_next():
    for done, status in enumerate(IN_ORDER):
        enrolment = an_enrolment(status)
        for place, step in enumerate(EnrolmentStep):
            refused = why_not_step(enrolment, step)
            if place <= done:
                assert refused is None, (status, step)
            else:
                assert (refused.code, refused.attr) == ("enrolment_incomplete", FIELDS[done]), (status, step)
    assert code_of(why_not_step(None, EnrolmentStep.AGREEMENT)) is None
    assert why_not_step(None, EnrolmentStep.PRODUCTS).attr == "agreement_version"


@pytest.mark.rule("R2", "R8")
def test_who_left_or_is_on_an_earlier_version_begins_anew_or_switches():
    for enrolment in (an_enrolment(E.LEFT), an_enrolment(E.EARLIER, "1.0")):
        assert why_not_step(enrolment, EnrolmentStep.AGREEMENT) is None
        assert why_not_step(enrolment, EnrolmentStep.BUDGET).attr == "agreement_version"
    for step in EnrolmentStep:
        assert why_not_step(an_enrolment(E.EARLIER, "2.0"), step).attr == "upgrade"


@pytest.mark.rule("R8")
def test_only_two_zero_is_switched():
    assert why_not_upgrade(an_enrolment(E.EARLIER, "2.0")) is None
    assert code_of(why_not_upgrade(an_enrolment(E.EARLIER, "1.0"))) == "method_not_available"
    assert code_of(why_not_upgrade(an_enrolment())) == "invalid_transition"
    assert code_of(why_not_upgrade(None)) == "invalid_transition"


@pytest.mark.rule("R2", "R5")
def test_who_may_confirm():
    assert why_not_confirm(an_enrolment(E.READY)) is None
    assert code_of(why_not_confirm(None)) == "enrolment_incomplete"
    assert code_of(why_not_confirm(an_enrolment(E.TOP_UP_SET))) == "enrolment_incomplete"
    assert code_of(why_not_confirm(an_enrolment(E.CONFIRMED))) == "invalid_transition"
    assert code_of(why_not_confirm(an_enrolment(E.READY, balance="0.00"))) == "budget_exhausted"
    assert why_not_confirm(an_enrolment(E.READY, balance="0.00", tops_up=True)) is None


@pytest.mark.rule("R3", "R5")
def test_who_may_fill_the_budget_and_who_may_leave():
    filled = {E.BUDGETED, E.TOP_UP_SET, E.READY, E.CONFIRMED, E.IN_FORCE}
    for status in E:
        enrolment = an_enrolment(status)
        assert code_of(why_not_fill(enrolment)) == (None if status in filled else "enrolment_incomplete"), status
        joined = status in (E.CONFIRMED, E.IN_FORCE)
        assert code_of(why_not_leave(enrolment)) == (None if joined else "invalid_transition"), status
    assert code_of(why_not_leave(None)) == "invalid_transition"


@pytest.mark.rule("R4")
def test_only_own_products_of_the_warehouse_are_covered():
    codes = {source: code_of(why_not_cover("1", Product(source=source))) for source in ProductSource}
    assert codes == {
        ProductSource.OWN: None,
        ProductSource.DISTRIBUTION: "product_not_eligible",
        ProductSource.THIRD_PARTY: "product_not_eligible",
    }
    assert code_of(why_not_cover("1", None)) == "product_not_in_warehouse"


@pytest.mark.rule("R5")
@for_each(
    ("available", "threshold", "step", "draw", "added"),
    [
        ("100.00", "50.00", "30.00", "0.00", "0.00"),
        ("100.00", "50.00", "30.00", "50.00", "0.00"),
        ("100.00", "50.00", "30.00", "50.01", "30.00"),
        ("100.00", "50.00", "30.00", "80.00", "30.00"),
        ("100.00", "50.00", "30.00", "80.01", "60.00"),
        ("0.00", "0.01", "0.01", "5.00", "5.01"),
    ],
)
def test_it_tops_up_by_the_agreed_amount_as_often_as_it_takes(available, threshold, step, draw, added):
    terms = {"threshold": Decimal(threshold), "top_up_amount": Decimal(step)}
    budget = Budget(balance=Decimal(available), tops_up=True, **terms)
    assert budget.automatic_top_up(Decimal(draw)) == Decimal(added)
    assert Budget(balance=Decimal(available), **terms).automatic_top_up(Decimal(draw)) == Decimal(0)


@pytest.mark.rule("R5")
@for_each(
    ("fields", "spent"),
    [
        ({"balance": Decimal("0.01")}, False),
        ({"balance": Decimal("5.00"), "reserved": Decimal("5.00")}, True),
        ({"balance": Decimal("5.00"), "short_since": NOON}, True),
        ({"balance": Decimal("0.00"), "tops_up": True, "short_since": NOON}, False),
    ],
)
def test_when_a_budget_is_spent(fields, spent):
    assert Budget(**fields).is_spent is spent


@pytest.mark.rule("R5")
def test_a_budget_holds_what_is_reserved_and_no_more_than_a_column():
    budget = Budget(balance=Decimal("100.00"), reserved=Decimal("40.00"))
    assert why_not_set_balance(budget, Decimal("40.00")) is None
    below, above = why_not_set_balance(budget, Decimal("39.99")), why_not_set_balance(budget, MOST + 1)
    assert [(each.code, each.attr) for each in (below, above)] == [("budget_exhausted", "budget")] * 2
    assert why_not_add(budget, MOST - Decimal("100.00")) is None
    assert why_not_add(budget, MOST - Decimal("99.99")).attr == "amount"


@pytest.mark.rule("R1", "R3")
@for_each(
    ("promised", "kind", "status", "programme"),
    [
        (("returnless", "returnless"), RefundKind.REFUND_ONLY, OrderStatus.SHIPPED, RefundProgramme.RETURNLESS),
        (("returnless", "returnless"), RefundKind.REFUND_ONLY, OrderStatus.DELIVERED, RefundProgramme.RETURNLESS),
        (("returnless", ""), RefundKind.REFUND_ONLY, OrderStatus.SHIPPED, ""),
        (("returnless", "returnless"), RefundKind.RETURN_AND_REFUND, OrderStatus.SHIPPED, ""),
        (("returnless", "returnless"), RefundKind.REFUND_ONLY, OrderStatus.UNSHIPPED, ""),
    ],
)
def test_a_refund_runs_under_what_all_of_its_lines_were_promised(promised, kind, status, programme):
    lines = [a_line(item_id=str(place), programme=each) for place, each in enumerate(promised)]
    order = an_order(*lines, store=a_store("kuaishou"), status=status)
    assert programme_of(a_refund(order, kind=kind)) == programme


@pytest.mark.rule("R2", "R8")
def test_only_who_is_on_the_earlier_version_switches_first_and_nobody_fills_what_is_not_there():
    assert code_of(why_not_step(an_enrolment(E.EARLIER, "2.0"), EnrolmentStep.BUDGET)) == "enrolment_incomplete"
    assert why_not_step(an_enrolment(E.AGREED, "2.0"), EnrolmentStep.BUDGET) is None
    assert why_not_fill(None).attr == "agreement_version"
