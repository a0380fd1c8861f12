"""Who may ask Kuaishou's fake: tokens and codes of the shops that have let one application in."""

from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any

from connectors.fakes.base import FakeRefusal, FakeRequest, FakeServer, Reply


def kuaishou_refusal(result: int, words: str, error: str = "") -> FakeRefusal:
    """An answer that is no success."""
    return FakeRefusal(Reply.json({"result": result, **({"error": error} if error else {}), "error_msg": words}))


class KuaishouTokens(FakeServer):
    """The first shop has an access token that doesn't end."""

    app_key, app_secret, sign_secret = "ks650000000000000001", "app-secret", "sign-secret"
    message_key = b64encode(b"0123456789abcdef").decode()
    open_id = "f1234567890"

    def __init__(self, port: int = 0, **kwargs: Any) -> None:
        super().__init__(port, **kwargs)
        self.access_tokens: dict[str, datetime | None] = {"access-1": None}
        self.refresh_tokens: dict[str, datetime] = {"refresh-1": self.now() + timedelta(days=180)}
        self.spent: set[str] = set()
        self.codes: set[str] = {"code-1"}
        self.owners: dict[str, str] = {}  # tokens and codes of other shops than the first
        self._given = 1

    @property
    def keys(self) -> dict[str, str]:
        """Those that hold now, of the first shop."""
        tokens = {
            "access_token": [token for token in self.access_tokens if token not in self.owners][-1],
            "refresh_token": [token for token in self.refresh_tokens if token not in self.owners][-1],
        }
        secrets = {"app_secret": self.app_secret, "sign_secret": self.sign_secret, "message_key": self.message_key}
        return {"app_key": self.app_key, **secrets, **tokens}

    def open_shop(self, shop_id: str) -> str:
        """One more shop lets the application in; the code that it comes back with."""
        code = f"code-of-{shop_id}"
        self.codes.add(code)
        self.owners[code] = shop_id
        return code

    def _give(self, until: datetime, owner: str) -> dict[str, Any]:
        self._given += 1
        access, refresh = f"access-{self._given}", f"refresh-{self._given}"
        self.access_tokens[access] = self.now() + timedelta(seconds=172_800)
        self.refresh_tokens[refresh] = until
        if owner:
            self.owners |= {access: owner, refresh: owner}
        given = {"access_token": access, "refresh_token": refresh, "expires_in": 172_800}
        return {"result": 1, **given, "open_id": owner or self.open_id, "scopes": ["merchant_refund"]}

    def redeem(self, request: FakeRequest) -> Reply:
        """The tokens for a code, which works once."""
        asked = request.query
        if (asked.get("app_id"), asked.get("app_secret")) != (self.app_key, self.app_secret):
            raise kuaishou_refusal(100200101, "app 非法", "unauthorized_client")
        if request.method != "GET" or asked.get("grant_type") != "code" or asked.get("code") not in self.codes:
            raise kuaishou_refusal(100200105, "code 无效", "invalid_grant")
        self.codes.discard(asked["code"])
        return Reply.json(self._give(self.now() + timedelta(days=180), self.owners.get(asked["code"], "")))

    def renew(self, request: FakeRequest) -> Reply:
        """The new refresh token ends when the old one would have; the old one is spent."""
        asked = request.form
        old = asked.get("refresh_token", "")
        if (asked.get("app_id"), asked.get("app_secret")) != (self.app_key, self.app_secret):
            raise kuaishou_refusal(100200101, "app 非法", "unauthorized_client")
        if request.method != "POST" or asked.get("grant_type") != "refresh_token":
            raise kuaishou_refusal(100200104, "grantType 错误", "unsupported_grant_type")
        if old in self.spent:
            raise kuaishou_refusal(100200102, "refreshToken.discarded", "access_denied")
        if old not in self.refresh_tokens or self.refresh_tokens[old] <= self.now():
            raise kuaishou_refusal(100200102, "invalid refresh_token", "access_denied")
        self.spent.add(old)
        ends = self.refresh_tokens[old]
        given = self._give(ends, self.owners.get(old, ""))
        return Reply.json({**given, "refresh_token_expires_in": int((ends - self.now()).total_seconds())})
