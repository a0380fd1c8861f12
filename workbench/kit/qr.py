"""Texts as QR codes, drawn into the page: an address of a picture would carry the secret into logs."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

QUIET = 4  # modules of margin that readers need


def qr_svg(text: str, label: str) -> SafeString:
    """The text as an SVG element, dark on light in every theme."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    rows = [(y, row) for y, row in enumerate(code.modules, QUIET)]
    squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in rows for x, dark in enumerate(row, QUIET) if dark)
    side = len(rows) + 2 * QUIET
    return format_html(
        '<svg class="wl-qr" role="img" aria-label="{}" viewBox="0 0 {} {}" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{}v{}H0z"/><path fill="#000" d="{}"/></svg>',
        label,
        side,
        side,
        side,
        side,
        squares,
    )
