"""What a merchant can decide about a refund: when, with which consequence, and by which action."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Invalid
from common.together import read_together
from common.words import duration
from offers.models import Offer
from refunds import actions, returns, why_not
from refunds.goods import GoodsDisposition, Whereabouts
from refunds.handing_over import may_name_address_there
from refunds.models import Refund
from refunds.objections import reasons_there
from refunds.returnless.review import negotiate_refund
from refunds.states import RefundProgramme, RefundStatus
from stores.actions import default_return_addresses
from stores.ceilings import Ceiling, why_above_ceiling
from stores.models import ReturnAddress
from stores.permissions import DECIDE_REFUNDS, INSPECT_RETURNS, actor_of
from workbench.kit.decisions import Decision, DecisionForm
from workbench.kit.marks import moment
from workbench.kit.paying import already_had
from workbench.kit.waybills import CorrectionForm
from workbench.kit.words import sent_there, yuan
from workbench.refunds.arrivals import ArrivalForm, pieces_of


class ReturnToForm(DecisionForm):
    """Where the goods come back to."""

    return_address = forms.ModelChoiceField(
        ReturnAddress.objects.none(),
        label=gettext_lazy("Return address"),
        empty_label=None,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The buyer is shown this address."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.row.moves_goods:
            del self.fields["return_address"]
            return
        addresses = ReturnAddress.objects.for_store(self.row.store_id).usable().order_by("place")
        self.fields["return_address"].queryset = addresses
        self.fields["return_address"].initial = addresses.first()


class RefusingForm(DecisionForm):
    """Asks for the marketplace's own reason, where it has a list for the refund as it stands; its words will do."""

    words: ClassVar[str]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.known = reasons_there(self.row)
        if self.known is None:
            return
        self.fields["reason_code"] = forms.ChoiceField(
            label=_("The marketplace's reason"),
            choices=[(each.code, each.with_demand) for each in self.known.reasons],
            widget=forms.RadioSelect,
            help_text=_("As its list was on %(at)s.") % {"at": moment(self.known.read_at)},
        )
        self.fields[self.words].required = False
        self.fields[self.words].help_text = _("Without words of yours the buyer reads the marketplace's.")
        self.order_fields(["reason_code"])

    def clean(self):
        """The reason's own words where nobody wrote others."""
        data = super().clean()
        picked = self.known and next(
            (each for each in self.known.reasons if each.code == data.get("reason_code")), None
        )
        if picked and not data.get(self.words):
            data[self.words] = picked.text[:200]
        return data


class RejectForm(RefusingForm):
    """Why not."""

    words = "reason"

    reason = forms.CharField(
        label=gettext_lazy("Reason for the buyer"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "data-count": 200, "autofocus": True}),
        help_text=gettext_lazy("The buyer reads this and may correct the request."),
    )


class FaultForm(RefusingForm):
    """What is wrong with the goods; the buyer reads it."""

    words = "note"
    note = forms.CharField(
        label=gettext_lazy("Inspection note"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "data-count": 200, "autofocus": True}),
        help_text=gettext_lazy("The buyer reads this and may correct the request."),
    )


class RefundDecision(Decision):
    """What agents decide about a refund."""

    folder, tone, leads_on = "decide/", "plain", True
    capability = DECIDE_REFUNDS
    template = "workbench/refunds/decide.html"

    def consequences(self, refund):
        """A decision ends the offer that the buyer could still have accepted; at a marketplace only its word counts."""
        if refund.is_followed:
            return [sent_there(refund)]
        ended = [_("The offer that the buyer has yet to answer is withdrawn.")] if _has_offer(refund) else []
        return [self.consequence(refund), *ended]

    def told(self, refund, data):
        """That it is done, or on its way."""
        return sent_there(refund) if refund.is_followed else super().told(refund, data)

    def context(self, refund):
        """The head of the page."""
        return {"refund": refund, "order": refund.order}


class PayingDecision(RefundDecision):
    """One after which the buyer is paid, at once or later."""

    def consequences(self, refund):
        """With what the buyer has already."""
        return [*super().consequences(refund), *already_had(refund)]


def nowhere_to_return(refund: Refund) -> Invalid | None:
    """Why no address can be chosen for the refund's goods: its store has none."""
    return why_not.why_no_address(_address_of(refund))


@read_together
def _address_of(refunds: Sequence[Refund]) -> dict[UUID, ReturnAddress | None]:
    by_store = default_return_addresses({refund.store_id for refund in refunds})
    return {refund.pk: by_store.get(refund.store_id) for refund in refunds}


