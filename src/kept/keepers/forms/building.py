"""A Django form built from a clause of the policy: its fields, their kinds, the consent boxes.

Rules: the clause alone says which fields there are; consent boxes are never ticked beforehand
(GDPR Art. 4(11), Recital 32); the purpose named first is what the form is for, so its box must be
ticked to send it; every other consent is a free extra choice; a password is never shown again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kept import policy
from kept.policy.prose import Item, Notice

CONSENT = "consent-"
"""Prefix of a consent box's name; the rest is the purpose's id."""
_MISSING = gettext_lazy(
    "Without this consent we may not keep what you typed, so nothing was stored."
)
_NONE = gettext_lazy("Tick at least one of these; without it nothing was stored.")
_PASSWORD = "account.password"  # noqa: S105 - the name of a category
_AUTOCOMPLETE = {
    "identity.username": "username",
    "identity.name": "name",
    "identity.title": "organization-title",
    "contact.email": "email",
    "contact.phone": "tel",
    "contact.mobile": "tel",
    "contact.address": "street-address",
    "contact.country": "country-name",
    "contact.website": "url",
    "work.employer": "organization",
}
_one_line = RegexValidator(r"^[^\r\n]*\Z", gettext_lazy("This must be a single line."))
_phone = RegexValidator(
    r"^[0-9+()/. \-x]{5,40}\Z",
    gettext_lazy("Please write a phone number, for example +1 555 0100."),
)


@dataclass(frozen=True, slots=True)
class Asking:
    """How a page asks, where it differs from the plain form of a clause."""

    given: frozenset[str] = frozenset()
    """Purposes that the person agreed to before: no box asks again."""
    any_of: bool = False
    """True where the purposes stand beside each other: one consent is needed, whichever."""
    answered: frozenset[str] = frozenset()
    """Fields of the clause that the page itself answers: the form does not ask them."""
    initial: Mapping[str, Any] = field(default_factory=dict)
    """What the fields hold when the page is opened; consent boxes hold nothing."""


PLAIN = Asking()
"""The form as the clause alone makes it."""


def form_for(point: policy.Collection, notice: Notice, asking: Asking = PLAIN) -> type[forms.Form]:
    """The form class of one collection point, in the order of its notice."""
    fields: dict[str, forms.Field] = {
        item.field: field_for(point, item)
        for item in notice.what
        if item.field not in asking.answered
    }
    for name, value in asking.initial.items():
        if name in fields:
            fields[name].initial = value
    for index, (name, says) in enumerate(consents(notice)):
        if name not in asking.given:
            fields[CONSENT + name] = forms.BooleanField(
                label=says,
                required=index == 0 and not asking.any_of,
                initial=False,
                error_messages={"required": _MISSING},
            )
    return type("PointForm", (_AnyOf if asking.any_of else forms.Form,), fields)


class _AnyOf(forms.Form):
    """A form that needs one of its consents."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        boxes = [name for name in self.fields if name.startswith(CONSENT)]
        if boxes and not any(given.get(name) for name in boxes):
            self.add_error(boxes[0], _NONE)
        return given


def consents(notice: Notice) -> tuple[tuple[str, str], ...]:
    """The purposes that need the visitor's consent here: (id, what its box says), in order."""
    return tuple(
        (use.id, _("You agree that we use what you send here to {}.").format(use.says))
        for use in notice.purposes
        if use.basis == "consent"
    )


def shown_text(notice: Notice) -> str:
    """Everything a person is shown before sending, exactly: the notice and the consent boxes."""
    return "\n".join((notice.text, *(says for _id, says in consents(notice))))


def field_for(point: policy.Collection, item: Item) -> forms.Field:
    """The form field of one item of a notice."""
    category = policy.category(item.category)
    options: dict[str, Any] = {
        "label": item.label,
        "required": item.required,
        "help_text": item.says,
    }
    if item.field in point.choices:
        made = _choice(point.choices[item.field], options)
    elif category.key == _PASSWORD:
        made = _password(category, options)
    else:
        made = _KINDS[category.kind](category, options)
    if category.key in _AUTOCOMPLETE:
        made.widget.attrs["autocomplete"] = _AUTOCOMPLETE[category.key]
    return made


def _text(category: policy.Category, options: dict[str, Any]) -> forms.Field:
    return forms.CharField(max_length=category.max_length, validators=[_one_line], **options)


def _longtext(category: policy.Category, options: dict[str, Any]) -> forms.Field:
    area = forms.Textarea(attrs={"rows": 7})
    return forms.CharField(max_length=category.max_length, widget=area, **options)


def _password(category: policy.Category, options: dict[str, Any]) -> forms.Field:
    hidden = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(max_length=category.max_length, strip=False, widget=hidden, **options)


def _email(category: policy.Category, options: dict[str, Any]) -> forms.Field:
    return forms.EmailField(max_length=category.max_length, **options)


def _phone_number(category: policy.Category, options: dict[str, Any]) -> forms.Field:
    field = forms.TelInput()
    return forms.CharField(
        max_length=category.max_length, widget=field, validators=[_phone], **options
    )


def _url(category: policy.Category, options: dict[str, Any]) -> forms.Field:
    return forms.URLField(max_length=category.max_length, assume_scheme="https", **options)


def _date(category: policy.Category, options: dict[str, Any]) -> forms.Field:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **options)


def _number(category: policy.Category, options: dict[str, Any]) -> forms.Field:
    return forms.DecimalField(max_digits=20, decimal_places=6, **options)


def _boolean(category: policy.Category, options: dict[str, Any]) -> forms.Field:
    return forms.BooleanField(**options)


def _choice(answers: tuple[str, ...], options: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(choices=[("", "—"), *((one, one) for one in answers)], **options)


_KINDS: dict[str, Callable[[policy.Category, dict[str, Any]], forms.Field]] = {
    "text": _text,
    "longtext": _longtext,
    "email": _email,
    "phone": _phone_number,
    "url": _url,
    "date": _date,
    "number": _number,
    "boolean": _boolean,
    "choice": _text,
}
"""One maker per kind of value. `file` has none: uploads need the sealed files of a media keeper."""
