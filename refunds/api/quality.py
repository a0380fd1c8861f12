"""The store's quality figures over HTTP (P6, P7)."""

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from refunds.models import QualityRestriction
from refunds.quality.figures import window_of
from refunds.quality.restrictions import hardest, restrictions_of
from refunds.quality.stars import stars_of
from refunds.states import QualityPolicy, QualityStep
from stores.api.base import StoreViewSet


class QualityRateField(serializers.DecimalField):
    """A share as a string with four places, such as "0.0312"."""

    def __init__(self, **kwargs):
        super().__init__(max_digits=10, decimal_places=4, **kwargs)


class QualityThresholdSerializer(serializers.Serializer):
    """A step holds while the rate is above `rate` and `count` at least `minimum`."""

    step = serializers.ChoiceField(QualityStep.choices)
    rate = QualityRateField()
    minimum = serializers.IntegerField()


class QualityRestrictionSerializer(serializers.ModelSerializer):
    """A step against the store: the rate and count that brought it; `lifted_at` is null while it is in force."""

    rate = QualityRateField()

    class Meta:
        model = QualityRestriction
        fields = ["step", "since", "lifted_at", "rate", "count"]


class QualityDaySerializer(serializers.Serializer):
    """A date of the store's calendar."""

    date = serializers.DateField()
    orders = serializers.IntegerField()
    quality_refunds = serializers.IntegerField()


@extend_schema_serializer(many=False)
class QualitySerializer(serializers.Serializer):
    """The figures of the window. `rate` is quality refunds per order paid; `step` the hardest restriction in force."""

    window_days = serializers.IntegerField()
    policy = serializers.ChoiceField(QualityPolicy.choices)
    orders = serializers.IntegerField()
    quality_refunds = serializers.IntegerField()
    rate = QualityRateField()
    thresholds = QualityThresholdSerializer(many=True)
    restrictions = QualityRestrictionSerializer(many=True)
    step = serializers.ChoiceField(QualityStep.choices, allow_null=True)
    stars = serializers.DecimalField(max_digits=3, decimal_places=2)
    days = QualityDaySerializer(many=True)


class QualityViewSet(StoreViewSet):
    """Quality refunds of the last thirty days, and what they bring."""

    resource = "refunds"
    callers = {"list": "S"}
    serializer_class = QualitySerializer
    pagination_class = None

    @extend_schema(responses=QualitySerializer)
    def list(self, request):
        """Counts, rate, thresholds, restrictions (newest first) and stars; the days oldest first, today last."""
        rules, figures = self.store.rules, window_of(self.store, self.now)
        restrictions = restrictions_of(self.store.pk)
        answer = {
            "window_days": rules.quality_window_days,
            "policy": rules.quality_policy,
            "orders": figures.orders,
            "quality_refunds": figures.quality_refunds,
            "rate": figures.rate,
            "thresholds": rules.quality_thresholds,
            "restrictions": restrictions,
            "step": hardest([row.step for row in restrictions if row.lifted_at is None]),
            "stars": stars_of(self.store, figures, self.now),
            "days": figures.days,
        }
        return Response(QualitySerializer(answer).data)
