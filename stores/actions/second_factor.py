"""The second factor of a person: codes of an app (TOTP, RFC 6238), and recovery codes for whoever lost the phone.

The secret is kept sealed, recovery codes as keyed digests. A code is taken once: of the app's, only one of a later
step of 30 seconds than the last. Whoever tries one takes a try first, under the person's row lock until the commit.
"""

import secrets
from base64 import b32decode, b32encode
from datetime import datetime, timedelta
from hmac import compare_digest

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.db.models import Case, F, Q, Value, When
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from common.actions import action, bookkeeping
from common.actors import Actor
from common.changes import lock
from common.errors import Invalid, refuse_if
from common.sealing import keeps_sealed, seal, unseal
from common.search import folded
from stores.actions.accounts import record_account
from stores.events import SECOND_FACTOR_PASSED, SECOND_FACTOR_REMOVED, SECOND_FACTOR_SET_UP
from stores.models import User
from stores.sessions import end_sessions
from stores.why_not import why_not_open_accounts, why_not_remove_second_factor, why_not_set_up_second_factor

STEP_S, DIGITS = 30, 6
MOST_TRIES, TRIES_WITHIN = 10, timedelta(minutes=15)
RECOVERY_CODES = 10


def new_secret() -> str:
    """A secret for an app, in base 32: 160 bits, as RFC 4226 wants."""
    return b32encode(secrets.token_bytes(20)).decode()


@bookkeeping("What is tried before signing in is nobody's act; what comes of it is.")
def take_try(user: User, *, now: datetime) -> bool:
    """Count that a code of this person is tried now; False when there were ten within a quarter of an hour."""
    begins_anew = Q(code_tries_from=None) | Q(code_tries_from__lte=now - TRIES_WITHIN)
    rows = User.objects.filter(begins_anew | Q(code_tries__lt=MOST_TRIES), pk=user.pk)
    taken = rows.update(
        code_tries=Case(When(begins_anew, then=Value(1)), default=F("code_tries") + 1),
        code_tries_from=Case(When(begins_anew, then=Value(now)), default=F("code_tries_from")),
    )
    return taken == 1


@action
def set_up_second_factor(
    *, user: User, secret: str, code: str, actor: Actor, now: datetime, session: str = ""
) -> list[str]:
    """From now on the password alone lets this person in no more; `code` shows that the app has the `secret`.

    Their sessions end, but for the one with the key `session`: somebody may be in by the password alone. Returns the
    recovery codes, which are kept nowhere. Invalid names the code.
    """
    lock(user)
    refuse_if(why_not_set_up_second_factor(user, actor))
    step = _step_of(secret, folded(code), now)
    if step is None:
        raise _wrong()
    user.sealed_totp, user.totp_step = seal({"totp": secret}), step
    codes = _make_recovery_codes(user)
    user.save(update_fields=["sealed_totp", "totp_step", "recovery_digests"])
    end_sessions(user, but=session)
    record_account(SECOND_FACTOR_SET_UP, user, actor, now)
    return codes


@action
def pass_second_factor(*, user: User, code: str, actor: Actor, now: datetime) -> None:
    """Show a code of the app, or a recovery code, which is then used up. Invalid names the code."""
    is_recovery_code = _use_code(user, code, now)
    left = {"recovery_codes_left": len(user.recovery_digests)} if is_recovery_code else {}
    record_account(SECOND_FACTOR_PASSED, user, actor, now, **left)


@action
def remove_second_factor(*, user: User, code: str, actor: Actor, now: datetime, session: str = "") -> None:
    """The password alone is enough again; a fresh code shows that it is they who want it. Invalid names the code.

    Their sessions end, but for the one with the key `session`.
    """
    lock(user)
    refuse_if(why_not_remove_second_factor(user, actor))
    _use_code(user, code, now)
    _forget(user, session)
    record_account(SECOND_FACTOR_REMOVED, user, actor, now)


@action
def reset_second_factor(*, user: User, actor: Actor, now: datetime) -> None:
    """Take it from somebody who lost phone and recovery codes; their sessions end. Operators only."""
    refuse_if(why_not_open_accounts(actor))
    lock(user)
    _forget(user)
    record_account(SECOND_FACTOR_REMOVED, user, actor, now)


keeps_sealed(User, "sealed_totp")


def _use_code(user: User, code: str, now: datetime) -> bool:
    """Use up a code, whether it was a recovery code. Invalid when it is none, or was used."""
    lock(user)
    typed = folded(code)
    step = _step_of(unseal(user.sealed_totp).get("totp", ""), typed, now)
    digests = {_digest(user, typed, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)}
    if step is not None and step > user.totp_step:
        user.totp_step = step
    elif not digests.isdisjoint(user.recovery_digests):
        user.recovery_digests = [each for each in user.recovery_digests if each not in digests]
    else:
        raise _wrong()
    user.code_tries = 0
    user.save(update_fields=["totp_step", "recovery_digests", "code_tries"])
    return step is None


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code this is: now's, or one beside it, for a phone whose clock is a little off."""
    if not secret:
        return None
    totp = TOTP(b32decode(secret), DIGITS, SHA1(), STEP_S)  # every app knows SHA-1
    at = int(now.timestamp()) // STEP_S
    steps = (step for step in (at, at - 1, at + 1) if compare_digest(totp.generate(step * STEP_S), code.encode()))
    return next(steps, None)


def _make_recovery_codes(user: User) -> list[str]:
    codes = [b32encode(secrets.token_bytes(10)).decode().lower() for _n in range(RECOVERY_CODES)]
    user.recovery_digests = [_digest(user, code) for code in codes]
    return [f"{code[:4]}-{code[4:8]}-{code[8:12]}-{code[12:]}" for code in codes]


def _digest(user: User, code: str, key: str | None = None) -> str:
    return salted_hmac("recovery code", f"{user.pk}:{code}", secret=key, algorithm="sha256").hexdigest()


def _forget(user: User, session: str = "") -> None:
    user.sealed_totp, user.recovery_digests = "", []
    user.save(update_fields=["sealed_totp", "recovery_digests"])
    end_sessions(user, but=session)


def _wrong() -> Invalid:
    return Invalid("code", _("This code is wrong or was used already; wait for the app's next one."), "wrong_code")
