"""A part of a file for whoever asks for one: players jump within films so, and some play nothing without."""

from contextlib import suppress
from http import HTTPStatus
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from whitenoise.responders import SlicedFile, StaticFile


def part_of(request: HttpRequest, content: BinaryIO, size: int) -> HttpResponseBase | None:
    """The part that `Range` asks for: 206, or 416 where the file has none of it. None for who asks for all of it.

    Several parts at once, other units and nonsense count as all of it (RFC 9110).
    """
    asked = request.headers.get("Range")
    if not asked or request.method != "GET":
        return None
    with suppress(ValueError):
        first, last = StaticFile.parse_byte_range(asked)
        first = max(size + first, 0) if first < 0 else first
        last = size - 1 if last is None else min(last, size - 1)
        if first > last:
            content.close()
            refused = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            refused["Content-Range"] = f"bytes */{size}"
            return refused
        response = StreamingHttpResponse(SlicedFile(content, first, last), status=HTTPStatus.PARTIAL_CONTENT)
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
        response["Content-Length"] = str(last - first + 1)
        return response
    return None
