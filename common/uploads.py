"""Makes what somebody uploads harmless.

Images are decoded and written anew, films are cut out of what surrounds them, PDFs are kept as they are, everything
else is refused.

The bytes decide what a file is, never its name or the type that the client states.
"""

import hashlib
import threading
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image

from common.dear import long_work
from common.errors import Busy, Invalid
from common.isomedia.reading import is_isomedia, read_apart
from common.pictures import JPEG, MOST_PIXELS_AT_ONCE, PNG, WEBP, pixels_at_once, write_anew

MIB = 2**20
MOST_BYTES, MOST_FILM_BYTES = 10 * MIB, 30 * MIB
MOST_PIXELS = 40_000_000  # of a picture that can be read in a smaller size
DECODED_AT_ONCE = 2  # in this process
WAITS_S = 10.0
LONGEST_NAME = 100

PDF, MP4 = "application/pdf", "video/mp4"
SUFFIXES = {JPEG: ".jpg", PNG: ".png", WEBP: ".webp", PDF: ".pdf", MP4: ".mp4"}
# How files of each kind begin; WebP says so after its length.
_IMAGE_STARTS = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"RIFF": "WEBP",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
}
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

    Invalid, naming `field`, for everything that isn't a sound picture, film or PDF; Busy while too many are read.
    """
    content = file.read(MOST_FILM_BYTES + 1)
    if not content:
        raise Invalid(field, _("The file is empty."), "empty")
    most = MOST_FILM_BYTES if is_isomedia(content) else MOST_BYTES
    if len(content) > most:
        raise too_large(field, most)
    if content.startswith(_PDF_START):
        if _PDF_END not in content[-_PDF_TAIL:]:
            raise Invalid(field, _("This PDF is cut off; save it anew and try again."), "invalid_file")
        return CleanFile(_tidy(name, PDF), PDF, content)
    if is_isomedia(content):
        with _turn():
            written, kind = read_apart(content, field)
    else:
        written, kind = _read_picture(content, field)
    return CleanFile(_tidy(name, kind), kind, written)


def too_large(field: str, most: int = MOST_BYTES) -> Invalid:
    """What to say about a file of too many bytes."""
    return Invalid(field, _("The file is too large: at most %(most)d MB.") % {"most": most // MIB}, "file_too_large")


def _read_picture(content: bytes, field: str) -> tuple[bytes, str]:
    image_format = next((kind for start, kind in _IMAGE_STARTS.items() if content.startswith(start)), None)
    if image_format is None:
        raise Invalid(
            field,
            _("Only pictures (JPEG, PNG, WebP, GIF, HEIC), films (MP4, MOV) and PDF files are taken."),
            "invalid_type",
        )
    broken = Invalid(field, _("This image can't be read; save it anew and try again."), "invalid_image")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we count the pixels ourselves
            image = Image.open(BytesIO(content), formats=[image_format])
            pixels = pixels_at_once(image)
    except Image.DecompressionBombError:
        raise _too_many_pixels(field, MOST_PIXELS) from None
    except Exception:
        raise broken from None  # decoders of hostile bytes raise anything
    # JPEG can be read in a smaller size, unless it is a progressive one.
    in_steps = image_format == "JPEG" and not image.info.get("progressive")
    most = MOST_PIXELS if in_steps else MOST_PIXELS_AT_ONCE
    if pixels > most:
        raise _too_many_pixels(field, most)
    with _turn():
        try:
            return write_anew(image)
        except Exception:
            raise broken from None


@contextmanager
def _turn() -> Iterator[None]:
    """One of the few places in which pictures and films are read. Busy when none gets free."""
    busy = Busy(_("Too many pictures are being read; try again in a moment."))
    with long_work(busy):
        if not _decoding.acquire(timeout=WAITS_S):
            raise busy
        try:
            yield
        finally:
            _decoding.release()


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
