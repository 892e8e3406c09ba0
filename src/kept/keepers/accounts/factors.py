"""The second factor: codes of an authenticator (RFC 6238, TOTP) and codes for when it is lost.

Rules: staff need one before the console opens; clients may have one where the policy names what
is kept of it; the secret stands sealed, under the user's own key
where they are a subject, else under the site's; it counts from the first right code on, and that
ends every other session of the account; a code is taken once, and none older than the last; one
step of clock drift to each side is allowed; recovery codes stand as keyed digests, each good once.
"""

import hashlib
import hmac
import secrets
from io import BytesIO

import pyotp
import segno
from django.conf import settings
from django.db import transaction
from django.utils.safestring import SafeString, mark_safe

from kept import ledger, promises, vault
from kept._kit import clock
from kept.keepers.accounts.models import RecoveryCode, SecondFactor, User

STEP = 30
DRIFT = 1
CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_LABEL = "second-factor"
_FIELD = "factor"
"""The field of `[collect.account]` that names the secret."""


def offered(user: User) -> bool:
    """Whether a secret may be kept: of staff always, of a person where their clause names it."""
    if user.subject_id is None:
        return True
    clause = promises.current().policy.collect.get("account")
    return clause is not None and _FIELD in clause.fields


def enrolled(user: User) -> bool:
    """Whether signing in as `user` asks for a code."""
    return SecondFactor.objects.filter(user=user, confirmed=True).exists()


def begin(user: User) -> None:
    """Make a secret that waits for its first code, in place of another that waits."""
    secret = pyotp.random_base32()
    sealed = vault.seal_bytes(_LABEL, _bound(user, secret), user.subject_id)
    with transaction.atomic():
        SecondFactor.objects.filter(user=user, confirmed=False).delete()
        SecondFactor.objects.get_or_create(user=user, defaults={"sealed": sealed})


def waiting_secret(user: User) -> str | None:
    """The secret to put into the authenticator; None once it is confirmed."""
    row = SecondFactor.objects.filter(user=user, confirmed=False).first()
    return None if row is None else _secret(row)


def picture(user: User, secret: str) -> SafeString:
    """The secret as a QR code, drawn as inline SVG without any style."""
    site = promises.current().policy.meta.site
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.get_username(), issuer_name=site)
    drawn = BytesIO()
    segno.make(uri, error="m").save(
        drawn, kind="svg", omitsize=True, border=4, light="#ffffff", xmldecl=False, svgns=False,
        title="QR code of the secret below",
    )  # fmt: skip
    return mark_safe(drawn.getvalue().decode())  # noqa: S308 - drawn here from our own text


def confirm(user: User, code: str, keep_session: str | None) -> list[str] | None:
    """Take the first code: from now on signing in asks for one. The recovery codes, told once.

    None where the code is wrong. `keep_session` is the session that stays.
    """
    row = SecondFactor.objects.filter(user=user, confirmed=False).first()
    if row is None or not _spend(row, code):
        return None
    return _confirmed(user, keep_session)


@ledger.flow(ledger.Account)
def _confirmed(user: User, keep_session: str | None) -> list[str]:
    SecondFactor.objects.filter(user=user).update(confirmed=True)
    user.sessions.exclude(session_key=keep_session or "").delete()
    codes = ["-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3))
             for _ in range(CODES)]  # fmt: skip
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(digest=_digest(one), user=user) for one in codes)
    ledger.record(ledger.Account(what="second-factor", account=str(user.pk)), user.subject_id)
    return codes


def take(user: User, code: str) -> bool:
    """Whether `code` is right now: of the authenticator, else a recovery code, which it uses up."""
    row = SecondFactor.objects.filter(user=user, confirmed=True).first()
    if row is not None and _spend(row, code):
        return True
    return bool(RecoveryCode.objects.filter(user=user, digest=_digest(code)).delete()[0])


def remove(user: User) -> None:
    """Forget the authenticator and its codes: the user has to set up another."""
    with transaction.atomic():
        SecondFactor.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(user=user).delete()


def codes_left(user: User) -> int:
    """How many recovery codes are unused."""
    return RecoveryCode.objects.filter(user=user).count()


def _spend(row: SecondFactor, code: str) -> bool:
    """Take a code of the authenticator once; the same or an older one never again."""
    totp = pyotp.TOTP(_secret(row), interval=STEP)
    now = int(clock.now().timestamp()) // STEP
    plain = "".join(code.split())
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), plain.encode()):
            rows = SecondFactor.objects.filter(pk=row.pk, last_step__lt=step)
            return bool(rows.update(last_step=step))
    return False


def _bound(user: User, secret: str) -> bytes:
    """The secret with whose it is: a row copied to another user opens nothing."""
    return f"{user.pk} {secret}".encode()


def _secret(row: SecondFactor) -> str:
    owner, _, secret = vault.open_bytes(_LABEL, bytes(row.sealed)).decode().partition(" ")
    if owner != str(row.user_id):
        raise ValueError("a second factor stands at another user than it was made for")
    return secret


def _digest(code: str) -> str:
    plain = "".join(sign for sign in code.casefold() if sign.isalnum())
    key = hmac.digest(settings.SECRET_KEY.encode(), b"kept.accounts.recovery", "sha256")
    return hashlib.blake2b(plain.encode(), key=key, digest_size=32).hexdigest()
