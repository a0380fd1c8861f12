"""The evidence pack at a worker and at the desk: asked for, watched, taken (Q17)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from common.errors import Refused
from common.progress import note_progress, noted_progress
from refunds.models import Dispute, EvidencePack
from refunds.platform.packs import (
    ask_for_pack,
    being_made,
    make_packs,
    pack_of,
    take_pack,
    why_not_ask_for_pack,
)
from refunds.states import PackStatus
from stores.permissions import SHOW_EVIDENCE, require
from workbench.cases.pack import build_pack, pack_name
from workbench.kit.base import by
from workbench.kit.decisions import Decision
from workbench.kit.frame import in_store_time

WHOLE = 100  # per cent
WAIT_S = 1  # until it is worth asking again


def set_pack(pack: EvidencePack, now: datetime) -> bytes:
    """The PDF of a pack in its language; how far it is can be asked meanwhile."""
    disputes = Dispute.objects.for_store(pack.store_id).select_related("store", "refund__order", "refund__store")
    dispute = disputes.get(pk=pack.dispute_id)
    try:
        with translation.override(pack.language):
            return build_pack(dispute, now, lambda share: note_progress(pack, int(share * WHOLE)))
    finally:
        note_progress(pack, 0)  # the next time begins at nothing


def make_due_packs(*, ids: Sequence[UUID] | None = None, limit: int = 1) -> int:
    """Make packs that were asked for; returns how many were taken up."""
    return make_packs(set_pack, ids=ids, limit=limit)


def percent_of(pack: EvidencePack) -> int:
    """Which share of the pack is made, as far as is known."""
    if pack.status == PackStatus.MADE:
        return WHOLE
    return min(noted_progress(pack).done, WHOLE) if pack.status == PackStatus.MAKING else 0


def pack_response(dispute: Dispute, content: bytes) -> HttpResponse:
    """The PDF as a download."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{pack_name(dispute)}"'
    response["Cache-Control"] = "private, no-store"
    return response


class MakePack(Decision):
    """Have the pack made in the language of the page, anew if there is one."""

    code, icon, tone = "make-pack", "picture_as_pdf", ""
    label = gettext_lazy("Make the evidence pack (PDF)")
    done = gettext_lazy("The evidence pack is being made.")
    capability, anchor = SHOW_EVIDENCE, "#pack"
    is_inline, is_read_here, heeds_news = True, False, False

    def __init__(self, pack: EvidencePack | None = None):
        if pack is not None:
            self.label = gettext_lazy("Make it anew")

    def refusal(self, dispute, now):
        return why_not_ask_for_pack(pack_of(dispute, translation.get_language()), being_made(dispute.store_id))

    def run(self, dispute, data, *, actor, now):
        language = translation.get_language()
        ask_for_pack(store_id=dispute.store_id, dispute_id=dispute.pk, language=language, actor=actor, now=now)


class PackMixin:
    """The views of the disputes' admin that tell how far a pack is and give it out."""

    def get_urls(self):
        """The pack's addresses, before the admin's catch-all."""
        view = self.admin_site.admin_view
        return [
            path("<uuid:object_id>/pack/", view(require_safe(self.pack_view)), name="refunds_dispute_pack"),
            path(
                "<uuid:object_id>/pack/progress/",
                view(require_safe(self.pack_progress_view)),
                name="refunds_dispute_pack_progress",
            ),
            *super().get_urls(),
        ]

    def pack_card(self, request: HttpRequest, dispute: Dispute) -> dict:
        """What the dispute's page shows of the pack."""
        pack = pack_of(dispute, translation.get_language())
        return {
            "pack": pack,
            "pack_percent": percent_of(pack) if pack else 0,
            "make_pack": self.choice(request, dispute, MakePack(pack)),
        }

    @in_store_time
    def pack_view(self, request: HttpRequest, dispute: Dispute) -> HttpResponse:
        """The finished pack, for those who may show evidence: it holds the buyer's name and address."""
        require(request.user, SHOW_EVIDENCE, dispute.store_id)
        pack = pack_of(dispute, translation.get_language())
        try:
            return pack_response(dispute, take_pack(dispute=dispute, pack=pack, **by(request)))
        except Refused:
            return self.back(dispute, anchor=MakePack.anchor)  # where it stands how far it is

    @in_store_time
    def pack_progress_view(self, request: HttpRequest, dispute: Dispute) -> JsonResponse:
        """How far the pack is, for the page to show."""
        pack = pack_of(dispute, translation.get_language())
        finished = pack is None or pack.status != PackStatus.MAKING
        return JsonResponse({"total": WHOLE, "done": percent_of(pack) if pack else WHOLE, "finished": finished})
