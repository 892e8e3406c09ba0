"""Opening a client's account: asked for at the collection point, opened by the link in the mail.

Rules (UI-02, UI-03, UI-14): the clause says what is asked, the notice comes first, no box is
ticked; the page does the same work and says the same whether the address is new, known or being
erased; nothing is anybody's, and nobody's choices change, before the address is proved; then
consent, record and events are written in one transaction, under the very text that was shown.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.contrib.auth.hashers import make_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from kept import gate, ledger, policy, promises, vault
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.keepers.accounts import address, jobs, links, passwords, throttle, writing
from kept.keepers.accounts.forms import UNREACHABLE
from kept.keepers.accounts.links import Asked
from kept.keepers.accounts.models import Link, Profile, User
from kept.keepers.consent import flows as consent
from kept.keepers.forms import building, storing
from kept.keepers.forms import flows as forms
from kept.keepers.forms.building import CONSENT
from kept.keepers.forms.pages import Collected, Examined, Refused
from kept.keepers.sharing.compose import can_reach
from kept.vault.models import Subject

POINT = "account"
_EMAIL, _PASSWORD, _USERNAME = "contact.email", "account.password", "identity.username"
_SHORTEST_NAME = 3
_brake = address.Brake(limit=30)


@dataclass(frozen=True, slots=True)
class Slow:
    """Too many came from one place, or for one address; `wait` is in seconds."""

    wait: int


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What following the link did. `opened` is the only one that changed anything."""

    outcome: Literal["opened", "over", "changed", "taken", "busy", "denied"]


def field_of(category: str) -> str | None:
    """The field of the account's clause that holds a category, in the policy in force."""
    clause = promises.current().policy.collect.get(POINT)
    asked = {} if clause is None else clause.required
    return next((name for name, one in asked.items() if one == category), None)


def is_open() -> bool:
    """Whether the policy in force lets accounts be opened: an address and a password at least."""
    return field_of(_EMAIL) is not None and field_of(_PASSWORD) is not None


def ask(
    sent: Mapping[str, Sequence[str]], *, base: str, come_from: str
) -> Collected | Refused | Slow:
    """Judge what was typed and have a mail sent. Says the same for every address."""
    if not is_open():
        return Refused(410, "", None)
    wait = _brake.wait(come_from)
    if wait:
        return Slow(wait)
    found = forms.examine(POINT, sent)
    if not isinstance(found, Examined):
        return found
    return _refusal(found) or _begin(found, base)


def _refusal(found: Examined) -> Refused | Slow | None:
    """What is wrong with it, the same for every address."""
    values, email = found.values, str(field_of(_EMAIL))
    for field, problem in _problems(values, email, str(field_of(_PASSWORD))):
        found.page.form.add_error(field, problem)
    if found.page.form.errors:
        return Refused(422, "", found.page)
    wait = throttle.wait(f"mail to {values[email]}")
    return Slow(wait) if wait else None


def _begin(found: Examined, base: str) -> Collected | Refused:
    values = found.values
    asked = Asked(
        base=base,
        address=str(values.pop(str(field_of(_EMAIL)))),
        password=make_password(passwords.normal(str(values.pop(str(field_of(_PASSWORD)))))),
        values={name: str(value) for name, value in values.items()},
        agreed=tuple(found.agreed(CONSENT)),
        shown=building.shown_text(found.page.notice),
        at=clock.now(),
        version=found.posted.ordinal,
        dropped=found.dropped,
    )
    with transaction.atomic():
        if not storing.spend(found.token):
            return forms.twice(found)
        jobs.enqueue(links.begin(Link.Kind.REGISTER, asked))
    return Collected(row=None)


def _problems(values: Mapping[str, Any], email: str, password: str) -> list[tuple[str, str]]:
    site = promises.current().policy.meta.site
    name = field_of(_USERNAME)
    typed = str(values.get(name, "")) if name else ""
    context = (site, typed, str(values.get(email, "")).partition("@")[0])
    found = [(password, one) for one in passwords.problems(str(values[password]), context=context)]
    if not can_reach(str(values.get(email, ""))):
        found.append((email, UNREACHABLE))
    if name:
        found += [(name, one) for one in name_problems(typed)]
    return found


def name_problems(name: str) -> list[str]:
    """Why a user name cannot be had. That one is taken is no secret; whose it is, is."""
    if "@" in name or len(name) < _SHORTEST_NAME:
        return [f"A user name has at least {_SHORTEST_NAME} characters and no @."]
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError:
        return ["Use letters, digits and . + - _ only."]
    holder = vault.standing(_USERNAME, name)
    taken = Q(username__iexact=name) | Q(subject__isnull=False, subject=holder)
    if User.objects.filter(taken).exists():
        return ["This user name is taken. Choose another one."]
    return []


def confirm(token: str) -> Confirmed:
    """Open the account that the link stands for."""
    try:
        with transaction.atomic():
            found = links.find(token, Link.Kind.REGISTER, lock=True)
            if found is None:
                return Confirmed("over")
            row, asked = found
            outcome = _confirm(asked)
            row.delete()
    except _NameTakenError:
        return Confirmed("taken")
    except KeptError as error:
        return Confirmed("busy" if error.code.id == _NOT_ACTIVE else "denied")
    return Confirmed(outcome)


class _NameTakenError(Exception):
    """Somebody else took the user name meanwhile; nothing is stored."""


_NOT_ACTIVE = "V009"


def _confirm(asked: Asked) -> Literal["opened", "over", "changed", "denied"]:
    posted = promises.current()
    if posted.ordinal != asked.version:
        return "changed"
    clause = posted.policy.collect[POINT]
    with gate.purpose(clause.purposes[0], actor=gate.VISITOR):
        subject = vault.find_or_make(_EMAIL, asked.address)
        if User.objects.filter(subject=subject).exists():
            return "over"
        if writing.is_stopped(subject):
            return "denied"
        open_account(clause, subject, asked)
    return "opened"


@ledger.flow(ledger.Collected, ledger.Consented, may=[ledger.Dropped])
def open_account(clause: policy.Collection, subject: Subject, asked: Asked) -> User:
    """Consent, user, profile and events, in the caller's transaction and scope."""
    consent.give(
        subject.pk, point=POINT, purposes=asked.agreed, shown=asked.shown, asked_at=asked.at
    )
    user = User(username=f"client-{secrets.token_hex(6)}", password=asked.password, subject=subject)
    user.email = asked.address
    user.save(force_insert=True)
    values = {name: value for name, value in asked.values.items() if name in clause.asked}
    profile = Profile(point=POINT, subject=subject)
    for name, value in values.items():
        _claim(clause.asked[name], value, subject)
        profile.put(name, clause.asked[name], value)
    profile.save(force_insert=True)
    told = tuple(sorted({clause.asked[name] for name in values}))
    ledger.record_many(
        (ledger.Collected(point=POINT, version=asked.version, categories=held, row=row), subject.pk)
        for row, held in ((user.pk, (_PASSWORD, _EMAIL)), (profile.pk, told))
    )
    if asked.dropped:
        ledger.record(ledger.Dropped(point=POINT, fields=asked.dropped), None)
    return user


def _claim(category: str, value: str, subject: Subject) -> None:
    if category == _USERNAME and vault.claim(category, value, subject.pk) != subject.pk:
        raise _NameTakenError
