"""The user of this site, what a client tells about themself, and what signing in needs.

Rules: a user's own email stands sealed and is looked up through the vault's identifiers only;
a password that somebody else made (`one_time`) opens nothing but the page that replaces it; what a
client typed, the user name they chose included, stands in a sealed profile that has exactly the
fields of its clause; no table holds an address of a machine, a browser or an exact time.
"""

from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from kept._kit import clock
from kept._kit.ids import new_id
from kept.keepers.accounts import passwords
from kept.vault.fields import DynamicModel
from kept.vault.users import AbstractSealedUser


class Role(models.TextChoices):
    """What a member of staff is there for; the console says what each may do."""

    OPERATOR = "operator"
    OFFICER = "officer"
    AUDITOR = "auditor"


class User(AbstractSealedUser):
    """Staff and clients. `username` and `display_name` name nobody (checked by the vault).

    A client's `username` is a random one; the one they chose stands in their profile.
    """

    one_time = models.BooleanField(default=False)
    """True while the password is the one that was handed out."""
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.OPERATOR)
    """Means nothing for clients."""

    class Meta(AbstractSealedUser.Meta):
        swappable = "AUTH_USER_MODEL"  # not there where the host has a user model of its own

    @property
    def person(self) -> UUID:
        """The subject that a client is. Raises `LookupError` for staff, who are none."""
        if self.subject_id is None:
            raise LookupError("this account stands for no person")
        id: UUID = self.subject_id
        return id

    def set_password(self, raw_password: str | None) -> None:
        """Store the hash of the password's normal form; None makes it unusable."""
        super().set_password(None if raw_password is None else passwords.normal(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """True where `raw_password` is the password, however its accents were typed."""
        plain = None if raw_password is None else passwords.normal(raw_password)
        return super().check_password(plain)


class SignInAttempts(models.Model):
    """Attempts in a row for one name (`throttle`). Holds no name and no address."""

    digest = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    not_before = models.DateTimeField()
    forget_at = models.DateTimeField(db_index=True)

    class Kept:
        """What the vault's check of holdings asks."""

        not_personal = "counts of attempts under a keyed digest that is forgotten"

    def __str__(self) -> str:
        return f"{self.count} attempts"


class Profile(DynamicModel):
    """What a client gave at one collection point about themself: the fields of its clause."""

    changed = models.DateField(default=clock.today)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "point"], name="kept_one_profile_per_point")
        ]

    def __str__(self) -> str:
        return f"{self.point} {self.pk}"


class Link(models.Model):
    """A step that a mail with a link has to be answered for. What was typed stands sealed.

    Until it is known whose address it is, it is nobody's and sealed with the site's key; it is gone
    when the link is used and a day after it was asked for.
    """

    class Kind(models.TextChoices):
        """`told` is a mail without a link."""

        REGISTER = "register"
        RESET = "reset"
        ADDRESS = "address"
        TOLD = "told"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    subject = models.ForeignKey(
        "kept_vault.Subject", models.CASCADE, null=True, blank=True, related_name="+"
    )
    sealed = models.BinaryField()
    ends = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class OpenSession(AbstractBaseSession):
    """A session on the server: a random key, ids, a rounded end. Listed by account."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="sessions"
    )
    since = models.DateField(default=clock.today)

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    class Kept:
        """What the vault's check of holdings asks."""

        holds_by = "account__subject"

    @classmethod
    def get_session_store_class(cls) -> Any:
        """The engine that reads and writes these rows."""
        return import_module(settings.SESSION_ENGINE).SessionStore

    def save(self, *args: Any, **kwargs: Any) -> None:
        """An update leaves the day alone on which the session began."""
        if kwargs.get("force_update"):
            kwargs["update_fields"] = ["session_data", "expire_date", "account"]
        super().save(*args, **kwargs)


class SecondFactor(models.Model):
    """The secret that a user's authenticator shares with the site (RFC 6238), sealed."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="factor"
    )
    sealed = models.BinaryField()
    confirmed = models.BooleanField(default=False)
    """True once a code of it was given: from then on signing in asks for one."""
    last_step = models.BigIntegerField(default=0)
    """The time step of the last code taken; none up to it is taken again."""

    class Kept:
        """What the vault's check of holdings asks."""

        holds_by = "user__subject"

    def __str__(self) -> str:
        return f"second factor of {self.user_id}"


class RecoveryCode(models.Model):
    """One code for the day the authenticator is lost: a keyed digest, gone when it is used."""

    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes"
    )

    class Kept:
        """What the vault's check of holdings asks."""

        holds_by = "user__subject"

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"
