"""Sending an offer in two steps: fill in, see what the buyer will see, send or go back (T2–T7, Q6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.shortcuts import render
from django.utils.translation import gettext as _

from common.actors import Actor
from common.errors import Invalid, Refused
from offers.actions import send_offer
from offers.buyer.views import buyer_sees
from offers.coupons import coupons_of
from offers.eligibility import build_case
from offers.methods import METHODS, Case
from offers.models import Coupon, Offer
from refunds.models import Refund
from stores.models import Product
from stores.permissions import SEND_OFFERS, actor_of, require
from workbench.kit.base import attempt, put_on_form, show_refusal
from workbench.kit.forms import posted
from workbench.kit.frame import back_to, in_store_time
from workbench.refunds.offer_form import OfferForm
from workbench.refunds.retention import Panel, build_panel

MOST_FOUND = 20


@dataclass(frozen=True)
class OfferPreview:
    """An offer as it would be sent, and what the buyer would see of it."""

    offer: Offer
    sees: str
    coupons: Sequence[Coupon]


def send(case: Case, terms: dict, *, actor: Actor, now: datetime) -> Offer:
    """Send the offer. Raises what the action raises."""
    return send_offer(store_id=case.refund.store_id, refund_id=case.refund.pk, actor=actor, now=now, **terms)


def rehearse(case: Case, terms: dict, *, actor: Actor, now: datetime) -> OfferPreview:
    """Send the offer and take it back at once: raises whatever would refuse it, and tells what the buyer would see."""
    with transaction.atomic():
        offer = send(case, terms, actor=actor, now=now)
        preview = OfferPreview(offer, buyer_sees(offer), coupons_of(offer))
        transaction.set_rollback(True)
    return preview


def consequences(offer: Offer) -> list[str]:
    """What sending means, sentence by sentence (T2, T4, T7–T10, Q7, Q8, Q10, Q16)."""
    rules = offer.refund.rules
    return [
        _("Nothing changes until the buyer accepts; then it happens at once, without another click of yours."),
        *METHODS[offer.method].brings(offer),
        _("The refund's clock goes on: the offer ends with it at the latest."),
        _("You may still approve or reject the request meanwhile; the offer is then withdrawn."),
        _("While the buyer decides, the offer can't be changed."),
        _("This is the only offer possible for this refund.")
        if rules.offers_per_refund == 1
        else _("At most %(most)d offers are possible per refund.") % {"most": rules.offers_per_refund},
    ]


def find_products(store_id: int, term: str) -> list[Product]:
    """Products of the store whose title contains the term or whose item id begins with it, the newest first (Q15)."""
    products = Product.objects.for_store(store_id)
    if term:
        products = products.filter(Q(title__icontains=term) | Q(item_id__startswith=term))
    return list(products.order_by("-id")[:MOST_FOUND])


class OfferingMixin:
    """The views of the offer form and of its product picker."""

    @in_store_time
    def negotiate_view(self, request, refund):
        """Fill in (GET), see what the buyer will see (POST preview), send (POST send) or go back (POST edit)."""
        require(request.user, SEND_OFFERS, refund.store_id)
        now = request.now
        case = build_case(refund, now)
        panel = build_panel(request.user, case)
        code = request.POST.get("method") or request.GET.get("method") or (panel.ways[0].code if panel.ways else "")
        way = panel.way(code)
        if way is None:
            show_refusal(request, _refusal(panel, code))
            return back_to(refund)
        form = OfferForm(posted(request), case=case, way=way)
        step, preview = request.POST.get("step", ""), None
        if step in ("preview", "send") and form.is_valid():
            run, answer = send if step == "send" else rehearse, {}
            actor = actor_of(request.user)
            refusal = attempt(lambda: answer.update(result=run(case, form.terms(), actor=actor, now=now)))
            if refusal is not None:
                put_on_form(form, refusal)
            elif step == "send":
                messages.success(request, _("The offer is sent; the buyer can answer now."))
                return back_to(refund, "#offers")
            else:
                preview = answer["result"]
        return self._offer_page(request, refund, case=case, panel=panel, way=way, form=form, preview=preview)

    def _offer_page(self, request, refund: Refund, *, preview: OfferPreview | None, **context):
        """Step one with the form, or step two with what the buyer will see."""
        context |= {"refund": refund, "order": refund.order}
        if preview is None:
            return self.page(request, "workbench/refunds/offer.html", _("Propose to the buyer"), **context)
        context |= {
            "offer": preview.offer,
            "buyer_sees": preview.sees,
            "coupons": preview.coupons,
            "consequences": consequences(preview.offer),
        }
        return self.page(request, "workbench/refunds/offer_confirm.html", _("Check the offer"), **context)

    @in_store_time
    def products_view(self, request, refund):
        """What the picker finds in the warehouse of the refund's store, as a piece of HTML."""
        require(request.user, SEND_OFFERS, refund.store_id)
        term = request.GET.get("q", "").replace("\0", "").strip()[:100]
        found = find_products(refund.store_id, term)
        return render(request, "workbench/refunds/products.html", {"products": found, "full": len(found) == MOST_FOUND})


def _refusal(panel: Panel, code: str) -> Refused | Invalid:
    """Why the method asked for can't be offered."""
    if panel.refusal:
        return Refused("not_now", panel.refusal)
    if code not in METHODS:
        return Invalid("method", _("Nothing can be offered.") if not code else _("Unknown method."))
    found = next((each.refusal for each in panel.no_ways if each.method.code == code), "")
    return Refused("method_not_available", found or _("Nothing can be offered."))
