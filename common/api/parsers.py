"""JSON in: numbers stay exact, and what JSON forbids is refused."""

import codecs
import json
from decimal import Decimal

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


def _refuse_constant(text: str):
    raise ValueError(f"{text} is not JSON")


class StrictJSONParser(JSONParser):
    """Like DRF's, but a number with a point becomes a Decimal with its digits as sent, so that `12.30` is exact."""

    def parse(self, stream, media_type=None, parser_context=None):
        """Return the decoded body. ParseError (400) when it isn't UTF-8 JSON."""
        try:
            text = codecs.getreader("utf-8")(stream).read()
            return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON: %(error)s") % {"error": error}) from error
        except RequestDataTooBig as error:
            raise ParseError(_("The body is too large; send fewer items at once.")) from error
