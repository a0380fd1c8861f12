"""Reading the whole environment: all values, or every mistake in it."""

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import FileAwareEnv

from config.environment.table import SETTINGS, Setting

THIS_MACHINE_ALONE = {"127.0.0.1", "localhost", "::1"}
ALIKE = 0.9  # how much of a name must agree to be taken for a slip of another


class Mistakes(ImproperlyConfigured):
    """What is wrong with the environment: `each` is a sentence about one setting."""

    def __init__(self, each: list[str]) -> None:
        self.each = each
        super().__init__("\n".join(each))


def read_environment() -> dict[str, Any]:
    """The value of every setting. Mistakes lists everything that is wrong, not only the first thing."""
    texts, mistakes = _texts()
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        values[setting.name] = setting.default
        if text := texts.get(setting.name):
            try:
                values[setting.name] = setting.read(text)
            except ValueError as error:
                mistakes[setting.name] = f"{setting.name} {error}."
    if values["PRODUCTION"]:
        for setting in SETTINGS:
            is_said = bool(texts.get(setting.name))
            if setting.name not in mistakes and (wrong := _not_for_production(setting, values, is_said)):
                mistakes[setting.name] = wrong
            if setting.only is not None:
                values[setting.name] = setting.only
        mistakes |= {name: _slip(name, meant) for name, meant in _slips(os.environ)}
    right = {name: values[name] for name in values if name not in mistakes}
    disagreeing = list(_disagreements(right))
    if mistakes or disagreeing:
        raise Mistakes([*mistakes.values(), *disagreeing])
    return values


def _texts() -> tuple[dict[str, str], dict[str, str]]:
    """What is said of each setting, and what is wrong with how it is said."""
    env, texts, mistakes = FileAwareEnv(strip_whitespace=True), {}, {}
    for setting in SETTINGS:
        file = f"{setting.name}_FILE"
        if os.environ.get(setting.name) and os.environ.get(file):
            mistakes[setting.name] = f"{setting.name} is set, and so is {file}: leave one of them out."
            continue
        try:
            texts[setting.name] = env.str(setting.name, "").strip()
        except (ValueError, OSError):
            mistakes[setting.name] = f"{file} names a file that can't be read: {os.environ[file]}."
    return texts, mistakes


def _not_for_production(setting: Setting, values: Mapping[str, Any], is_said: bool) -> str | None:
    """Why people can't work with this value; None when they can."""
    value, name = values[setting.name], setting.name
    if setting.needed and not is_said:
        return f"{name} must be set in production: {setting.means}."
    if is_said and setting.only not in (None, value):
        return f"{name} must be {int(setting.only)} in production, or left out: {setting.means}."
    match name:
        case "DATA_DIR" if not value.is_absolute():
            return f"DATA_DIR must be an absolute path in production, not {value}."
        case "METRICS_DIR" if value and not value.is_absolute():
            return f"METRICS_DIR must be an absolute path in production, not {value}."
        case "ALLOWED_HOSTS" if "*" in value:
            return "ALLOWED_HOSTS must name the hosts in production: “*” lets a caller choose where links lead."
        case "CSRF_TRUSTED_ORIGINS" if plain := [origin for origin in value if not origin.startswith("https://")]:
            return f"CSRF_TRUSTED_ORIGINS must begin with https:// in production; “{plain[0]}” doesn't."
        case "EMAIL_URL" if value == "console:":
            return "EMAIL_URL must name a server in production: “console:” writes people's links into a log."
        case "PUBLIC_URL" if not value.startswith("https://"):
            return f"PUBLIC_URL must begin with https:// in production; “{value}” doesn't."
    return None


def _disagreements(values: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with two settings together, where each alone is right."""
    if values.get("SESSION_IDLE_HOURS", 0) > values.get("SESSION_LONGEST_HOURS", float("inf")):
        yield "SESSION_IDLE_HOURS must not be more than SESSION_LONGEST_HOURS."
    if values.get("EMAIL_URL") and values.get("EMAIL_FROM", "") is None:
        yield "EMAIL_FROM must name the sender of what EMAIL_URL sends: Wanliu <desk@example.com>."
    if (
        values.get("METRICS_DIR")
        and values.get("METRICS_HOST", "") not in THIS_MACHINE_ALONE
        and not values.get("METRICS_KEY", "?")
    ):
        yield "METRICS_KEY must be set where METRICS_HOST lets other machines ask: figures tell how much is sold."
    if values.get("METRICS_DIR") and values.get("METRICS_PORT") == values.get("PORT"):
        yield "METRICS_PORT must be another port than PORT: figures are nothing for the desk's callers."
    ours, owners = values.get("DATABASE_URL"), values.get("OWNER_DATABASE_URL")
    if ours and owners:
        ours, owners = urlsplit(ours), urlsplit(owners)
        if (ours.hostname, ours.port, ours.path) != (owners.hostname, owners.port, owners.path):
            yield "OWNER_DATABASE_URL must name the database of DATABASE_URL: only the role and its password differ."
        elif values.get("PRODUCTION") and ours.username == owners.username:
            yield "OWNER_DATABASE_URL must name another role than DATABASE_URL, which is to own no table."


def _slips(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Names that nobody reads and that look like a setting's, with that setting."""
    known = [setting.name for setting in SETTINGS]
    taken = {*known, *(f"{name}_FILE" for name in known)}
    for name in sorted(environ.keys() - taken):
        for meant in get_close_matches(name, known, n=1, cutoff=ALIKE):
            if abs(len(name) - len(meant)) <= 1 and meant not in environ:
                yield name, meant


def _slip(name: str, meant: str) -> str:
    return f"{name} is no setting: did you mean {meant}?"