@read_together
def _has_offer(refunds: Sequence[Refund]) -> dict[UUID, bool]:
    stores = {refund.store_id for refund in refunds}
    pending = set(Offer.objects.pending().filter(store__in=stores, refund__in=refunds).values_list("refund", flat=True))
    return {refund.pk: refund.pk in pending for refund in refunds}


@read_together
def _disposition(refunds: Sequence[Refund]) -> dict[UUID, GoodsDisposition]:
    whereabouts = Whereabouts(refunds)
    return {refund.pk: whereabouts.reach(refund).disposition for refund in refunds}


class Approve(PayingDecision):
    """Say yes (T8, P1)."""

    code, label, icon, tone, key = "approve", gettext_lazy("Approve"), "check", "primary", "a"
    done = gettext_lazy("The request is approved.")
    form = ReturnToForm

    def refusal(self, refund, now):
        refused = why_not.why_not_approve(refund, now)
        return refused or (nowhere_to_return(refund) if refund.moves_goods else None)

    def refusal_to(self, user, refund, now):
        """Also what is above this user's ceiling."""
        refused = super().refusal_to(user, refund, now)
        return refused or why_above_ceiling(refund.store, Ceiling.APPROVAL, refund.amount, actor_of(user))

    def consequence(self, refund):
        """The buyer returns, or is paid; goods that haven't arrived are stopped or called back."""
        if refund.programme == RefundProgramme.RETURNLESS:
            return _("%(amount)s is paid from the service budget at once; the buyer keeps the goods.") % {
                "amount": yuan(refund.amount)
            }
        disposition = _disposition(refund)
        if disposition == GoodsDisposition.RECALL:
            return _(
                "The carrier is asked to bring the parcel back; %(amount)s goes out when it is back or lost, and after"
                " %(time)s in any case. If the buyer gets the parcel after all, the goods have to be sent back first."
            ) % {"amount": yuan(refund.amount), "time": duration(refund.rules.recall_ends_within)}
        if disposition == GoodsDisposition.STOP:
            return _("%(amount)s goes out to the buyer at once, and the goods are not shipped any more.") % {
                "amount": yuan(refund.amount)
            }
        if not refund.pays:
            return _("The buyer may send the goods back within %(time)s; after your inspection you owe new ones.") % {
                "time": duration(refund.rules.buyer_ships_return_within)
            }
        if not refund.moves_goods:
            return _("%(amount)s goes out to the buyer at once; nothing is left to do.") % {
                "amount": yuan(refund.amount)
            }
        return _("The buyer may send the goods back within %(time)s; you pay %(amount)s after your inspection.") % {
            "time": duration(refund.rules.buyer_ships_return_within),
            "amount": yuan(refund.amount),
        }

    def run(self, refund, data, *, actor, now):
        address = data.get("return_address")
        actions.approve_refund(
            store_id=refund.store_id,
            refund_id=refund.pk,
            actor=actor,
            now=now,
            return_address_id=address.pk if address else None,
        )


class Reject(RefundDecision):
    """Say no, with a reason (T8)."""

    code, label, icon, tone, key = "reject", gettext_lazy("Reject"), "block", "danger", "r"
    done = gettext_lazy("The request is rejected.")
    form = RejectForm

    def refusal(self, refund, now):
        return why_not.why_not_reject(refund, now)

    def consequence(self, refund):
        """The buyer may correct it."""
        return _(
            "The buyer reads your reason and may correct the request within %(time)s (%(left)d corrections left);"
            " otherwise it is closed."
        ) % {
            "time": duration(refund.rules.buyer_disputes_within),
            "left": max(0, refund.rules.resubmissions - refund.resubmissions),
        }

    def run(self, refund, data, *, actor, now):
        actions.reject_refund(
            store_id=refund.store_id,
            refund_id=refund.pk,
            reason=data["reason"],
            reason_code=data.get("reason_code", ""),
            actor=actor,
            now=now,
        )


class TalkForm(DecisionForm):
    """What the merchant proposes."""

    text = forms.CharField(
        label=gettext_lazy("Message to the buyer"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "data-count": 1000}),
    )


