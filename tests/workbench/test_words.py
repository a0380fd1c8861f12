"""Both languages are complete, and the compiled catalogue is the one that was written."""

import importlib.util
import re
from datetime import timedelta
from pathlib import Path

import polib
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
)
from django.utils import translation

from common.words import duration, in_one_language, joined, labelled, listed
from stores import marketplaces
from tests.cases import for_each
from workbench.kit import words


def test_the_chinese_catalogue_is_complete_and_compiled():
    path = Path(__file__).parents[2] / "scripts" / "messages.py"
    spec = importlib.util.spec_from_file_location("messages_script", path)
    messages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(messages)
    assert messages.check() == []


HAN = r"[\u4e00-\u9fff“”（）]"
LATIN_MARK = re.compile(rf"{HAN} ?[,;:!?]|[,;:!?] ?{HAN}|\)s[,;:] ?{HAN}|{HAN}\.(?![\w/])")


def test_everybody_is_addressed_alike():
    """Django's own words about passwords, too, which say 你 by themselves."""
    with translation.override("zh-hans"):
        for validate in (MinimumLengthValidator(), CommonPasswordValidator(), NumericPasswordValidator()):
            assert "您" in validate.get_help_text()
        assert "您" in translation.gettext("Your old password was entered incorrectly. Please enter it again.")
        assert "您" in translation.gettext("Your password was changed.")
    catalogue = polib.pofile(next(Path(__file__).parents[2].glob("workbench/locale/zh_Hans/*/django.po")))
    texts = [text for entry in catalogue for text in (entry.msgstr, *entry.msgstr_plural.values())]
    assert [text for text in texts if "你" in text] == []


def test_no_latin_mark_stands_beside_a_chinese_character():
    catalogue = polib.pofile(next(Path(__file__).parents[2].glob("workbench/locale/zh_Hans/*/django.po")))
    texts = [text for entry in catalogue for text in (entry.msgstr, *entry.msgstr_plural.values())]
    assert len(texts) > 1000
    assert [text for text in texts if LATIN_MARK.search(text)] == []


# Terms of the rulebook, and a kind of product: 平台 stands in them whoever decides.
FIXED_TERMS = re.compile("平台介入|平台极速退款|平台智能推荐挽留优惠券|第三方平台|开放平台")


OPEN_PLATFORM = "开放平台"  # of a marketplace, where it lets programs in: the English has to say so


def test_the_marketplace_and_the_platform_have_a_word_each():
    catalogue = polib.pofile(next(Path(__file__).parents[2].glob("workbench/locale/zh_Hans/*/django.po")))
    texts = [
        (entry.msgid.lower(), FIXED_TERMS.sub("", text))
        for entry in catalogue
        for text in (entry.msgstr, *entry.msgstr_plural.values())
    ]
    assert [text for english, text in texts if OPEN_PLATFORM in text and "open platform" not in english] == []
    texts = [(english, text.replace(OPEN_PLATFORM, "")) for english, text in texts]
    assert [text for english, text in texts if "平台" in text and "marketplace" not in english] == []
    of_platform = re.compile("platform|operator|escalated")
    assert [text for english, text in texts if "运营方" in text and not of_platform.search(english)] == []


@for_each(("language", "shown"), [("en", ["a, b", "a; b", "a: b"]), ("zh-hans", ["a、b", "a；b", "a：b"])])
def test_parts_are_joined_as_the_language_does(language, shown):
    with translation.override(language):
        assert [listed("ab"), joined("ab"), labelled("a", "b")] == shown


@for_each(
    ("name", "english", "chinese"),
    [
        ("床上用品 bedding", "bedding", "床上用品"),
        ("模玩/动漫/周边/cos/桌游 models, anime", "models, anime", "模玩/动漫/周边/cos/桌游"),
        ("家用 电器", "家用 电器", "家用 电器"),
        ("Home Textiles", "Home Textiles", "Home Textiles"),
        ("茶", "茶", "茶"),
    ],
)
def test_a_name_in_both_languages_is_read_in_one(name, english, chinese):
    for language, shown in (("en", english), ("zh-hans", chinese)):
        with translation.override(language):
            assert in_one_language(name) == shown


def test_only_the_list_of_marketplaces_reads_a_label_in_both_languages():
    root = Path(__file__).parents[2]
    rooms = (
        "stores",
        "orders",
        "payments",
        "refunds",
        "offers",
        "connectors",
        "webhooks",
        "automation",
        "workbench",
        "operations",
        "demo",
    )
    found = {
        str(path.relative_to(root))
        for room in rooms
        for kind in ("*.py", "*.html")
        for path in (root / room).rglob(kind)
        if re.search(r"rules\.label\b|current_rules\(\w+\)\.label\b", path.read_text())
    }
    assert found == {"stores/marketplaces/__init__.py"}


def test_marketplaces_and_their_sites_are_named_in_the_readers_language():
    for language, name, site in (("en", "Kuaishou", "Tmall overseas"), ("zh-hans", "快手", "天猫国际")):
        with translation.override(language):
            assert dict(marketplaces.choices())["kuaishou"] == name
            assert dict(marketplaces.site_choices())["tmall_overseas"] == site
            labels = [label for _code, label in (*marketplaces.choices(), *marketplaces.site_choices())]
            assert [label for label in labels if bool(re.search(HAN, label)) != (language == "zh-hans")] == []


@for_each(
    ("left", "english", "chinese"),
    [
        (timedelta(hours=35, minutes=12, seconds=59), "35 h 12 min", "35 小时 12 分"),
        (timedelta(days=3), "3 d 0 h", "3 天 0 小时"),
        (timedelta(seconds=-5), "0 h 0 min", "0 小时 0 分"),
    ],
)
def test_time_left(left, english, chinese):
    with translation.override("en"):
        assert words.time_left(left) == english
    with translation.override("zh-hans"):
        assert words.time_left(left) == chinese


def test_durations_and_amounts():
    with translation.override("en"):
        assert [duration(timedelta(hours=hours)) for hours in (1, 36, 48, 168)] == [
            "1 hour",
            "36 hours",
            "2 days",
            "7 days",
        ]
    assert (words.yuan("1234.5"), words.yuan(None)) == ("¥1,234.50", "–")
