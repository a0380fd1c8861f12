"""Keep the Chinese catalogue complete: collect every text, add what is new to the .po, compile the .mo.

    python scripts/messages.py            update and compile; lists what has no translation yet
    python scripts/messages.py --check    change nothing; exit 1 when something is missing, unused or not compiled

Needs no gettext tools: Python is read with `ast`, templates with Django's own `templatize`. Texts of the admin theme
are collected too, as far as Django's catalogues don't translate them already, and what Django says by another word for
who reads it.
"""

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "workbench" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
ROOMS = (
    "common",
    "stores",
    "orders",
    "payments",
    "refunds",
    "offers",
    "connectors",
    "webhooks",
    "automation",
    "notices",
    "privacy",
    "workbench",
    "operations",
    "demo",
    "config",
)
FUNCTIONS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "gettext_noop", "sentence"}
THEME_LEFT_OUT = {
    "unfold_crispy",
    "import_export",
    "guardian",
    "simple_history",
    "constance",
    "location_field",
    "celery_beat",
}
TEXT = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(?:_|gettext|ngettext)\(\s*{TEXT}(?:\s*,\s*{TEXT})?")

Message = tuple[str, str | None]


def in_python(path: Path) -> Iterator[Message]:
    """Texts in calls of the gettext functions, with their plural."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS and node.args:
            texts = [arg.value for arg in node.args[:2] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if texts:
                yield texts[0], texts[1] if len(texts) == 2 and node.func.id.startswith("n") else None


def in_template(path: Path) -> Iterator[Message]:
    """Texts of translate, blocktranslate and `_()` in a template."""
    from django.utils.translation.template import templatize

    for match in CALL.finditer(templatize(path.read_text())):
        yield ast.literal_eval(match[1]), ast.literal_eval(match[2]) if match[2] else None


def own_messages() -> set[Message]:
    """Every text of our own code and templates."""
    found: set[Message] = set()
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                found.update(in_python(path))
        for path in sorted((ROOT / room).rglob("*.html")):
            found.update(in_template(path))
    return found


def theme_messages() -> set[Message]:
    """The admin theme's texts that Django's catalogues leave in English."""
    import django
    import unfold

    found: set[Message] = set()
    for path in sorted(Path(unfold.__file__).parent.rglob("*")):
        if path.is_file() and not THEME_LEFT_OUT & set(path.parts):
            if path.suffix == ".html":
                found.update(in_template(path))
            elif path.suffix == ".py":
                found.update(in_python(path))
    known: set[str] = set()
    for catalogue in Path(django.__file__).parent.rglob("locale/zh_Hans/LC_MESSAGES/django.mo"):
        known.update(texts(polib.mofile(str(catalogue))))
    return {message for message in found if message[0] not in known}


def addressed_otherwise() -> dict[str, str]:
    """Django's own texts that say 你, and the same with 您, as the desk addresses people."""
    import django

    found: dict[str, str] = {}
    for app in ("auth", "admin"):
        path = Path(django.__file__).parent / "contrib" / app / "locale/zh_Hans/LC_MESSAGES/django.mo"
        for entry in polib.mofile(str(path)):
            answer = entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr
            if "你" in answer:
                own = answer.replace("你", "您").replace(", ", "，").replace(":", "：")
                found[entry.msgid, entry.msgid_plural or None] = own
    return found


def texts(catalogue: polib.POFile | polib.MOFile) -> dict:
    """What a catalogue translates, to compare the .po with the compiled .mo."""
    pairs = {entry.msgid: entry.msgstr_plural or entry.msgstr for entry in catalogue}
    return {text: answer for text, answer in pairs.items() if answer and answer != {0: ""}}


def check() -> list[str]:
    """What is wrong with the catalogue, line by line; empty when it is complete and compiled."""
    catalogue, wanted = polib.pofile(str(PO)), own_messages() | theme_messages() | set(addressed_otherwise())
    translated = texts(catalogue)
    wrong = [f"no translation: {text!r}" for text, _ in sorted(wanted, key=str) if text not in translated]
    known = {text for text, _ in wanted}
    wrong += [f"not used any more: {entry.msgid!r}" for entry in catalogue if entry.msgid not in known]
    mo = PO.with_suffix(".mo")
    if not mo.exists() or texts(polib.mofile(str(mo))) != translated:
        wrong.append(f"not compiled: run {Path(__file__).name}")
    return wrong


def update() -> None:
    """Add new texts, drop unused ones, compile."""
    catalogue = polib.pofile(str(PO)) if PO.exists() else polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Project-Id-Version": "wanliu",
        "Language": "zh_Hans",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    old = {entry.msgid: entry for entry in catalogue}
    plurals: dict[str, str | None] = {}
    addressed = addressed_otherwise()
    for text, plural in own_messages() | theme_messages() | set(addressed):
        plurals[text] = plural or plurals.get(text)
    catalogue.clear()
    for text in sorted(plurals):
        entry = old.get(text) or polib.POEntry(msgid=text)
        if plurals[text] and not entry.msgid_plural:
            entry = polib.POEntry(msgid=text, msgid_plural=plurals[text], msgstr_plural={0: entry.msgstr})
        if answer := addressed.get((text, plurals[text])):
            entry.msgstr, entry.msgstr_plural = ("", {0: answer}) if plurals[text] else (answer, {})
        entry.flags = ["python-format"] if "%(" in text else []
        catalogue.append(entry)
    PO.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(PO))
    catalogue.save_as_mofile(str(PO.with_suffix(".mo")))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    if "--check" not in sys.argv:
        update()
    problems = check()
    print("\n".join(problems) or "The catalogue is complete.")
    sys.exit(bool(problems))
