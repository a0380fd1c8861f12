"""A phone's photograph or film, written anew by a process that may take so much memory and time and no more.

Whatever a file makes of the decoders there, this process, its secrets and its database are out of their reach.
"""

import json
import logging
import subprocess
import sys

from django.conf import settings
from django.utils.translation import gettext_lazy

from common.errors import Invalid
from common.log_values import last_words_without_values
from common.pictures import MOST_PIXELS_AT_ONCE

log = logging.getLogger("wanliu.files")

MOST_SECONDS = 30.0
_LAST_WORDS = 500  # characters that a process that broke may leave for the log
# What the reading process says → the code and the sentence that clients are told.
_UNREADABLE = {
    "broken": ("invalid_file", gettext_lazy("This photo or film can't be read; save it anew and try again.")),
    "cut_off": ("invalid_file", gettext_lazy("This film is cut off; send it again.")),
    "no_film": (
        "invalid_type",
        gettext_lazy("This film can't be shown in browsers; save it as MP4 (H.264) and try again."),
    ),
    "too_many_pixels": (
        "too_many_pixels",
        gettext_lazy("The image has too many pixels: at most %(most)d million."),
    ),
}


def is_isomedia(content: bytes) -> bool:
    """Whether the bytes begin as ISO's container does: with a box that says of which brands the file is."""
    return content[4:8] == b"ftyp"


def read_apart(content: bytes, field: str) -> tuple[bytes, str]:
    """The file written anew, and its type. Invalid, naming `field`, for what can't be read or takes too much."""
    try:
        process = subprocess.run(
            [sys.executable, "-m", "common.isomedia"],
            input=content,
            capture_output=True,
            timeout=MOST_SECONDS,
            cwd=settings.BASE_DIR,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _invalid("broken", field) from None
    said, _line, written = process.stdout.partition(b"\n")
    if process.returncode:  # ended by its limits, or by what it read
        log.warning(
            "a photo or film could not be read (%d): %s",
            process.returncode,
            last_words_without_values(process.stderr.decode(errors="replace")[-_LAST_WORDS:]),
        )
    told = json.loads(said) if said and not process.returncode else {"error": "broken"}
    if "error" in told:
        raise _invalid(told["error"], field)
    return written, told["type"]


def _invalid(said: str, field: str) -> Invalid:
    code, text = _UNREADABLE[said]
    return Invalid(field, str(text % {"most": MOST_PIXELS_AT_ONCE // 1_000_000}), code)
