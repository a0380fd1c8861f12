"""JSON in: numbers stay exact, and what JSON forbids is refused."""

import codecs
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http.multipartparser import MultiPartParser as DjangoMultiPartParser
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException, ErrorDetail, ParseError, UnsupportedMediaType, ValidationError
from rest_framework.parsers import DataAndFiles, JSONParser, MultiPartParser

# What no text of ours can hold: PostgreSQL refuses NUL, and half a surrogate pair can't be written as UTF-8.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# Far beyond what any call of ours needs: a thousand orders of a dozen lines are 100,000 values.
MOST_VALUES = 200_000
MOST_IN_ONE = 5_000  # of a list or an object
DEEPEST = 20
LONGEST_NAME = 100
LONGEST_NUMBER = 40


class TooLarge(APIException):
    """More bytes than this address takes."""

    status_code = 413
    default_code = "request_too_large"
    default_detail = gettext_lazy("The body is too large for this address; send less at once.")


def _check_coding(request) -> None:
    """UnsupportedMediaType (415) for a body that says that it is packed."""
    packed = request.headers.get("Content-Encoding", "identity").strip().lower()
    if packed not in ("", "identity"):
        raise UnsupportedMediaType(packed, _("Send the body as it is, without a Content-Encoding."))


def _refuse_constant(text: str):
    raise ValueError(f"{text} is not JSON")


class _Exponent(Decimal):
    """A number that was written with an exponent, or with more digits than any of ours has."""


class _Repeating(dict):
    """An object in which `name` stood more than once."""

    name: str


def _number(text: str) -> Decimal:
    plain = len(text) <= LONGEST_NUMBER and "e" not in text and "E" not in text
    return Decimal(text) if plain else _Exponent()


def _object(pairs: list[tuple[str, Any]]) -> dict:
    names = dict(pairs)
    if len(names) == len(pairs):
        return names
    repeating = _Repeating(names)
    seen: set[str] = set()
    repeating.name = next(name for name, _value in pairs if name in seen or seen.add(name))
    return repeating


def _faults(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """(where, code, what to do) of everything in the body that isn't taken, whatever the address."""
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            yield path, "invalid", _("NUL and lone surrogates are not text.")
    elif isinstance(value, _Exponent):
        yield path, "invalid", _("Write numbers without an exponent and with few digits.")
    elif isinstance(value, dict | list):
        if len(path) >= DEEPEST:
            yield path, "too_deep", _("The body is nested too deeply: at most %(most)d levels.") % {"most": DEEPEST}
        elif len(value) > MOST_IN_ONE:
            yield path, "too_many", _("At most %(most)d values at once.") % {"most": MOST_IN_ONE}
        elif isinstance(value, _Repeating):
            yield (*path, value.name), "repeated", _("This field stands there twice; send it once.")
        else:
            yield from _faults_within(value, path)


def _faults_within(value: dict | list, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _faults(inner, (*path, str(number)))
        return
    for name, inner in value.items():
        if len(name) > LONGEST_NAME or _UNSTORABLE.search(name):
            yield (*path, name), "invalid", _("No field has such a name.")
        yield from _faults(inner, (*path, name))


def _named(path: tuple[str, ...]) -> str:
    """A path as `attr` shows it: short, whatever was sent."""
    return ".".join(_UNSTORABLE.sub("\ufffd", name[:LONGEST_NAME]) for name in path) or "non_field_errors"


class StrictJSONParser(JSONParser):
    """Like DRF's, but a number with a point becomes a Decimal with its digits as sent, so that `12.30` is exact.

    What costs much to look at is refused before or at its first fault: many values, deep nesting, long names, names
    that stand there twice.
    """

    def parse(self, stream, media_type=None, parser_context=None):
        """Return the decoded body.

        ParseError (400) when it isn't UTF-8 JSON, ValidationError naming what isn't taken, UnsupportedMediaType.
        """
        _check_coding(parser_context["request"])
        try:
            text = codecs.getreader("utf-8-sig")(stream).read()
            if sum(map(text.count, "[{,")) > MOST_VALUES:
                raise ParseError(_("The body holds too many values; send fewer items at once."))
            body = json.loads(text, parse_float=_number, parse_constant=_refuse_constant, object_pairs_hook=_object)
        except UnicodeDecodeError as error:
            raise ParseError(_("Send the body in UTF-8.")) from error
        except (ValueError, ArithmeticError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON: %(error)s") % {"error": error}) from error
        except RequestDataTooBig as error:
            raise TooLarge from error
        fault = next(_faults(body), None)
        if fault is not None:
            path, code, detail = fault
            raise ValidationError({_named(path): [ErrorDetail(detail, code)]})
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
    """Reads multipart bodies with files beside fields.

    Larger files are kept on disk, never in memory; `MAX_BYTES` bounds the whole body before it is read.
    """

    MAX_BYTES = 32 * 2**20

    def parse(self, stream, media_type=None, parser_context=None):
        """Return fields and files. TooLarge (413) for too many bytes, ParseError (400), UnsupportedMediaType (415)."""
        _check_coding(parser_context["request"])
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
            if any(_UNSTORABLE.search(text) for text in (name, *values)):
                detail = ErrorDetail(_("NUL and lone surrogates are not text."), "invalid")
                raise ValidationError({_named((name,)): [detail]})
        return body
