"""What broke here, for people: in plain words. An error's class is for the log (`common.errors.kind_of`)."""

import re

from common.errors import kind_of
from common.sentences import Sentence
from common.sentences import sentence as _

# PostgreSQL's own errors have a number as well: 57014 is a statement that took too long, 08… and 57P… lost connections.
SILENT = re.compile("Timeout|TimeLimit| 57014")
UNREACHED = re.compile("onnect|SSL|gaierror|OSError|OperationalError$| 08| 57P")


def broken(error: BaseException) -> Sentence:
    """As part of a sentence, or alone."""
    return broken_words(kind_of(error))


def broken_words(kind: str) -> Sentence:
    """The same, of what `kind_of` has told."""
    if SILENT.search(kind):
        return _("no answer came in time")
    if UNREACHED.search(kind):
        return _("no connection")
    return _("something broke here, and the log says what")
