"""A photograph as JPEG (or PNG, where it is transparent in places)."""

from io import BytesIO

from pi_heif import register_heif_opener
from PIL import Image

from common.isomedia.faults import MediaFault, TooManyPixels
from common.pictures import MOST_PIXELS_AT_ONCE, pixels_at_once, write_anew

# The brands by which a file says that it is a photograph → how Pillow calls its format.
FORMATS = {b"avif": "AVIF", **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"mif1"), "HEIF")}

register_heif_opener(thumbnails=False)


def write_photo(content: bytes, image_format: str) -> tuple[bytes, str]:
    """The photograph itself, written anew, and its type."""
    try:
        image = Image.open(BytesIO(content), formats=[image_format])
    except Exception:
        raise MediaFault from None  # decoders of hostile bytes raise anything
    if pixels_at_once(image) > MOST_PIXELS_AT_ONCE:
        raise TooManyPixels
    try:
        return write_anew(image)
    except Exception:
        raise MediaFault from None
