"""Words and their joining: the hook for translation, lists, periods, dates, places, lifetimes.

Rules: every text of ours passes `_` as one whole sentence with named places, so that a translator
sees sentences and not crumbs; nothing here imports a framework: the host puts in its own gettext.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from kept.policy import taxonomy
from kept.policy.keep import Keep, Lifetime
from kept.policy.model import Policy
from kept.policy.period import Period
from kept.policy.places import name_of

Translate = Callable[[str], str]

_translate: ContextVar[Translate] = ContextVar("kept_policy_translate")


@contextmanager
def translated_by(translate: Translate) -> Iterator[None]:
    """Prose made in the block passes each text through `translate` (a gettext function)."""
    token = _translate.set(translate)
    try:
        yield
    finally:
        _translate.reset(token)


def _(text: str, /, **words: str) -> str:
    """`text` in the reader's language with `words` in their places."""
    translate = _translate.get(None)
    made = translate(text) if translate else text
    if not words:
        return made
    try:
        return made.format(**words)
    except (KeyError, IndexError, ValueError):  # a translation with places that the text has not
        return text.format(**words)


def listed(words: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) <= 1:
        return "".join(words)
    head, tail = ", ".join(words[:-1]), words[-1]
    if any(_joins(word, last) for word in words):
        if last == "or":
            return _("{head}, or {tail}", head=head, tail=tail)
        return _("{head}, and {tail}", head=head, tail=tail)
    if last == "or":
        return _("{head} or {tail}", head=head, tail=tail)
    return _("{head} and {tail}", head=head, tail=tail)


def _joins(word: str, last: str) -> bool:
    """Whether `word` joins things itself, so that a list of such needs a comma before its end."""
    return "," in word or (f" {_('or')} " if last == "or" else f" {_('and')} ") in word


def period(value: Period) -> str:
    """`2 years`, `one day`."""
    number, unit = value.number_and_unit()
    one = {
        "hour": _("one hour"),
        "day": _("one day"),
        "month": _("one month"),
        "year": _("one year"),
    }
    many = {
        "hour": _("{number} hours", number=str(number)),
        "day": _("{number} days", number=str(number)),
        "month": _("{number} months", number=str(number)),
        "year": _("{number} years", number=str(number)),
    }
    return one[unit] if number == 1 else many[unit]


def keep(value: Keep) -> str:
    """How long, to follow “we keep it”: `for 2 years`, `until you close your account`."""
    if value.kind == "indefinitely":
        return _("indefinitely")
    if value.kind == "event":
        events = {
            "purpose ends": _("until it has served its purpose"),
            "account closes": _("until your account is closed"),
            "request ends": _("until your request is settled"),
        }
        return events[value.event or "purpose ends"]
    return _("for {period}", period=period(value.period or Period()))


def lifetime(value: Lifetime) -> str:
    """How long a cookie lives, to follow “it lasts”."""
    if value.kind == "session":
        return _("until you close your browser")
    if value.kind == "until log out":
        return _("until you log out")
    return period(value.period or Period())


def day(value: date) -> str:
    """`16 March 2016`."""
    months = (
        _("January"),
        _("February"),
        _("March"),
        _("April"),
        _("May"),
        _("June"),
        _("July"),
        _("August"),
        _("September"),
        _("October"),
        _("November"),
        _("December"),
    )
    return _(
        "{day} {month} {year}",
        day=str(value.day),
        month=months[value.month - 1],
        year=str(value.year),
    )


def places(codes: Sequence[str]) -> str:
    """`California, the United States and other places around the world`."""
    if tuple(codes) == ("worldwide",):
        return _("countries around the world")
    return listed([_(name_of(code)) for code in codes])


def sentence(text: str) -> str:
    """`text` with a capital at its start and a full stop at its end."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def yours(categories: Iterable[str], *, whose: str = "your") -> str:
    """What the categories are to their owner: `your name, email address and the pages you view`.

    `whose` is `your`, or `their` for someone else's.
    """
    phrases = list(dict.fromkeys(_(taxonomy.category(key).yours) for key in categories))
    own = [phrase.removeprefix("your ") for phrase in phrases if phrase.startswith("your ")]
    rest = [phrase for phrase in phrases if not phrase.startswith("your ")]
    if own:
        own[0] = f"your {own[0]}"
    made = listed(own + rest)
    return made.replace("your ", "their ") if whose == "their" else made


def uses(policy: Policy, purposes: Iterable[str]) -> str:
    """Purposes to follow “we use it”: `to answer you and to send you news`."""
    return listed([_("to {use}", use=policy.purposes[id].says) for id in purposes])


def lower(text: str) -> str:
    """`text` with a small first letter, unless its first word is an acronym."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
