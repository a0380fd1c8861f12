"""Shapes of the programme."""

from rest_framework import serializers

from common.api.fields import InstantField, ItemIdField, StrictMoneyField, TextField
from common.money import CENT, ZERO
from common.texts import TextKind
from payments.models import Budget
from refunds.models import CoveredProduct, Enrolment, LiveSession
from refunds.returnless.agreements import CURRENT, agreement_text
from refunds.states import EnrolmentStatus
from stores.models import Store

MOST_PRODUCTS = 1000


class AutoTopUpSerializer(serializers.Serializer):
    """Below `threshold` the budget gets `amount` more."""

    on = serializers.BooleanField()
    threshold = StrictMoneyField(minimum=ZERO, required=False, default=ZERO)
    amount = StrictMoneyField(minimum=ZERO, required=False, default=ZERO)


class SettingsSerializer(serializers.Serializer):
    """Any of the steps; they are done in the order of R2."""

    agreement_version = TextField(TextKind.NAME, max_length=20, required=False)
    budget = StrictMoneyField(minimum=ZERO, required=False)
    auto_top_up = AutoTopUpSerializer(required=False)
    products = serializers.ListField(child=ItemIdField(), required=False, max_length=MOST_PRODUCTS)

    def validate_products(self, products):
        """Each once."""
        return list(dict.fromkeys(products))


class EnrolSerializer(serializers.Serializer):
    """Confirm, or switch from 2.0."""

    upgrade = serializers.BooleanField(required=False, default=False)


class TopUpSerializer(serializers.Serializer):
    """Yuan for the budget."""

    amount = StrictMoneyField(minimum=CENT)


class StartSessionSerializer(serializers.Serializer):
    """A live session has started."""

    store = TextField(TextKind.NAME, required=False)
    live_session = TextField(TextKind.NAME, max_length=64)
    started_at = InstantField(required=False, allow_null=True, default=None)


class LiveSessionSerializer(serializers.ModelSerializer):
    """A live session; `covered` says whether orders in it are promised a refund without return."""

    live_session = serializers.CharField(source="session")
    covered = serializers.BooleanField(source="is_covered")

    class Meta:
        model = LiveSession
        fields = ["live_session", "started_at", "covered"]


class CoveredProductSerializer(serializers.ModelSerializer):
    """A product on the allow-list."""

    class Meta:
        model = CoveredProduct
        fields = ["item_id", "added_at", "holds_since"]


class AgreementSerializer(serializers.Serializer):
    """What was accepted, when and by whom; `text` is that of the current version, in the language asked for."""

    version = serializers.CharField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    accepted_by = serializers.CharField(allow_null=True)
    current_version = serializers.CharField()
    text = serializers.CharField()


class BudgetSerializer(serializers.Serializer):
    """Yuan: `available` is the balance without what is reserved."""

    balance = StrictMoneyField()
    reserved = StrictMoneyField()
    available = StrictMoneyField()


class EnrolmentSerializer(serializers.Serializer):
    """How far a store is, and what it has set. `offered` tells whether its marketplace has the programme at all.

    `planned_budget` is the yuan that the budget shall hold once the store joins; null when there is nothing to move.
    """

    offered = serializers.BooleanField()
    status = serializers.ChoiceField(EnrolmentStatus.choices)
    version = serializers.CharField(allow_null=True)
    agreement = AgreementSerializer()
    steps_done = serializers.ListField(child=serializers.CharField())
    next_step = serializers.CharField(allow_null=True)
    budget = BudgetSerializer()
    planned_budget = StrictMoneyField(allow_null=True)
    auto_top_up = AutoTopUpSerializer()
    products = CoveredProductSerializer(many=True)
    in_force_since = serializers.DateTimeField(allow_null=True)
    certified = serializers.BooleanField()


def represent_enrolment(store: Store, enrolment: Enrolment | None) -> dict:
    """The store's enrolment as EnrolmentSerializer has it; one that hasn't begun is shown with nothing done."""
    enrolment = enrolment or Enrolment(store=store, budget=Budget(store=store))
    budget = enrolment.budget
    products = CoveredProduct.objects.for_store(store.pk).order_by("item_id")
    return EnrolmentSerializer(
        {
            "offered": bool(store.rules.returnless_version),
            "status": enrolment.status,
            "version": enrolment.version or None,
            "agreement": {
                "version": enrolment.agreement_version or None,
                "accepted_at": enrolment.agreement_at,
                "accepted_by": enrolment.agreement_by or None,
                "current_version": CURRENT,
                "text": agreement_text(CURRENT),
            },
            "steps_done": enrolment.steps_done,
            "next_step": enrolment.next_step,
            "budget": budget,
            "planned_budget": enrolment.planned_budget,
            "auto_top_up": {"on": budget.tops_up, "threshold": budget.threshold, "amount": budget.top_up_amount},
            "products": products,
            "in_force_since": enrolment.in_force_since,
            "certified": enrolment.is_in_force,
        }
    ).data


class BadgeSerializer(serializers.Serializer):
    """Whether a live room may show the badge on an item (R6)."""

    item_id = serializers.CharField()
    badge = serializers.BooleanField()


class BadgesSerializer(serializers.Serializer):
    """The badges of a store's items."""

    certified = serializers.BooleanField()
    items = BadgeSerializer(many=True)


class NegotiateSerializer(serializers.Serializer):
    """What the merchant proposes to the buyer first."""

    text = TextField(TextKind.LINES, max_length=1000)
