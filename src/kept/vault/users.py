"""A user whose email stands sealed, on Django's own accounts.

Rules: `username` and `display_name` are for staff pages and name nobody (a checked promise of the
host); the email finds the subject, through the key store only; a user without sealed values needs
no subject; the time of the last login is not kept.
"""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from kept._kit.ids import new_id
from kept.vault.fields import (
    CollectedField,
    Email,
    EnvelopeField,
    OneSubjectKey,
    SealedRow,
    SinceField,
)


def not_an_address(value: str) -> None:
    """A validator. Raises `ValidationError` for anything with an `@`."""
    if "@" in value:
        raise ValidationError(_("A user name cannot be an email address."))


class SealedUserManager(BaseUserManager[Any]):
    """Makes users. An email needs a purpose scope, as every sealed value does."""

    use_in_migrations = True

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Any:
        """A user; `email`, where given, finds or makes the subject."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> Any:
        """A user with every permission."""
        return self.create_user(
            username, password, **{**fields, "is_staff": True, "is_superuser": True}
        )


class AbstractSealedUser(SealedRow, AbstractBaseUser, PermissionsMixin):  # type: ignore[misc] # as `kept.Model`
    """Abstract: a host's own user model derives from it. The collection point is `account`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(
        _("username"),
        max_length=60,
        unique=True,
        validators=[UnicodeUsernameValidator(), not_an_address],
        help_text=_("Shown to staff; not a person's name and not an email address."),
    )
    display_name = models.CharField(
        _("display name"), max_length=60, blank=True, help_text=_("A role or a pseudonym.")
    )
    is_staff = models.BooleanField(_("staff status"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    last_login = None
    subject = OneSubjectKey(
        "kept_vault.Subject",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    collected = CollectedField()
    since = SinceField()
    revision = models.PositiveIntegerField(default=0, editable=False)
    sealed = EnvelopeField()
    email = Email("contact.email", blank=True, verbose_name=_("email address"))

    objects: ClassVar[SealedUserManager] = SealedUserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        abstract = True
        verbose_name = _("user")
        verbose_name_plural = _("users")

    class Kept:
        """The clause, and the field that finds the subject."""

        collect = "account"
        subject = "email"

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        """The display name, which names nobody."""
        return self.display_name or self.username

    get_short_name = get_full_name
