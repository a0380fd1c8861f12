"""What the buyer sees and answers. A GET never changes anything; a POST needs the page's CSRF token."""

from csp.decorators import csp_replace
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View

from common.actors import Actor, ActorKind
from common.calendar import end_face
from common.errors import WanliuError
from common.rates import over_rate
from common.tenancy import tenant_scope
from common.texts import is_blank, without_unfit
from offers.actions import READ_WITHIN, accept_offer, decline_offer
from offers.buyer.evidence import NOTE_LENGTH, show_evidence
from offers.buyer.links import BuyerLink, read_link
from offers.coupons import coupons_of
from offers.methods import METHODS, Terms
from offers.models import CouponGrant, Offer
from offers.states import OfferStatus
from orders.api.address import MAX_ADDRESS
from refunds.messages import post_message
from refunds.models import Evidence, Message, Refund
from refunds.platform.evidence import why_not_show
from refunds.states import CaseSide
from stores.instants import on_clock_of
from stores.models import Store

POSTS_PER_MINUTE = 20
VIEWS_PER_MINUTE = 60
MESSAGE_LENGTH = 1000
ANSWERS = {"accept": accept_offer, "decline": decline_offer}
NO_SCRIPTS = {"script-src": ["'none'"], "style-src": ["'self'"]}


def buyer_sees(offer: Offer) -> str:
    """The proposal in the buyer's words."""
    terms = Terms(
        message=offer.message,
        amount=offer.amount,
        return_address=offer.return_address,
        product=offer.product,
        coupons=coupons_of(offer),
    )
    return METHODS[offer.method].buyer_sees(offer.refund, terms)


AGREED = (OfferStatus.ACCEPTED, OfferStatus.ACCEPTED_WAITING)


def what_comes(offer: Offer) -> list[str]:
    """What the buyer who said yes may expect, sentence by sentence; a promise waits for the marketplace first."""
    method = METHODS[offer.method]
    if offer.status == OfferStatus.ACCEPTED:
        return method.after_yes(offer)
    facts = {"marketplace": offer.refund.store.get_marketplace_display(), "store": offer.refund.store.name}
    if method.changes_refund:
        return [_("%(store)s has asked %(marketplace)s to change your request as agreed.") % facts]
    facts["due"] = end_face(offer.due_at - READ_WITHIN, offer.refund.store.time_zone)
    return [
        _("Now withdraw your request at %(marketplace)s, by %(due)s. As soon as it is withdrawn, you get this.") % facts
    ]


def typed(request, name: str, most: int) -> str:
    """What the buyer typed, without what no text of ours can hold, cut to what it may be."""
    text = without_unfit(request.POST.get(name, "")).strip()[:most]
    return "" if is_blank(text) else text


