"""Makes what somebody uploads harmless.

Images are decoded and written anew, PDFs are kept as they are, everything else is refused.

The bytes decide what a file is, never its name or the type that the client states.
"""

import hashlib
import threading
import unicodedata
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from common.dear import long_work
from common.errors import Busy, Invalid

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_PIXELS_AT_ONCE = 16_000_000  # where the whole picture must be in memory to be made smaller
DECODED_AT_ONCE = 2  # pictures, in this process
WAITS_S = 10.0
LONGEST_SIDE = 2400  # pixels; larger images are made smaller
LONGEST_NAME = 100

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
SUFFIXES = {JPEG: ".jpg", PNG: ".png", PDF: ".pdf"}
# How files of each kind begin; WebP says so after its length.
_IMAGE_STARTS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"RIFF": "WEBP"}
_PDF_START, _PDF_END, _PDF_TAIL = b"%PDF-", b"%%EOF", 2048

_decoding = threading.BoundedSemaphore(DECODED_AT_ONCE)


@dataclass(frozen=True)
class CleanFile:
    """A file that may be kept and shown: `content` is what we wrote, `name` is fit to be offered as a download."""

    name: str
    type: str
    content: bytes

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)

    @property
    def sha256(self) -> str:
        """Of the content as kept, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def clean_upload(file: BinaryIO, name: str, *, field: str = "file") -> CleanFile:
    """The upload as it may be kept.

    Invalid, naming `field`, for everything that isn't a sound JPEG, PNG, WebP or PDF.
    """
    content = file.read(MOST_BYTES + 1)
    if not content:
        raise Invalid(field, _("The file is empty."), "empty")
    if len(content) > MOST_BYTES:
        raise too_large(field)
    if content.startswith(_PDF_START):
        if _PDF_END not in content[-_PDF_TAIL:]:
            raise Invalid(field, _("This PDF is cut off; save it anew and try again."), "invalid_file")
        return CleanFile(_tidy(name, PDF), PDF, content)
    image_format = next((kind for start, kind in _IMAGE_STARTS.items() if content.startswith(start)), None)
    if image_format is None:
        raise Invalid(field, _("Only JPEG, PNG and WebP images and PDF files are taken."), "invalid_type")
    written, kind = _write_anew(content, image_format, field)
    return CleanFile(_tidy(name, kind), kind, written)


def too_large(field: str) -> Invalid:
    """What to say about a file of too many bytes."""
    return Invalid(
        field, _("The file is too large: at most %(most)d MB.") % {"most": MOST_BYTES // 1024**2}, "file_too_large"
    )


def _write_anew(content: bytes, image_format: str, field: str) -> tuple[bytes, str]:
    """The picture itself as JPEG, or PNG where it had transparency or was one: nothing that hid beside it survives."""
    broken = Invalid(field, _("This image can't be read; save it anew and try again."), "invalid_image")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we count the pixels ourselves
            image = Image.open(BytesIO(content), formats=[image_format])
    except Image.DecompressionBombError:
        raise _too_many_pixels(field, MOST_PIXELS) from None
    except Exception:
        raise broken from None  # decoders of hostile bytes raise anything
    # JPEG can be read in a smaller size, unless it is a progressive one.
    in_steps = image_format == "JPEG" and not image.info.get("progressive")
    most = MOST_PIXELS if in_steps else MOST_PIXELS_AT_ONCE
    if image.width * image.height > most:
        raise _too_many_pixels(field, most)
    busy = Busy(_("Too many pictures are being read; try again in a moment."))
    with long_work(busy):
        if not _decoding.acquire(timeout=WAITS_S):
            raise busy
        try:
            return _decode(image, image_format, broken)
        finally:
            _decoding.release()


def _decode(image: Image.Image, image_format: str, broken: Invalid) -> tuple[bytes, str]:
    try:
        if image_format == "JPEG":
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        image = ImageOps.exif_transpose(image)
        has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
        image = image.convert("RGBA" if has_alpha else "RGB")
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    except Exception:
        raise broken from None
    image.info = {}  # comments, EXIF, profiles: savers would copy them
    as_png = has_alpha or image_format == "PNG"
    written = BytesIO()
    image.save(written, "PNG" if as_png else "JPEG", **({} if as_png else {"quality": 88}))
    return written.getvalue(), PNG if as_png else JPEG


def _too_many_pixels(field: str, most: int) -> Invalid:
    return Invalid(
        field,
        _("The image has too many pixels: at most %(most)d million.") % {"most": most // 1_000_000},
        "too_many_pixels",
    )


def _tidy(name: str, kind: str) -> str:
    """A name without folders, control characters and foreign endings: `发票 1.pdf`."""
    visible = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    stem = PurePosixPath(visible.replace("\\", "/")).stem.strip(". ")
    return (stem[: LONGEST_NAME - len(SUFFIXES[kind])] or "file") + SUFFIXES[kind]
