"""Who calls: a store's key acts for its merchant, a marketplace's key for the marketplace and its buyers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import BasePermission

from common.actors import Actor, ActorKind
from common.rates import count_use
from common.replica.turns import on_primary
from common.tenancy import system_scope
from common.web.access import note
from common.web.address_limits import note_rate
from common.web.proxies import OWNER, client_address
from stores.actions import touch_key
from stores.api.opening import open_call
from stores.models import ApiKey, Store

STORE = "S"
MARKETPLACE = "M"
BAD_KEYS_PER_MINUTE = 60
USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Caller:
    """The authenticated client, in the place where DRF expects a user, and the store of which the scope is open."""

    key: ApiKey
    store: Store | None
    is_authenticated = True

    @property
    def kind(self) -> str:
        """`S` for a store's key, `M` for a marketplace's."""
        return STORE if self.key.store_id else MARKETPLACE

    @property
    def pk(self) -> str:
        """What throttling and idempotency tell callers apart by."""
        return self.key.prefix

    @property
    def owner(self) -> str:
        """Whose calls are counted together: the store's, whatever its key, or the marketplace key's."""
        return f"store:{self.key.store_id}" if self.key.store_id else f"key:{self.key.prefix}"

    def actor(self) -> Actor:
        """The merchant, or the buyer that the marketplace speaks for."""
        kind = ActorKind.MERCHANT if self.kind == STORE else ActorKind.BUYER
        return Actor(kind, f"key:{self.key.prefix}", self.key.name)

    def allows(self, resource: str, write: bool) -> bool:
        """Whether the key's scopes cover it. Marketplace keys have no scopes: what they may call is fixed per path."""
        if self.kind == MARKETPLACE:
            return True
        wanted = {f"{resource}:write"} if write else {f"{resource}:read", f"{resource}:write"}
        return bool(wanted & set(self.key.scopes))


def note_use(key: ApiKey, now: datetime) -> None:
    """Remember that a key is used, once in a while."""
    if key.last_used_at is None or key.last_used_at < now - USE_NOTED_EVERY:
        with on_primary(), system_scope():  # a marketplace's key is no store's row
            touch_key(key=key, now=now)


class BearerKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`: found by its prefix, compared by its hash, neither revoked nor expired."""

    def authenticate(self, request):
        """(Caller, key). AuthenticationFailed (401) for anything but a good key."""
        header = get_authorization_header(request).split()
        if not header or header[0].lower() != b"bearer":
            return None
        if len(header) != 2:
            raise AuthenticationFailed(_("Write “Authorization: Bearer <key>”."))
        secret = header[1].decode("latin-1")
        prefix = secret.partition(".")[0]
        key = store = None
        if prefix.isascii() and prefix.isalnum():
            view = request.parser_context["view"]
            key, store = open_call(prefix=prefix, named=view.named_early())
        is_theirs = key is not None and key.is_valid(secret)
        if is_theirs:
            request._request.called_with = key  # an answer can be told to the key's owner, also once it has expired
        if not is_theirs or key.has_expired:
            rate = count_use(f"bad-key:{client_address(request)}", most=BAD_KEYS_PER_MINUTE, window_s=60)
            note_rate(request._request, rate)
            if rate and rate.wait_s:
                raise Throttled(rate.wait_s)
            raise AuthenticationFailed(_("This key is unknown, revoked or expired."))
        note(key=key.prefix)
        caller = Caller(key, store)
        request.META[OWNER] = caller.owner  # so that what stands before us gives each store its turns
        return caller, key

    def authenticate_header(self, request) -> str:
        """Makes a missing key 401."""
        return "Bearer"


class KeyAllowsCall(BasePermission):
    """The view says which kinds of key may call an action (`callers`) and which scope a store key needs (`resource`).

    All of it is known before the body is looked at.
    """

    def has_permission(self, request, view) -> bool:
        """False answers 401 without a key, else 403."""
        caller = request.user
        if caller is None:
            return False
        allowed = view.callers.get(view.action or "", "")
        if not allowed:
            return True  # an unknown method: DRF answers 405
        write = request.method not in ("GET", "HEAD", "OPTIONS")
        resource = view.resource_of.get(view.action, view.resource)
        return caller.kind in allowed and (resource is None or caller.allows(resource, write))


class BearerKeyScheme(OpenApiAuthenticationExtension):
    """Tells the OpenAPI schema about the keys."""

    target_class = BearerKeyAuthentication
    name = "bearerKey"

    def get_security_definition(self, auto_schema):
        """HTTP bearer."""
        return {"type": "http", "scheme": "bearer"}
