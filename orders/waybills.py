"""Who carries a parcel and under which number: the carriers that people name, and the one way to write a number.

API, desk and files all ask here, so that a parcel is called the same wherever it was written down. What is kept is the
carrier's code, or the name of one that isn't in the list and was named on purpose; older rows keep what was typed.
A carrier's own file may add itself to the list (`Carrier.known`).
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Invalid
from common.search import plain_text

MAX_CARRIER = 50
NUMBER = re.compile(r"(?=.*[0-9])(?=.*[A-Z1-9])[A-Z0-9\-]{1,64}")
NO_NUMBER = gettext_lazy("Write one tracking number: at most 64 letters, digits and hyphens, and digits among them.")
LONG_GROUP = 8  # characters: the groups in which people write a number are shorter
_OTHER = re.compile(r"(?:other|其他|其它)\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
_OTHERS = frozenset({"other", "其他", "其它"})


@dataclass(frozen=True)
class KnownCarrier:
    """A carrier: the code that is kept, its name in the reader's language, and what else people call it.

    `fewest_digits` is how long its numbers are at least that are digits alone; 0 where nobody knows. `begins` is how no
    other carrier's numbers begin.
    """

    code: str
    label: str | Promise
    called: Sequence[str]
    fewest_digits: int = 0
    begins: str = ""


KNOWN = (
    KnownCarrier(
        "SF", gettext_lazy("SF Express"), ("SF Express", "顺丰速运", "顺丰", "顺丰快递", "SFEXPRESS"), 12, "SF"
    ),
    KnownCarrier("ZTO", gettext_lazy("ZTO Express"), ("ZTO Express", "中通快递", "中通", "中通速递"), 12),
    KnownCarrier("YTO", gettext_lazy("YTO Express"), ("YTO Express", "圆通速递", "圆通", "圆通快递"), 10, "YT"),
    KnownCarrier("STO", gettext_lazy("STO Express"), ("STO Express", "申通快递", "申通", "申通速递"), 12),
    KnownCarrier("YD", gettext_lazy("Yunda Express"), ("Yunda Express", "韵达速递", "韵达", "韵达快递", "YUNDA"), 13),
    KnownCarrier(
        "JTSD", gettext_lazy("J&T Express"), ("J&T Express", "极兔速递", "极兔", "极兔快递", "J&T", "JT"), 12, "JT"
    ),
    KnownCarrier(
        "JD", gettext_lazy("JD Logistics"), ("JD Logistics", "京东物流", "京东快递", "京东", "JDL"), begins="JD"
    ),
    KnownCarrier("EMS", gettext_lazy("EMS"), ("EMS", "邮政EMS", "中国邮政EMS", "邮政特快专递"), 13),
    KnownCarrier(
        "YZPY",
        gettext_lazy("China Post"),
        ("China Post", "邮政快递包裹", "中国邮政", "邮政", "邮政包裹", "CHINAPOST"),
        13,
    ),
    KnownCarrier(
        "DBL",
        gettext_lazy("Deppon Express"),
        ("Deppon Express", "德邦快递", "德邦", "德邦物流", "DEPPON"),
        begins="DPK",
    ),
    KnownCarrier("DNWL", gettext_lazy("Cainiao Express"), ("Cainiao Express", "菜鸟速递", "菜鸟", "丹鸟", "丹鸟物流")),
    KnownCarrier("UC", gettext_lazy("UCE Express"), ("UCE Express", "优速快递", "优速", "UCE")),
    KnownCarrier("HTKY", gettext_lazy("BEST Express"), ("BEST Express", "百世快递", "百世", "百世汇通", "BEST")),
    KnownCarrier("SNWL", gettext_lazy("Suning Logistics"), ("Suning Logistics", "苏宁物流", "苏宁快递", "苏宁")),
    KnownCarrier("KYSY", gettext_lazy("KYE Express"), ("KYE Express", "跨越速运", "跨越", "KYE")),
    KnownCarrier("ANE", gettext_lazy("ANE Logistics"), ("ANE Logistics", "安能物流", "安能")),
    KnownCarrier("FEDEX", gettext_lazy("FedEx"), ("FedEx", "联邦快递"), 12),
    KnownCarrier("UPS", gettext_lazy("UPS"), ("UPS",), begins="1Z"),
    KnownCarrier("DHL", gettext_lazy("DHL"), ("DHL", "敦豪快递", "敦豪"), 10),
)


def _key(text: str) -> str:
    """A name as it is looked up: width, case, blanks and hyphens don't matter."""
    return "".join(plain_text(text).split()).casefold().replace("-", "")


