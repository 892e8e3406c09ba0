"""What a browser really sent, sorted before anything is made of it.

Rules: a field that the clause does not name is dropped and only counted (its value is not looked
at, logged or kept); a field sent twice is an error, because nobody can say which was meant; NUL,
control characters and bytes that were not UTF-8 are errors.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

_ALLOWED_CONTROLS = frozenset("\t\n\r")
_UNDECODABLE = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Submitted:
    """The declared fields of a submission, its errors by field, how many fields were dropped."""

    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    dropped: int = 0


def sort_out(sent: Mapping[str, Sequence[str]], declared: Iterable[str]) -> Submitted:
    """Split what was sent (`name -> values`): declared values, errors, a count of the rest."""
    names = set(declared)
    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    for name in names & sent.keys():
        given = sent[name]
        values[name] = given[-1] if given else ""
        problem = _problem(given)
        if problem:
            errors[name] = problem
            values[name] = _printable(values[name])
    return Submitted(values, errors, dropped=len(sent.keys() - names))


def _problem(given: Sequence[str]) -> str:
    if len(given) > 1:
        return _("This field arrived more than once. Please check it and send the form again.")
    if any(_UNDECODABLE in value for value in given):
        return _("Some characters did not arrive as text (UTF-8). Please type them again.")
    if any(_is_control(sign) for value in given for sign in value):
        return _("This contains invisible control characters. They were removed; please check it.")
    return ""


def _printable(value: str) -> str:
    return "".join(sign for sign in value if not _is_control(sign))


def _is_control(sign: str) -> bool:
    return sign not in _ALLOWED_CONTROLS and unicodedata.category(sign) in ("Cc", "Cs")
