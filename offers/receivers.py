"""What this room does when lower rooms have news."""

from django.dispatch import receiver

from offers.actions import end_pending
from offers.models import Offer
from refunds.signals import refunds_decided


@receiver(refunds_decided)
def end_pending_offers(sender, refunds, writes, actor, now, **kwargs) -> None:
    """A decision ends what the buyer was still asked about (T8)."""
    by_id = {refund.pk: refund for refund in refunds}
    store_ids = {refund.store_id for refund in refunds}
    pending = (
        Offer.objects.pending()
        .filter(store_id__in=store_ids, refund_id__in=by_id)
        .select_for_update(no_key=True)
        .order_by("pk")
    )
    offers = list(pending)
    for offer in offers:
        offer.refund = by_id[offer.refund_id]
    end_pending(writes, offers, actor=actor, now=now)