@method_decorator(csp_replace(NO_SCRIPTS), name="dispatch")
class BuyerPage(View):
    """`/b/<token>/`: the request, the offer with its two answers, and the thread with the seller."""

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request, token):
        """Open the scope that the link stands for; a bad link looks like any missing page."""
        link = read_link(token)
        if link is None:
            raise Http404
        kind, most = ("post", POSTS_PER_MINUTE) if request.method == "POST" else ("view", VIEWS_PER_MINUTE)
        wait_s = over_rate(f"buyer:{kind}:{token[-40:]}", most=most, window_s=60)
        if wait_s:
            response = HttpResponse(_("Too many requests; try again in a minute."), status=429)
            response["Retry-After"] = str(wait_s)
            return response
        with tenant_scope(link.store_id), on_clock_of(Store.objects.get(pk=link.store_id), request):
            response = super().dispatch(request, link=link, token=token)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "same-origin"  # with "no-referrer" a browser posts forms with a null origin
        return response

    def get(self, request, link: BuyerLink, token: str):
        """Show the page, or with `?answer=` the confirmation of an answer."""
        return self.show(request, link, answer=request.GET.get("answer", ""))

    def post(self, request, link: BuyerLink, token: str):
        """Answer the offer, or write to the seller."""
        try:
            with transaction.atomic():
                self.act(request, link)
        except WanliuError as error:
            return self.show(request, link, error=str(error), status=409)
        return redirect("buyer-page", token)

    def act(self, request, link: BuyerLink) -> None:
        """Call the action that the form stands for."""
        refund = self.refund(link)
        actor, now = self.buyer(refund), request.now
        match request.POST.get("do", ""):
            case "message":
                if text := typed(request, "text", MESSAGE_LENGTH):
                    post_message(store_id=link.store_id, refund_id=link.refund_id, text=text, actor=actor, now=now)
            case "evidence":
                file, note = request.FILES.get("file"), typed(request, "note", NOTE_LENGTH)
                show_evidence(refund, file, note, actor=actor, now=now)
            case "accept" | "decline" as what:
                offer = self.pending(refund)
                if offer is None or str(offer.pk) != request.POST.get("offer"):
                    raise WanliuError(_("This offer is over."))
                terms = {}
                if what == "accept" and "address" in request.POST:
                    terms["address"] = typed(request, "address", MAX_ADDRESS)
                ANSWERS[what](store_id=link.store_id, offer_id=offer.pk, actor=actor, now=now, **terms)

    @staticmethod
    def buyer(refund: Refund) -> Actor:
        """Who answers: whoever has the link stands for the order's buyer."""
        return Actor(ActorKind.BUYER, f"buyer:{refund.order.buyer_id}"[:64], refund.order.buyer_name)

    def refund(self, link: BuyerLink) -> Refund:
        """The refund with its order and store."""
        refunds = Refund.objects.for_store(link.store_id).select_related("order", "store", "return_address")
        refund = refunds.filter(pk=link.refund_id).first()
        if refund is None or refund.order.erased_at is not None:
            raise Http404
        return refund

    def pending(self, refund: Refund) -> Offer | None:
        """The offer that waits for an answer."""
        offers = Offer.objects.for_store(refund.store_id).pending().filter(refund=refund, due_at__gt=self.request.now)
        offer = offers.select_related("product", "return_address").first()
        if offer is not None:
            offer.refund = refund
        return offer

    def past(self, refund: Refund) -> list[Offer]:
        """The offers that were answered or have ended, oldest first."""
        offers = Offer.objects.for_store(refund.store_id).filter(refund=refund).exclude(status=OfferStatus.PENDING)
        found = list(offers.select_related("product", "return_address").order_by("id"))
        for offer in found:
            offer.refund = refund
        return found

    def grants(self, refund: Refund):
        """What the buyer holds of the store for this order, the newest first (K7)."""
        grants = CouponGrant.objects.for_store(refund.store_id).filter(order=refund.order_id, ended_at=None)
        return grants.select_related("coupon").order_by("-id")

    def show(self, request, link: BuyerLink, *, answer: str = "", error: str = "", status: int = 200):
        """Render the page inside the scope."""
        refund = self.refund(link)
        offer = self.pending(refund)
        past = self.past(refund)
        agreed = next((old for old in reversed(past) if old.status in AGREED), None)
        context = {
            "refund": refund,
            "lines": refund.lines.select_related("line"),
            "offer": offer,
            "sees": buyer_sees(offer) if offer else "",
            "coupons": coupons_of(offer) if offer else [],
            "method": METHODS[offer.method] if offer else None,
            "facts": METHODS[offer.method].buyer_facts(offer) if offer else {},
            "address_length": MAX_ADDRESS,
            "grants": self.grants(refund),
            "past": past,
            "agreed": None if offer else agreed,
            "agreed_sees": buyer_sees(agreed) if agreed and not offer else "",
            "comes": what_comes(agreed) if agreed and not offer else [],
            "thread": Message.objects.for_store(link.store_id).filter(refund=refund).order_by("id"),
            "shown": Evidence.objects.for_store(link.store_id)
            .filter(refund=refund, side=CaseSide.BUYER)
            .order_by("id"),
            "may_show": why_not_show(refund, CaseSide.BUYER, request.now) is None,
            "note_length": NOTE_LENGTH,
            "answer": answer if offer and answer in ANSWERS else "",
            "error": error,
            "message_length": MESSAGE_LENGTH,
            "languages": settings.LANGUAGES,
        }
        with timezone.override(refund.store.time_zone):
            return render(request, "offers/buyer_page.html", context, status=status)
