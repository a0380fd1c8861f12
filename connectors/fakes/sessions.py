"""Who may ask TOP's fake: sessions, refresh tokens and codes of the shops that have let one application in."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from connectors.fakes.base import FakeServer, Reply
from connectors.fakes.top import top_refusal


class TopSessions(FakeServer):
    """`can_refresh`: an application of the service market. The first shop has a session that doesn't end."""

    app_key, app_secret, seller_id = "12345678", "helloworld", "2200000001"

    def __init__(self, port: int = 0, **kwargs: Any) -> None:
        super().__init__(port, **kwargs)
        self.can_refresh = True
        self.sessions: dict[str, datetime | None] = {"session-1": None}
        self.refresh_tokens, self.codes = {"refresh-1"}, {"code-1"}
        self.owners: dict[str, str] = {}  # sessions, refresh tokens and codes of other shops than the first
        self._given = 1

    @property
    def keys(self) -> dict[str, str]:
        """Those that hold now, of the first shop."""
        tokens = {
            "access_token": [token for token in self.sessions if token not in self.owners][-1],
            "refresh_token": max(token for token in self.refresh_tokens if token not in self.owners),
        }
        return {"app_key": self.app_key, "app_secret": self.app_secret, **tokens}

    def open_shop(self, shop_id: str) -> str:
        """One more shop lets the application in; the code that it comes back with."""
        code = f"code-of-{shop_id}"
        self.codes.add(code)
        self.owners[code] = shop_id
        return code

    def check_session(self, fields: dict[str, str]) -> None:
        """Whose call it is. FakeRefusal."""
        session = fields.get("session")
        if not session:
            raise top_refusal(26, "Missing session", "", "")
        if session not in self.sessions:
            raise top_refusal(27, "Invalid session", "invalid-sessionkey", "非法的sessionkey")
        ends = self.sessions[session]
        if ends and ends <= self.now():
            raise top_refusal(27, "Invalid session", "sessionkey-not-exist", "session已过期")
        self.asked = self.owners.get(session, "")

    def _tokens(self, owner: str) -> dict[str, Any]:
        """New ones of this shop, whose old refresh token ends."""
        self._given += 1
        session, refresh = f"session-{self._given}", f"refresh-{self._given}"
        self.sessions[session] = self.now() + timedelta(days=1)
        if self.can_refresh:
            self.refresh_tokens = {token for token in self.refresh_tokens if self.owners.get(token, "") != owner}
            self.refresh_tokens.add(refresh)
        if owner:
            self.owners |= {session: owner, refresh: owner}
        return {
            "access_token": session,
            "refresh_token": refresh,
            "expires_in": 86400,
            "re_expires_in": 30 * 86400 if self.can_refresh else 0,
            **{"w1_expires_in": 86400, "w2_expires_in": 1800, "r1_expires_in": 86400, "r2_expires_in": 86400},
            "taobao_user_id": owner or self.seller_id,
            "taobao_user_nick": quote(f"挽留旗舰店{owner}"),
        }

    def token_for(self, form: dict[str, str]) -> Reply:
        """What a code is exchanged for."""
        if (form.get("client_id"), form.get("client_secret")) != (self.app_key, self.app_secret):
            return Reply.json({"error": "invalid_client", "error_description": "client_secret"}, 400)
        if form.get("grant_type") != "authorization_code" or form.get("code") not in self.codes:
            return Reply.json({"error": "invalid_grant", "error_description": "code expired"}, 400)
        self.codes.discard(form["code"])
        return Reply.json(self._tokens(self.owners.get(form["code"], "")))

    def _taobao_top_auth_token_refresh(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        if not self.can_refresh or fields.get("refresh_token") not in self.refresh_tokens:
            raise top_refusal(15, "Remote service error", "isv.fake-refresh-token-invalid", "refresh_token无效")
        return {"token_result": json.dumps(self._tokens(self.owners.get(fields["refresh_token"], "")))}
