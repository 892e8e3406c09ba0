"""The user of this site, and the counts that slow password guessing down.

Rules: a user's own email stands sealed and is looked up through the vault's identifiers only;
a password that somebody else made (`one_time`) opens nothing but the page that replaces it.
"""

from django.db import models

from kept.keepers.accounts import passwords
from kept.vault.users import AbstractSealedUser


class User(AbstractSealedUser):
    """Staff and clients. `username` and `display_name` name nobody (checked by the vault)."""

    one_time = models.BooleanField(default=False)
    """True while the password is the one that was handed out."""

    class Meta(AbstractSealedUser.Meta):
        pass

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
