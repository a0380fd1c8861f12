"""A real browser for tests: headless Chromium, and signing in by hand. The fixture is the desk's `browser`."""

import shutil
import warnings

import pytest

# The first takes half of the others' time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
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


def arrive(page, selector: str) -> None:
    """Wait for what shows that the page is there, and for its scripts, which hear of keys and clicks."""
    page.wait_for_selector(selector)
    page.wait_for_load_state()


def arrive_in(page, field: str) -> None:
    """Wait for a page that puts the cursor into this field: before it does, what is typed are keys of the page."""
    arrive(page, f"{field}:focus")


def width_of(page) -> int:
    """How many pixels wide the page's content is."""
    return page.evaluate("document.documentElement.scrollWidth")