class NegotiateFirst(RefundDecision):
    """Talk to the buyer before deciding about a refund without return (R1)."""

    code, label, icon = "negotiate-first", gettext_lazy("Negotiate first"), "forum"
    done = gettext_lazy("The message is sent, and the refund marked as being negotiated.")
    form = TalkForm

    def concerns(self, refund):
        """Only under the programme."""
        return refund.programme == RefundProgramme.RETURNLESS

    def refusal(self, refund, now):
        return why_not.why_not_negotiate(refund, now)

    def consequence(self, refund):
        """The clock goes on."""
        return _("You write to the buyer and others see that you are talking. The clock goes on.")

    def run(self, refund, data, *, actor, now):
        negotiate_refund(store_id=refund.store_id, refund_id=refund.pk, text=data["text"], actor=actor, now=now)


class Inspect(RefundDecision):
    """Look at what came back (P1)."""

    capability = INSPECT_RETURNS
    passed: ClassVar[bool]

    def concerns(self, refund):
        """Only where goods come back."""
        return refund.moves_goods

    def refusal(self, refund, now):
        return why_not.why_not_inspect(refund, now)

    def run(self, refund, data, *, actor, now):
        returns.inspect_return(
            store_id=refund.store_id,
            refund_id=refund.pk,
            passed=self.passed,
            note=data["note"],
            received=data.get("received"),
            reason_code=data.get("reason_code", ""),
            carrier=data.get("carrier", ""),
            tracking_number=data.get("tracking_number", ""),
            actor=actor,
            now=now,
        )


class PassInspection(PayingDecision, Inspect):
    """The goods are as they should be."""

    code, label, icon, tone = "inspection-passed", gettext_lazy("Goods are fine"), "check", "primary"
    done = gettext_lazy("The inspection is passed.")
    passed = True
    form = ArrivalForm

    def consequence(self, refund):
        """The money goes out for what arrived, or the new goods are owed."""
        if not refund.pays:
            return _("You owe the buyer new goods within %(time)s; no money moves.") % {
                "time": duration(refund.rules.promise_ships_within)
            }
        if pieces_of(refund) > 1:
            return _(
                "%(amount)s goes out to the buyer at once. If fewer pieces arrived, only their part of it goes out, and"
                " the platform decides about the rest."
            ) % {"amount": yuan(refund.amount)}
        return _("%(amount)s goes out to the buyer at once; nothing is left to do.") % {"amount": yuan(refund.amount)}


class FailInspection(Inspect):
    """The goods are not as they should be."""

    code, label, icon, tone = "inspection-failed", gettext_lazy("Goods are not fine"), "block", "danger"
    done = gettext_lazy("The inspection is failed; the request is rejected.")
    passed = False
    form = FaultForm
    consequence = Reject.consequence


class CorrectReturn(RefundDecision):
    """Write down the right number of a return that the carrier has no news of."""

    code, label, icon = "correct-return", gettext_lazy("Correct the return's number"), "edit"
    leads_on = False
    done = gettext_lazy("The number is corrected; the old one isn't followed any more.")
    form = CorrectionForm

    def concerns(self, refund):
        """Only while a parcel is coming back; after an accepted exchange the refund is withdrawn."""
        is_exchanged = refund.status == RefundStatus.WITHDRAWN and bool(refund.return_tracking_number)
        return refund.status == RefundStatus.RETURNING or is_exchanged

    def refusal(self, refund, now):
        return why_not.why_not_correct_return(refund, returns.returning_of(refund), now)

    def consequence(self, refund):
        """Only the number changes."""
        return _("The new number is followed instead of %(number)s. The clock doesn't change.") % {
            "number": refund.return_tracking_number
        }

    def run(self, refund, data, *, actor, now):
        returns.correct_return(store_id=refund.store_id, refund_id=refund.pk, actor=actor, now=now, **data)


class NameAddress(RefundDecision):
    """Say where the goods go, after the deadline has approved a return without an address (T10)."""

    code, label, icon, tone = "return-address", gettext_lazy("Name the return address"), "location_on", "primary"
    done = gettext_lazy("The buyer is shown the address and may send the goods.")
    form = ReturnToForm

    def concerns(self, refund):
        """Only where the buyer waits for it."""
        return refund.lacks_address or may_name_address_there(refund)

    def refusal(self, refund, now):
        return why_not.why_not_name_address(refund) or nowhere_to_return(refund)

    def consequence(self, refund):
        """The clock begins."""
        return _("The buyer may send the goods back within %(time)s from now.") % {
            "time": duration(refund.rules.buyer_ships_return_within)
        }

    def run(self, refund, data, *, actor, now):
        returns.name_return_address(
            store_id=refund.store_id,
            refund_id=refund.pk,
            return_address_id=data["return_address"].pk,
            actor=actor,
            now=now,
        )
