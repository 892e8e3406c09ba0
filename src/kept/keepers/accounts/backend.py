"""Django's authentication backend: an email through the vault's identifiers, or a user name.

Rules: one password hash is computed whatever the name is (known, unknown, closed, without a
password), so that neither time nor wording tells whether an account exists.
"""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.http import HttpRequest

from kept import vault
from kept.keepers.accounts import passwords
from kept.keepers.accounts.models import User


class ByIdentifier(ModelBackend):
    """Signs in by email or user name."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The active user of that name and password, else None."""
        if username is None or password is None:
            return None
        user = _find(username)
        if user is None or not user.has_usable_password():
            make_password(passwords.normal(password))
            return None
        if not user.check_password(password) or not self.user_can_authenticate(user):
            return None
        return user


def _find(name: str) -> User | None:
    """A name with an `@` is an email: user names cannot hold one. A client's stands sealed."""
    subject = vault.find("email" if "@" in name else "username", name)
    named = Q(username=name) if subject is None else Q(subject_id=subject)
    return User.objects.filter(named).first()
