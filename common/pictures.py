"""Pictures written anew: upright, in sRGB, in eight bits, and nothing that hid beside their pixels survives.

It needs neither settings nor database: the process that reads what phones make (`common.isomedia`) uses it, too.
"""

from contextlib import suppress
from io import BytesIO
from typing import cast

from PIL import Image, ImageCms, ImageOps, ImageSequence

LONGEST_SIDE = 2400  # pixels; larger images are made smaller
MOST_PIXELS_AT_ONCE = 25_000_000  # where the whole picture must be in memory to be made smaller; phones take 24.5
JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
# Whose frames, where there are several, are one moving picture; a JPEG's are a preview and a map of its light.
MOVING = frozenset({"GIF", "PNG", "WEBP"})
_SRGB = ImageCms.createProfile("sRGB")
_FRAME_MS = 100  # where a picture doesn't say how long a frame is shown


def pixels_at_once(image: Image.Image) -> int:
    """How many pixels are in memory while the picture is written anew: of all frames, if it moves."""
    frames = getattr(image, "n_frames", 1) if image.format in MOVING else 1
    return image.width * image.height * frames


def write_anew(image: Image.Image) -> tuple[bytes, str]:
    """The picture and its type: JPEG, PNG where it was one or has transparency, WebP where it moves.

    Raises whatever a decoder raises for bytes that aren't sound.
    """
    if image.format in MOVING and getattr(image, "n_frames", 1) > 1:
        return _moving(image), WEBP
    if image.format == "JPEG":
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    as_png = image.format in ("PNG", "GIF")
    profile = image.info.get("icc_profile")
    upright = _eight_bits(cast(Image.Image, ImageOps.exif_transpose(image)))
    has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    plain = upright.convert("RGBA" if has_alpha else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = _in_srgb(plain, profile)
    plain.info = {}  # comments, EXIF, profiles: savers would copy them
    written = BytesIO()
    if as_png or has_alpha:
        plain.save(written, "PNG")
        return written.getvalue(), PNG
    plain.save(written, "JPEG", quality=88)
    return written.getvalue(), JPEG


def _moving(image: Image.Image) -> bytes:
    frames, times = [], []
    for frame in ImageSequence.Iterator(image):
        small = frame.convert("RGBA")  # before its time is asked: WebP knows it only then
        times.append(int(frame.info.get("duration") or _FRAME_MS))
        small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        small.info = {}
        frames.append(small)
    written = BytesIO()
    first, *others = frames
    first.save(written, "WEBP", save_all=True, append_images=others, duration=times, loop=0, method=2)
    return written.getvalue()


def _eight_bits(image: Image.Image) -> Image.Image:
    """Sixteen bits of grey as eight: Pillow would cut off what is above 255, and leave white."""
    if not image.mode.startswith("I"):
        return image
    grey = image.convert("I").point(lambda value: value / 257).convert("L")
    if isinstance(image.info.get("transparency"), int):
        grey.info["transparency"] = image.info["transparency"] // 257
    return grey


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours as the camera meant them: evidence of a wrong colour shows it. One that makes no sense is ignored."""
    if profile:
        with suppress(ImageCms.PyCMSError, OSError):
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            return cast(Image.Image, ImageCms.profileToProfile(image, source, _SRGB, outputMode=image.mode))
    return image
