"""JSON in: numbers stay exact, and what JSON forbids is refused."""

import codecs
import json
import re
from collections.abc import Iterator
from decimal import Decimal

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http.multipartparser import MultiPartParser as DjangoMultiPartParser
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException, ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import DataAndFiles, JSONParser, MultiPartParser

# What no text of ours can hold: PostgreSQL refuses NUL, and half a surrogate pair can't be written as UTF-8.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class TooLarge(APIException):
    """More bytes than this address takes."""

    status_code = 413
    default_code = "request_too_large"
    default_detail = gettext_lazy("The body is too large for this address; send less at once.")


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
            raise TooLarge from error
        if bad is not None:
            name = _UNSTORABLE.sub("\ufffd", bad)
            raise ValidationError({name: [ErrorDetail(_("NUL and lone surrogates are not text."), "invalid")]})
        return body


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
    """Files beside fields. Larger ones are kept on disk, never in memory; `MAX_BYTES` bounds the whole body before it is read."""

    MAX_BYTES = 32 * 2**20

    def parse(self, stream, media_type=None, parser_context=None):
        """Return fields and files. TooLarge (413) for a body of too many bytes, ParseError (400) for a broken one."""
        if int(stream.META.get("CONTENT_LENGTH") or 0) > self.MAX_BYTES:
            raise TooLarge(_("The upload is too large: at most %(most)d MB.") % {"most": self.MAX_BYTES // 2**20})
        try:
            meta = {**stream.META, "CONTENT_TYPE": media_type}
            body = DataAndFiles(*_NamesOnly(meta, stream, parser_context["request"].upload_handlers, "utf-8").parse())
        except MultiPartParserError as error:
            raise ParseError(_("The body is not a valid form: %(error)s") % {"error": error}) from error
        except RequestDataTooBig as error:
            raise TooLarge from error
        except (TooManyFieldsSent, TooManyFilesSent) as error:
            raise ParseError(
                _("The form has too many parts; send the file and the fields that are documented.")
            ) from error
        for name, values in body.data.lists():
            bad = next(_unstorable([name, *values]), None)
            if bad is not None:
                raise ValidationError(
                    {
                        _UNSTORABLE.sub("\ufffd", name): [
                            ErrorDetail(_("NUL and lone surrogates are not text."), "invalid")
                        ]
                    }
                )
        return body