_BY_CODE: dict[str, KnownCarrier] = {}
_BY_NAME: dict[str, KnownCarrier] = {}


def add_carrier(carrier: KnownCarrier) -> None:
    """Make a carrier known by all its names. ValueError for a name that another one has."""
    names = {_key(name) for name in (carrier.code, *carrier.called)}
    if taken := sorted(names & _BY_NAME.keys()):
        raise ValueError(f"Another carrier is called {', '.join(taken)} already.")
    _BY_CODE[carrier.code] = carrier
    _BY_NAME.update(dict.fromkeys(names, carrier))


for _each in KNOWN:
    add_carrier(_each)


@lru_cache(maxsize=4096)
def carrier_named(text: str) -> str | None:
    """What is kept for a carrier that is called so: its code, or the name after `other:`. None for an unknown one."""
    if (known := _BY_NAME.get(_key(text))) is not None:
        return known.code
    other = _OTHER.fullmatch(plain_text(text))
    if other is None:
        return None
    name = " ".join(other[1].split())
    if (known := _BY_NAME.get(_key(name))) is not None:
        return known.code
    return name if 0 < len(name) <= MAX_CARRIER and _key(name) not in _OTHERS else None


def carrier_of(number: str) -> str:
    """The code of the carrier whose numbers begin like this one; empty where the number doesn't tell."""
    return next((each.code for each in _BY_CODE.values() if each.begins and number.startswith(each.begins)), "")


def carrier_label(kept: str) -> str:
    """A kept carrier in the reader's language; what isn't in the list reads as it was written."""
    known = _BY_CODE.get(kept)
    return kept if known is None else str(known.label)


def carrier_typed(kept: str) -> str:
    """A kept carrier as somebody types it: by its name, and one that isn't in the list as another one."""
    return carrier_label(kept) if not kept or kept in _BY_CODE else f"other: {kept}"


def fewest_digits(kept: str) -> int:
    """How many digits a number of the kept carrier has at least if it is digits alone; 0 where nobody knows."""
    known = _BY_CODE.get(kept)
    return 0 if known is None else known.fewest_digits


def names_of(kept: str) -> Sequence[str]:
    """Everything that the kept carrier is called."""
    known = _BY_CODE.get(kept)
    return (kept,) if known is None else (known.code, *known.called)


def known_codes() -> list[str]:
    """What is kept for each known carrier, in the order in which they are listed."""
    return list(_BY_CODE)


def known_labels() -> list[str]:
    """The names of all known carriers in the reader's language, for who has to choose one."""
    return [str(each.label) for each in _BY_CODE.values()]


def unknown_carrier(text: str) -> str:
    """That nobody knows this carrier, which ones are called nearly so, and what to write for another."""
    if _key(text) in _OTHERS or _OTHER.fullmatch(plain_text(text)):
        return _("Name the carrier in at most %(most)d characters, such as “other: Harbour Couriers”.") % {
            "most": MAX_CARRIER
        }
    name = {"name": plain_text(text)[:MAX_CARRIER]}
    near = dict.fromkeys(_BY_NAME[key].code for key in get_close_matches(_key(text), list(_BY_NAME), n=3))
    if not near:
        return _("“%(name)s” is not a known carrier. For one that isn't in the list write “other: its name”.") % name
    return _(
        "“%(name)s” is not a known carrier. Is it %(near)s? For one that isn't in the list write “other: its name”."
    ) % {**name, "near": ", ".join(f"{code} ({carrier_label(code)})" for code in near)}


def plain_number(text: str) -> str:
    """A tracking number as it is kept, whatever case, width, blanks, dashes and invisible characters it came with.

    Two numbers stay two, and so none: no parcel is known by both at once.
    """
    if text.isascii() and text.isalnum():  # as most are
        return text.upper()
    groups = plain_text(text).split()
    joined = (" " if sum(len(group) >= LONG_GROUP for group in groups) > 1 else "").join(groups)
    return "".join("-" if unicodedata.category(char) == "Pd" else char for char in joined).upper()


def waybill(carrier: str, tracking_number: str) -> tuple[str, str]:
    """A parcel's carrier and number as they are kept. Invalid `carrier` or `tracking_number`, with what to write."""
    kept = carrier_named(carrier)
    if kept is None:
        raise Invalid("carrier", unknown_carrier(carrier), "unknown_carrier")
    number = plain_number(tracking_number)
    if not NUMBER.fullmatch(number):
        raise Invalid("tracking_number", str(NO_NUMBER))
    return kept, number
