"""A real browser for tests: headless Chromium, and signing in by hand. Import what you need; `browser` is a fixture."""

import shutil
import warnings

import pytest
from django.db import connections

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

in_browser = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
if CHROMIUM is None:
    warnings.warn("NO BROWSER: Chromium isn't installed, the browser tests are skipped.", stacklevel=1)
    in_browser.append(pytest.mark.skip(reason="NO BROWSER: install Chromium to run this"))


@pytest.fixture
def browser(monkeypatch):
    """Headless Chromium. Playwright's loop makes Django believe that this is asynchronous code."""
    from playwright.sync_api import sync_playwright

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield chromium
        chromium.close()
        connections.close_all()  # those of Playwright's loop, which nobody else sees


def watch(page) -> list[str]:
    """The list that collects what goes wrong in the page; a browser that misses its favicon is none of it."""
    wrong: list[str] = []

    def note(message) -> None:
        if message.type == "error" and not message.location["url"].endswith("/favicon.ico"):
            wrong.append(message.text)

    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", note)
    return wrong


def sign_in(page, base: str, username: str = "agent") -> list[str]:
    """Sign in by hand; returns the list that collects what goes wrong in the page."""
    wrong = watch(page)
    page.goto(f"{base}/admin/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", "correct horse 9")
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{base}/admin/")
    return wrong


def width_of(page) -> int:
    """How many pixels wide the page's content is."""
    return page.evaluate("document.documentElement.scrollWidth")
