"""csv and its kin, in the encodings and with the delimiters that spreadsheets and merchants' programs write."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import IO

from orders.erp.sheets.faults import Unreadable
from orders.erp.sheets.limits import MIB

_BY_MARK = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNMARKED = ("utf-8", "gb18030")
_DELIMITERS = ",\t;|"
_SEP = re.compile(r'"?sep=(.)"?[,;\t]*', re.IGNORECASE)
_HEAD = 10_000  # characters in which the header is looked for
_QUOTED = re.compile(r'"[^"]*"')


def read_delimited(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, each with its row in the spreadsheet."""
    text = io.TextIOWrapper(file, encoding=_encoding(file), newline="")
    try:
        delimiter = _delimiter(text)
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        for place, cells in enumerate(reader, 1):
            if any(cells):
                yield place, cells
    except csv.Error as error:
        raise Unreadable("csv_broken", {"line": reader.line_num}) from error
    finally:
        text.detach()


def _encoding(file: IO[bytes]) -> str:
    """The first encoding in which every byte means something."""
    head = file.read(1024)
    marked = [encoding for mark, encoding in _BY_MARK if head.startswith(mark)]
    for encoding in marked or _without_mark(head):
        file.seek(0)
        text = io.TextIOWrapper(file, encoding=encoding)
        try:
            while text.read(MIB):
                pass
        except UnicodeError:
            continue
        finally:
            text.detach()
            file.seek(0)
        return encoding
    raise Unreadable("encoding_unknown")


def _without_mark(head: bytes) -> tuple[str, ...]:
    """Text in two bytes a character has zeros in every other place, and in no others, where it is ASCII."""
    first, second = head[::2].count(0), head[1::2].count(0)
    if second > len(head) // 10 and not first:
        return ("utf-16-le",)
    if first > len(head) // 10 and not second:
        return ("utf-16-be",)
    return _UNMARKED


def _delimiter(text: IO[str]) -> str:
    """As the file's `sep=` line says, which spreadsheets don't show and don't count.

    Else what parts the header most.
    """
    head = text.read(_HEAD)
    text.seek(0)
    lines = [line for line in re.split(r"\r\n|\r|\n", head) if line.strip()]
    if not lines:
        return ","
    said = _SEP.fullmatch(lines[0].strip("\ufeff "))
    if said is not None:
        while not text.readline().strip():
            pass
        return said[1]
    header = _QUOTED.sub("", lines[0])
    return max(_DELIMITERS, key=header.count)
