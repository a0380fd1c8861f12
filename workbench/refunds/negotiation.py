"""Sending an offer in two steps: fill in, see what the buyer will see, send or go back (T2–T7, Q6)."""

from django.db.models import Q
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.search import folded
from offers.actions import send_offer
from offers.buyer.views import buyer_sees
from offers.cautions import cautions_of_offer
from offers.coupons import coupons_of
from offers.eligibility import why_not_name
from offers.methods import METHODS, Situation
from offers.models import Offer
from stores.models import Product
from stores.permissions import SEND_OFFERS, actor_of, require
from workbench.kit.decisions import Decision
from workbench.kit.forms import posted
from workbench.kit.frame import in_store_time
from workbench.refunds.offer_form import OfferForm, why_too_dear
from workbench.refunds.retention import Panel, build_panel

MOST_FOUND = 20


class SendOffer(Decision):
    """Propose one of the `panel`'s methods to the buyer, as the `situation` allows. `code_asked` names the method."""

    code, label = "negotiate", gettext_lazy("Propose to the buyer")
    done = gettext_lazy("The offer is sent; the buyer can answer now.")
    capability, anchor, leads_on = SEND_OFFERS, "#offers", True
    template, preview = "workbench/refunds/offer.html", "workbench/refunds/offer_confirm.html"
    preview_title = gettext_lazy("Check the offer")

    def __init__(self, situation: Situation, panel: Panel, code_asked: str):
        self.situation, self.panel, self.code_asked = situation, panel, code_asked
        self.way = panel.way(code_asked)

    def refusal(self, refund, now):
        return why_not_name(self.code_asked, self.situation)

    def fill(self, request, refund):
        """The fields follow from the method's limits."""
        return OfferForm(posted(request), situation=self.situation, way=self.way)

    def context(self, refund):
        """The request, and what could be proposed instead."""
        more = {"situation": self.situation, "panel": self.panel, "way": self.way}
        return {"refund": refund, "order": refund.order, **more}

    def run(self, refund, data, *, actor, now):
        return send_offer(store_id=refund.store_id, refund_id=refund.pk, actor=actor, now=now, **data)

    def cautions(self, refund, data, offer):
        """What the buyer's yes would cost too much (K12)."""
        return [caution.detail for caution in cautions_of_offer(offer, offer.created_at)]

    def foresee(self, refund, data, offer):
        """What the buyer would see, and what follows (Q6)."""
        return {
            "offer": offer,
            "buyer_sees": buyer_sees(offer),
            "coupons": coupons_of(offer),
            "consequences": consequences(offer),
        }


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
    if part := folded(term):
        products = products.filter(Q(title__folded__contains=part) | Q(item_id__folded__startswith=part))
    return list(products.order_by("-id")[:MOST_FOUND])


class OfferingMixin:
    """The views of the offer form and of its product picker."""

    @in_store_time
    def negotiate_view(self, request, refund):
        """Fill in (GET), see what the buyer will see (POST preview), send (POST send) or go back (POST edit)."""
        situation = Situation(refund, request.now, actor_of(request.user))
        panel = build_panel(request.user, situation)
        code = request.POST.get("method") or request.GET.get("method")
        return self.decide(request, refund, SendOffer(situation, panel, code or panel.first_code))

    @in_store_time
    def products_view(self, request, refund):
        """What the picker finds in the warehouse of the refund's store, as a piece of HTML.

        With a `method`, what is too dear for whoever looks says so.
        """
        require(request.user, SEND_OFFERS, refund.store_id)
        term = request.GET.get("q", "").replace("\0", "").strip()[:100]
        found = find_products(refund.store_id, term)
        if (method := METHODS.get(request.GET.get("method", ""))) is not None and method.sends_parcel:
            situation = Situation(refund, request.now, actor_of(request.user))
            for product in found:
                product.why_not = why_too_dear(situation, method, product)
        return render(request, "workbench/refunds/products.html", {"products": found, "full": len(found) == MOST_FOUND})
