"""Refunds that were paid at once, disputed, appealed against or proved, and parcels that nobody announced."""

from io import BytesIO

from PIL import Image

from common import uploads
from common.writes import WriteSet
from refunds import actions as refund_actions
from refunds.events import REFUND_REFUNDED_INSTANTLY
from refunds.platform.appeals import open_appeal
from refunds.platform.disputes import open_dispute
from refunds.platform.evidence import add_evidence, stored
from refunds.platform.packs import ask_for_pack
from refunds.unclaimed.recording import add_parcel_photo, put_parcel_aside
from tests.world import BUYER, MERCHANT, NOON, Shop
from workbench.cases.packs import make_due_packs


def _photo() -> bytes:
    picture = BytesIO()
    Image.new("RGB", (4, 3), "teal").save(picture, "PNG")
    return picture.getvalue()


PHOTO = _photo()


def make_evidence(shop: Shop, refund, *, side: str = "buyer"):
    """A photograph of the buyer's, or of the merchant's."""
    file = uploads.clean_upload(BytesIO(PHOTO), "photo.png")
    with shop.scope(), stored(shop.store.pk, file) as stored_as:
        return add_evidence(
            store_id=shop.store.pk,
            refund_id=refund,
            side=side,
            file=file,
            stored_as=stored_as,
            note="broken",
            actor=BUYER,
            now=NOON,
        )


def make_dispute(shop: Shop):
    """A dispute that the buyer has opened."""
    refund = shop.refund()
    with shop.scope():
        return open_dispute(
            store_id=shop.store.pk, refund_id=refund.pk, opened_by="buyer", plea="broken", actor=BUYER, now=NOON
        )


def make_pack(shop: Shop, language: str = "en"):
    """An evidence pack that a worker has made."""
    case = make_dispute(shop)
    with shop.scope():
        pack = ask_for_pack(store_id=shop.store.pk, dispute_id=case.pk, language=language, actor=MERCHANT, now=NOON)
    assert make_due_packs(ids=[pack.pk]) == 1
    return shop.reload(pack)


def make_instant_refund(shop: Shop):
    """A refund that the platform has paid at once, as some marketplace's rules would have it."""
    refund, writes = shop.refund(), WriteSet()
    with shop.scope():
        refund = refund_actions.lock_refund(store_id=shop.store.pk, refund_id=refund.pk)
        refund.refund_instantly()
        refund_actions.pay(writes, refund, actor=BUYER, now=NOON)
        writes.update(refund, "is_instant")
        refund_actions.record(
            writes,
            REFUND_REFUNDED_INSTANTLY,
            refund,
            "awaiting_merchant",
            actor=BUYER,
            now=NOON,
            rule="P5",
            amount=str(refund.amount),
            credit_score=0,
            vip=False,
        )
        writes.flush()
    return refund


def make_appeal(shop: Shop):
    """An appeal against an instant refund."""
    refund = make_instant_refund(shop)
    with shop.scope():
        return open_appeal(
            store_id=shop.store.pk, refund_id=refund.pk, plea="a brick came back", actor=MERCHANT, now=NOON
        )


def make_unclaimed(shop: Shop, number: str = "SF40000001", **read):
    """A parcel that nobody announced, with a photograph."""
    file = uploads.clean_upload(BytesIO(PHOTO), "photo.png")
    with shop.scope(), stored(shop.store.pk, file) as stored_as:
        told = {"actor": MERCHANT, "now": NOON}
        parcel = put_parcel_aside(store=shop.store, tracking_number=number, **told, **read)
        of_parcel = {"store_id": shop.store.pk, "parcel_id": parcel.pk}
        add_parcel_photo(**of_parcel, file=file, stored_as=stored_as, note="", **told)
    return parcel
