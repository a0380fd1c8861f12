"""JSON out: what DRF's renderer writes, by a compiled encoder."""

from types import SimpleNamespace
from typing import Any

import orjson
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

# Line ends to JavaScript and not to JSON: DRF writes them so that an answer can be pasted into a script.
_LINE_ENDS = {"\u2028".encode(): b"\\u2028", "\u2029".encode(): b"\\u2029"}
_default = JSONEncoder().default


def to_json(data: Any) -> bytes:
    """The data as JSON. TypeError for what the compiled encoder doesn't take, such as numbers beyond 64 bits."""
    written = orjson.dumps(data, _default, orjson.OPT_PASSTHROUGH_DATETIME)
    for end, escaped in _LINE_ENDS.items():
        if end in written:
            written = written.replace(end, escaped)
    return written


class ByAccept(DefaultContentNegotiation):
    """The Accept header alone says how an answer is written: `format` is a parameter like others, known or refused."""

    settings = SimpleNamespace(URL_FORMAT_OVERRIDE=None)


class FastJSONRenderer(JSONRenderer):
    """Answers as DRF's own, which still does what is rare: indented answers, and what the encoder doesn't take."""

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        """The body."""
        if data is not None and self.get_indent(accepted_media_type, renderer_context or {}) is None:
            try:
                return to_json(data)
            except TypeError:
                pass
        return super().render(data, accepted_media_type, renderer_context)
