"""JSON in: numbers stay exact, and what JSON forbids is refused. Files in: bounded, under names that are names."""

import codecs
import json
import re
from collections.abc import Iterator
from decimal import Decimal

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http.multipartparser import MultiPartParser as DjangoMultiPartParser
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import DataAndFiles, JSONParser, MultiPartParser

from common.uploads import MOST_BYTES, too_large

# What no text of ours can hold: PostgreSQL refuses NUL, and half a surrogate pair can't be written as UTF-8.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def _refuse_constant(text: str):
    raise ValueError(f"{text} is not JSON")


def _unstorable(value, path: str = "") -> Iterator[str]:
    """Where in the body the strings are that can't be kept."""
    match value:
        case str():
            if _UNSTORABLE.search(value):
                yield path or "non_field_errors"
        case dict():
            for name, inner in value.items():
                yield from _unstorable(inner, f"{path}.{name}" if path else name)
        case list():
            for number, inner in enumerate(value):
                yield from _unstorable(inner, f"{path}.{number}" if path else str(number))


class StrictJSONParser(JSONParser):
    """Like DRF's, but a number with a point becomes a Decimal with its digits as sent, so that `12.30` is exact."""

    def parse(self, stream, media_type=None, parser_context=None):
        """Return the decoded body. ParseError (400) when it isn't UTF-8 JSON."""
        try:
            text = codecs.getreader("utf-8")(stream).read()
            body = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
            bad = next(_unstorable(body), None) if "\\u" in text else None
        except (ValueError, ArithmeticError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON: %(error)s") % {"error": error}) from error
        except RequestDataTooBig as error:
            raise ParseError(_("The body is too large; send fewer items at once.")) from error
        if bad is not None:
            name = _UNSTORABLE.sub("\ufffd", bad)
            raise ValidationError({name: [ErrorDetail(_("NUL and lone surrogates are not text."), "invalid")]})
        return body


# What a multipart body may have besides its file: the boundaries and a few short fields.
_BESIDE_THE_FILE = 64 * 1024


class _NamesOnly(DjangoMultiPartParser):
    """Refuses what Django would quietly shorten: a file's name with folders in it."""

    def sanitize_file_name(self, file_name):
        """The name. ValidationError when it is a path."""
        if "/" in file_name or "\\" in file_name:
            raise ValidationError(
                {"file": [ErrorDetail(_("Send the file under its name alone, without folders."), "invalid_name")]}
            )
        return super().sanitize_file_name(file_name)


class UploadParser(MultiPartParser):
    """`multipart/form-data` with one file and a few fields; a body that can't be one is refused before it is read."""

    def parse(self, stream, media_type=None, parser_context=None):
        """The fields and the file. ValidationError (400) naming `file` for one that is too large or named as a path."""
        request = parser_context["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES + _BESIDE_THE_FILE:
            raise too_large("file")
        meta = {**request.META, "CONTENT_TYPE": media_type}
        try:
            return DataAndFiles(*_NamesOnly(meta, stream, request.upload_handlers, "utf-8").parse())
        except (MultiPartParserError, SuspiciousOperation) as error:
            raise ParseError(_("The body is not a valid form: %(error)s") % {"error": error}) from error
