"""Tags at the desk: put on a refund, taken off, and all refunds with one."""

from django import forms
from django.contrib.admin import SimpleListFilter
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.utils.translation import gettext_lazy

from common.search import plain_text
from refunds.models import RefundTag
from refunds.team.tags import LONGEST_TAG, tag_refund, untag_refund, why_not_tag
from stores.permissions import WRITE_NOTES
from workbench.kit.decisions import Decision, DecisionForm
from workbench.refunds.team import Team

TAG_VAR = "tag"


def tag_names() -> ArraySubquery:
    """The tags of each refund of a list."""
    tags = RefundTag.objects.filter(store_id=OuterRef("store_id"), refund_id=OuterRef("pk"))
    return ArraySubquery(tags.order_by("id").values("name"))


class TagForm(DecisionForm):
    """A tag."""

    name = forms.CharField(label=gettext_lazy("Tag"), max_length=LONGEST_TAG)


class TagDecision(Decision):
    """What is done about a refund's tags: no news for who decides."""

    icon, tone = "sell", ""
    capability, anchor = WRITE_NOTES, "#team"
    is_inline, is_read_here, heeds_news = True, False, False
    form = TagForm

    def __init__(self, team: Team | None = None):
        self.team = team


class AddTag(TagDecision):
    """Put a tag on the refund."""

    code, label, auto_id = "tag", gettext_lazy("Add the tag"), "id_tag_%s"
    done = gettext_lazy("The tag is on it.")

    def refusal(self, refund, now):
        return why_not_tag(len(self.team.tags)) if self.team else None

    def run(self, refund, data, *, actor, now):
        tag_refund(store_id=refund.store_id, refund_id=refund.pk, actor=actor, now=now, **data)


class TakeTagOff(TagDecision):
    """Take a tag off the refund."""

    code, label = "untag", gettext_lazy("Take the tag off")
    done = gettext_lazy("The tag is off.")

    def refusal(self, refund, now):
        return None

    def run(self, refund, data, *, actor, now):
        untag_refund(store_id=refund.store_id, refund_id=refund.pk, actor=actor, now=now, **data)


class RefundTagFilter(SimpleListFilter):
    """Refunds with one tag. It is chosen by a click on the tag: a store may have any number of them."""

    title = gettext_lazy("tag")
    parameter_name = TAG_VAR

    def lookups(self, request, model_admin):
        """The one that is chosen."""
        typed = self.used_parameters.get(TAG_VAR, "")
        return [(typed, chosen)] if (chosen := plain_text(typed)) else []

    def queryset(self, request, queryset):
        """The refunds that have it."""
        named = RefundTag.objects.in_scope().filter(name=plain_text(self.value()))
        return queryset.filter(pk__in=named.values("refund"))
