"""The reading process: a file on stdin; on stdout a line of JSON and, where it says a `type`, the file written anew.

`{"error": code}` is the other line. It gets no more memory and time than allowed, and knows no secret.
"""

import json
import os
import resource
import sys
from contextlib import suppress

from common.isomedia.faults import MediaFault, TooManyPixels
from common.isomedia.films import write_film
from common.isomedia.photos import FORMATS, write_photo

LIMITS = {
    resource.RLIMIT_AS: 2**30,  # bytes
    resource.RLIMIT_CPU: 20,  # seconds
    resource.RLIMIT_FSIZE: 64 * 2**20,  # bytes
    resource.RLIMIT_CORE: 0,
}


def written_anew(content: bytes) -> tuple[bytes, str]:
    """What it says it is by the brands of its first box decides who reads it."""
    brands = content[8 : min(int.from_bytes(content[:4]), 200)]
    image_format = next((kind for brand, kind in FORMATS.items() if brand in brands), None)
    return write_photo(content, image_format) if image_format else write_film(content)


def answer_stdin() -> None:
    """Read stdin."""
    for what, most in LIMITS.items():
        with suppress(ValueError, OSError):  # some systems don't limit everything
            resource.setrlimit(what, (most, most))
    os.nice(5)  # whoever waits for a page comes first
    try:
        content, kind = written_anew(sys.stdin.buffer.read())
    except MemoryError:
        told, content = {"error": TooManyPixels.code}, b""
    except MediaFault as fault:
        told, content = {"error": fault.code}, b""
    else:
        told = {"type": kind}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + content)


answer_stdin()
