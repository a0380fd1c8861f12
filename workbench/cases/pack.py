"""The evidence pack: everything about a dispute as one PDF, to be kept or handed on (Q17)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from io import BytesIO
from xml.sax.saxutils import escape

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Image, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from common.words import labelled
from orders.models import Order
from orders.pieces import named_pieces, read_parts
from orders.waybills import carrier_label
from refunds.models import Dispute, Evidence, Message
from refunds.platform.suggestions import explain
from refunds.states import CaseSide
from workbench.kit.marks import end, moment
from workbench.kit.timeline import Entry, negotiation, timeline
from workbench.kit.words import yuan

# Every PDF reader brings this font or one that stands in for it; no font of ours covers all of Chinese.
FONT = "STSong-Light"
INK, SOFT, LINE = HexColor("#1c2626"), HexColor("#5d6b6b"), HexColor("#d5dddd")
TEXT = ParagraphStyle("text", fontName=FONT, fontSize=10, leading=15, textColor=INK, wordWrap="CJK")
SMALL = ParagraphStyle("small", TEXT, fontSize=8.5, leading=12, textColor=SOFT)
TITLE = ParagraphStyle("title", TEXT, fontSize=18, leading=26)
HEADING = ParagraphStyle("heading", TEXT, fontSize=13, leading=20, spaceBefore=12, spaceAfter=4, textColor="#0e5f5c")
QUOTE = ParagraphStyle("quote", TEXT, leftIndent=10, borderPadding=(2, 0, 2, 8), spaceAfter=4)
MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
TALLEST_IMAGE = 100 * mm
PARTS_A_WORD = 20  # so many parts (a heading, a table, a picture) are set between two words about it


def pack_name(dispute: Dispute) -> str:
    """What the file is called: `dispute-2611-1a2b3c4d.pdf`."""
    number = "".join(
        char for char in dispute.refund.order.number if char.isascii() and (char.isalnum() or char in "-_")
    )
    return f"dispute-{number}-{dispute.pk.hex[-8:]}.pdf"


def build_pack(dispute: Dispute, now: datetime, told: Callable[[float], None]) -> bytes:
    """The PDF, in the reader's language and the time zone of the store; `told` learns which share of it is set.

    The dispute comes with refund, order and store.
    """
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    written = BytesIO()
    document = SimpleDocTemplate(
        written,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=_("Evidence pack"),
        author="Wanliu",
    )
    number = dispute.refund.order.number

    def footer(canvas, document) -> None:
        canvas.setFont(FONT, 8)
        canvas.setFillColor(SOFT)
        canvas.drawString(MARGIN, 10 * mm, number)
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, str(document.page))

    with timezone.override(dispute.refund.store.time_zone):
        story = list(_story(dispute, now))
        document.setProgressCallBack(partial(_tell_progress, len(story), told))
        document.build(story, onFirstPage=footer, onLaterPages=footer)
    return written.getvalue()


def _tell_progress(parts: int, told: Callable[[float], None], kind: str, value: int) -> None:
    """What ReportLab says after each part, handed on now and then."""
    if kind == "PROGRESS" and value % PARTS_A_WORD == 0:
        told(min(value / parts, 1.0))


def _story(dispute: Dispute, now: datetime) -> Iterator[Flowable]:
    refund = dispute.refund
    yield Paragraph(escape(_("Evidence pack")), TITLE)
    yield Paragraph(
        escape(_("Made %(at)s, times in %(zone)s") % {"at": moment(now), "zone": refund.store.time_zone}), SMALL
    )
    yield from _case(dispute)
    yield from _order(dispute)
    yield from _decision(dispute)
    yield from _both_sides(dispute)
    yield from _record(_("Negotiation record"), negotiation(refund.store_id, refund.pk))
    yield from _messages(dispute)
    yield from _record(_("Timeline"), reversed(timeline(refund.store_id, refund.pk)))


def _heading(text: str) -> Paragraph:
    return Paragraph(escape(text), HEADING)


def _table(rows: Iterable[tuple[str, object]]) -> Table:
    cells = [[Paragraph(escape(str(name)), SMALL), Paragraph(escape(str(value)), TEXT)] for name, value in rows]
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
    return Table(cells, colWidths=[42 * mm, WIDTH - 42 * mm], style=style)


def _case(dispute: Dispute) -> Iterator[Flowable]:
    refund = dispute.refund
    yield _heading(_("Dispute and request"))
    yield _table(
        [
            (_("Store"), f"{refund.store.name} · {refund.store.get_marketplace_display()}"),
            (_("Status"), dispute.get_status_display()),
            (_("opened by").capitalize(), f"{dispute.get_opened_by_display()} · {moment(dispute.opened_at)}"),
            (_("evidence until").capitalize(), end(dispute.evidence_until)),
            (
                _("Request"),
                f"{refund.get_kind_display()} · {refund.get_reason_display()} · {moment(refund.created_at)}",
            ),
            (_("Amount"), yuan(refund.amount)),
            (_("Description"), refund.description or "–"),
            (_("Why it was rejected"), refund.rejection_reason or "–"),
        ]
    )


def _order(dispute: Dispute) -> Iterator[Flowable]:
    order = dispute.refund.order
    vip = " · VIP" if order.buyer_is_vip else ""
    yield _heading(_("Order"))
    yield _table(
        [
            (_("Number"), order.number),
            (_("Buyer"), f"{order.buyer_name} · {_('Credit score')} {order.buyer_credit_score}{vip}"),
            (_("Paid"), f"{yuan(order.paid_amount)} · {moment(order.paid_at)}"),
            *((_("Parcel"), line) for line in _parcels(order)),
            (_("Delivered"), moment(order.delivered_at)),
            *(
                (
                    _("Product"),
                    f"{line.line.label} × {line.quantity} · {yuan(line.line.unit_price)}",
                )
                for line in dispute.refund.own_lines
            ),
        ]
    )


def _parcels(order: Order) -> list[str]:
    """Each parcel of an order that left in several, with what is in it; or its only one."""
    read_parts([order])
    if not order.parts:
        return [f"{carrier_label(order.carrier)} {order.tracking_number} · {moment(order.shipped_at)}"]
    return [
        " · ".join(
            [
                f"{parcel} · {moment(parcel.created_at)} · {parcel.get_status_display()}",
                *(f"{label} × {count}" for label, count in named_pieces(order, parcel.pieces)),
            ]
        )
        for parcel in order.parts
    ]


def _decision(dispute: Dispute) -> Iterator[Flowable]:
    if dispute.outcome:
        yield _heading(_("Decision"))
        amount = f" · {yuan(dispute.amount)}" if dispute.amount is not None else ""
        yield Paragraph(escape(f"{dispute.get_outcome_display()}{amount} · {moment(dispute.decided_at)}"), TEXT)
        yield Paragraph(escape(dispute.note), QUOTE)
    grounds = explain(dispute.suggestion)
    if grounds:
        yield _heading(_("What the rules suggest to weigh"))
        for ground in grounds:
            side = CaseSide(ground["speaks_for"]).label if ground["speaks_for"] else "–"
            yield Paragraph(escape(f"[{side}] {ground['text']}"), TEXT)


def _both_sides(dispute: Dispute) -> Iterator[Flowable]:
    files = list(Evidence.objects.for_store(dispute.store_id).filter(refund=dispute.refund_id).order_by("id"))
    for side in (CaseSide.BUYER, CaseSide.MERCHANT):
        says = dispute.says if side == dispute.opened_by else dispute.reply
        yield _heading(_("Plea and evidence: %(side)s") % {"side": side.label})
        yield Paragraph(escape(says or _("Has said nothing so far.")), QUOTE)
        own = [file for file in files if file.side == side]
        for file in own:
            yield from _file(file)
        if not own:
            yield Paragraph(escape(_("Has shown nothing so far.")), SMALL)


def _file(file: Evidence) -> Iterator[Flowable]:
    caption = [
        Paragraph(escape(f"{file.name} · {file.note}" if file.note else file.name), TEXT),
        Paragraph(escape(f"{moment(file.at)} · {file.author} · SHA-256 {file.sha256}"), SMALL),
        Spacer(0, 3 * mm),
    ]
    if not file.is_image:
        kind = _("A film of its own:") if file.is_film else _("A PDF file of its own:")
        yield from [Paragraph(escape(kind), SMALL), *caption]
        return
    try:
        with default_storage.open(file.stored_as) as content:
            image = Image(BytesIO(content.read()))
    except FileNotFoundError:
        yield from [Paragraph(escape(_("This file is missing in the storage:")), SMALL), *caption]
        return
    scale = min(WIDTH / image.imageWidth, TALLEST_IMAGE / image.imageHeight, 1)
    image.drawWidth, image.drawHeight = image.imageWidth * scale, image.imageHeight * scale
    image.hAlign = "LEFT"
    yield KeepTogether([image, *caption])


def _record(title: str, entries: Iterable[Entry]) -> Iterator[Flowable]:
    yield _heading(title)
    found = False
    for entry in entries:
        found = True
        facts = " · ".join(entry.details)
        yield Paragraph(escape(f"{entry.title}{' · ' if facts else ''}{facts}"), TEXT)
        for label, text in entry.said:
            yield Paragraph(escape(labelled(label, text) if label else text), QUOTE)
        rule = f" · {entry.rule}" if entry.rule else ""
        yield Paragraph(escape(f"{moment(entry.at)} · {entry.who}{rule}"), SMALL)
    if not found:
        yield Paragraph(escape(_("Nothing was offered and nobody wrote.")), SMALL)


def _messages(dispute: Dispute) -> Iterator[Flowable]:
    messages = Message.objects.for_store(dispute.store_id).filter(refund=dispute.refund_id).order_by("id")
    rows = [(f"{row.get_sender_display()} · {moment(row.at)}", row.text) for row in messages]
    if rows:
        yield _heading(_("Messages with the buyer"))
        yield _table(rows)
