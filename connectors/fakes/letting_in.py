"""Who may ask Douyin's fake: the tokens of the shops that have let one application in."""

from datetime import timedelta
from typing import Any

from connectors.fakes.base import FakeRefusal, FakeServer, Reply

TOKEN_LIFE = 7 * 86400  # seconds


class DouyinTokens(FakeServer):
    """An application for its owner's own use, with a shop, and more in `other_shops`: their tokens by their ids."""

    def __init__(self, port: int = 0, **how: Any) -> None:
        super().__init__(port, **how)
        self.app_key, self.secret, self.shop_id = "3409409348479354011", "testSecret", "1111111"
        self.access_token, self.refresh_token = "dy-access-1", "dy-refresh-1"
        self.token_ends = self.now() + timedelta(seconds=TOKEN_LIFE)
        self.other_shops: dict[str, str] = {}
        self._tokens = 1

    def open_shop(self, shop_id: str) -> None:
        """One more shop authorises the application."""
        self.other_shops[shop_id] = ""

    @property
    def keys(self) -> dict[str, str]:
        """Those that hold now."""
        tokens = {"access_token": self.access_token, "refresh_token": self.refresh_token}
        return {"app_key": self.app_key, "app_secret": self.secret, "shop_id": self.shop_id, **tokens}

    def _refusal(self, code: int, sub_code: str, words: str) -> FakeRefusal:
        return FakeRefusal(
            Reply.json({"code": code, "msg": words, "sub_code": sub_code, "sub_msg": words, "data": None})
        )

    def _create_token(self, told: dict[str, Any]) -> dict[str, Any]:
        shop_id = told.get("shop_id", self.shop_id)
        if told.get("grant_type") != "authorization_self" or shop_id not in {self.shop_id, *self.other_shops}:
            raise self._refusal(50001, "dop.token-generate-failed:no-authorization", "店铺授权已失效")
        if shop_id == self.shop_id:
            return self._new_tokens()
        self.other_shops[shop_id] = f"dy-access-of-{shop_id}"
        told = {"access_token": self.other_shops[shop_id], "refresh_token": "", "expires_in": TOKEN_LIFE}
        return told | {"shop_id": int(shop_id), "shop_name": f"阿泽厨房{shop_id}号店"}

    def _refresh_token(self, told: dict[str, Any]) -> dict[str, Any]:
        if told.get("refresh_token") != self.refresh_token:
            raise self._refusal(50001, "dop.token-generate-failed:token-invalid", "生成token失败，token不存在")
        return self._new_tokens()

    def _new_tokens(self) -> dict[str, Any]:
        """New ones, which end the old ones."""
        self._tokens += 1
        self.access_token, self.refresh_token = f"dy-access-{self._tokens}", f"dy-refresh-{self._tokens}"
        self.token_ends = self.now() + timedelta(seconds=TOKEN_LIFE)
        names = {"shop_id": int(self.shop_id), "shop_name": "阿泽厨房旗舰店"}
        return names | {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "expires_in": TOKEN_LIFE,
        }
