"""The fields of the sign-in and password pages. What they hold is judged in `flows`."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from kept.keepers.accounts import passwords
from kept.keepers.sharing.compose import can_reach

UNREACHABLE = "We cannot write to this address. Use its form in plain letters (ASCII)."
_NAME_LENGTH = 254


def reachable(address: str) -> None:
    """A validator. Raises `ValidationError` where no mail can be addressed so."""
    if not can_reach(address):
        raise ValidationError(UNREACHABLE)


def _password(label: str, autocomplete: str) -> forms.CharField:
    """Never stripped and never rendered back; password managers and pasting work."""
    return forms.CharField(
        label=label,
        strip=False,
        max_length=passwords.LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class SignInForm(forms.Form):
    """Name and password."""

    name = forms.CharField(
        label="Email or user name",
        max_length=_NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = _password("Password", "current-password")


class FirstPasswordForm(forms.Form):
    """A new password, twice."""

    new = _password("New password", "new-password")
    again = _password("New password again", "new-password")

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        given = super().clean() or {}
        if "new" in given and "again" in given and given["new"] != given["again"]:
            self.add_error("again", "This is not the same password as above.")
        return given


class PasswordForm(FirstPasswordForm):
    """The current password, and a new one twice."""

    field_order = ("current", "new", "again")
    current = _password("Current password", "current-password")


class AddressForm(forms.Form):
    """An email address that a mail is to go to."""

    address = forms.EmailField(
        label="Email address",
        max_length=_NAME_LENGTH,
        validators=[reachable],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class MoveForm(forms.Form):
    """The address that an account is to have."""

    address = forms.EmailField(
        label="New email address",
        max_length=_NAME_LENGTH,
        validators=[reachable],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = _password("Your password", "current-password")


class CloseForm(forms.Form):
    """The password, once more."""

    password = _password("Your password", "current-password")


class CodeForm(forms.Form):
    """A code of the authenticator, or a recovery code."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        help_text="The six digits that your authenticator shows now, or a recovery code.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text"}),
    )
