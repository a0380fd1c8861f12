"""A connection as a platform is asked about it: which platform, which shop, with which secrets and tokens."""

from dataclasses import replace

from common.sealing import seal, unseal
from connectors.models import Connection
from connectors.platforms import PLATFORMS
from connectors.port import Authorisation, Platform, Secret, Shop, Tokens

ACCESS, REFRESH = "access_token", "refresh_token"


def platform_for(connection: Connection) -> Platform:
    """The platform that a connection is to."""
    return PLATFORMS[connection.platform]()


def shop_for(connection: Connection) -> Shop:
    """The shop with its secrets and tokens, opened. Refused `keys_missing`."""
    tokens = unseal(connection.sealed_tokens)
    return Shop(
        app_key=connection.app_key,
        secrets={Secret(name): value for name, value in unseal(connection.sealed_secrets).items()},
        base_url=connection.base_url,
        access_token=tokens.get(ACCESS, ""),
        refresh_token=tokens.get(REFRESH, ""),
        shop_id=connection.shop_id,
        marketplace=connection.store.marketplace,
    )


def with_tokens(shop: Shop, tokens: Tokens) -> Shop:
    """The shop with what an authorisation gave; a refresh token that isn't given anew still holds."""
    return replace(
        shop,
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token or shop.refresh_token,
        shop_id=shop.shop_id or tokens.shop_id,
    )


def can_refresh(platform: Platform, shop: Shop) -> bool:
    """Whether new tokens can be had without a person."""
    return platform.authorisation == Authorisation.APPLICATION or bool(shop.refresh_token)


def take_tokens(connection: Connection, platform: Platform, shop: Shop, tokens: Tokens | None) -> tuple[str, ...]:
    """Put a shop's tokens on its connection, sealed; returns the fields that changed."""
    connection.sealed_tokens = seal({ACCESS: shop.access_token, REFRESH: shop.refresh_token})
    connection.is_refreshable = can_refresh(platform, shop)
    connection.shop_id = connection.shop_id or shop.shop_id
    if tokens is not None:
        connection.expires_at = tokens.expires_at
        connection.refresh_expires_at = tokens.refresh_expires_at or connection.refresh_expires_at
        connection.write_expires_at = tokens.write_expires_at
        connection.shop_name = tokens.shop_name or connection.shop_name
        connection.warned_days = None
    connection.renewal_asked_at = None
    return (
        *("sealed_tokens", "is_refreshable", "shop_id", "shop_name", "renewal_asked_at"),
        *("expires_at", "refresh_expires_at", "write_expires_at", "warned_days"),
    )
