"""People at the desk."""

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.browser import ARGS, CHROMIUM
from tests.world import Shop, make_user


class Desk:
    """A browser without scripts, signed in."""

    def __init__(self, user, **kwargs):
        self.user, self.client = user, Client(**kwargs)
        self.client.force_login(user, "stores.permissions.RoleBackend")

    def get(self, path, **params):
        """GET below /admin/."""
        return self.client.get(f"/admin/{path}", params)

    def post(self, path, **data):
        """POST below /admin/."""
        return self.client.post(f"/admin/{path}", data)

    def rows(self, path, **params) -> list:
        """What a list shows, in its order."""
        return list(self.get(path, **params).context["cl"].result_list)

    def tiles(self) -> dict[str, str]:
        """The overview's counts, by their labels."""
        return {str(tile["label"]): tile["count"] for tile in self.get("").context["tiles"]}

    def statements(self, path, **params) -> list[str]:
        """What a page that answers 200 asks the database."""
        with CaptureQueriesContext(connection) as captured:
            assert self.get(path, **params).status_code == 200
        return [query["sql"] for query in captured]


@pytest.fixture
def sign_in(db):
    """`sign_in("agent", shop)` gives a desk; a role of None is a user without a store, "operator" sees all."""

    def sign(role: str | None, shop: Shop | None = None, **kwargs) -> Desk:
        if role == "operator":
            return Desk(make_user("operator", operator=True), **kwargs)
        name = f"{role}-{shop.store.code if shop else 'nowhere'}"
        return Desk(make_user(name, shop=shop, role=role or "viewer"), **kwargs)

    return sign


@pytest.fixture(scope="module")
def _launched():
    """Headless Chromium for a module. Playwright's loop makes Django believe that this is asynchronous code."""
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield chromium
        chromium.close()
        connections.close_all()  # those of Playwright's loop, which nobody else sees


@pytest.fixture
def browser(_launched):
    """A browser without a page, cookie or file of the test before."""
    yield _launched
    for context in _launched.contexts:
        context.close()
