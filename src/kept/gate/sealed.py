"""A sealed value: what an attribute gives outside a scope, or inside one where the gate denies.

Rules: it holds no plaintext; its `repr` names the category only; every other way to print,
compare, copy, pickle, serialise, iterate, test or call it raises `SealedError`, which derives from
nothing that Python or Django swallow by kind. (Operators in a Django `{% if %}` swallow every
exception and count as false; so each refusal is also logged, without any value.) One thing is
shown: where the gate denied inside a scope, a page gets a neutral mark instead of the value,
because one person's choice must not break a list; a form does not, because it would be saved.
"""

import logging
import sys
from collections.abc import Callable
from html import escape
from typing import Any, Final, NoReturn, final

from kept._kit.errors import KeptError
from kept.gate.codes import SEALED, WITHHELD
from kept.gate.decision import Decision
from kept.gate.scope import current

_log = logging.getLogger("kept.gate")
_DJANGOS_TEMPLATES: Final = "django.template.base"


class SealedError(KeptError):
    """A sealed value was used: outside a scope (G001) or where the gate denies (G002)."""


class Withheld(str):
    """The neutral mark of a page: safe HTML that says only that something is withheld."""

    __slots__ = ()

    def __html__(self) -> str:
        """Itself: the words in it are escaped when it is made."""
        return str(self)


_word: Callable[[], str] = lambda: "withheld"  # noqa: E731 - replaced by `word_for_withheld`
_kind: type[Withheld] = Withheld
_marks: dict[str, Withheld] = {}
"""The mark by its word: a page may show it a hundred times."""


def word_for_withheld(word: Callable[[], str], kind: type[Withheld] = Withheld) -> None:
    """Set how the mark's one word is found (a translation), asked at each rendering.

    `kind`: what the mark is made as, where a template engine knows safe text by its class.
    """
    global _word, _kind
    _word, _kind = word, kind
    _marks.clear()


def _refuse(self: "Sealed", *_: object, **__: object) -> NoReturn:
    """Every operator and protocol below ends here."""
    raise self._error()


@final
class Sealed:
    """A value that gives nothing: `<sealed contact.email>`."""

    __slots__ = ("_category", "_decision", "_place")

    _category: str
    _decision: Decision | None
    _place: str

    # Django's templates look at these two before they call; see `__call__`.
    do_not_call_in_templates = False
    alters_data = False

    def __init__(self, category: str, decision: Decision | None = None, place: str = "") -> None:
        """`decision`: the denial, or None where no scope was open; `place`: model and field."""
        object.__setattr__(self, "_category", category)
        object.__setattr__(self, "_decision", decision)
        object.__setattr__(self, "_place", place)

    @property
    def category(self) -> str:
        """The category of what is withheld."""
        return self._category

    @property
    def decision(self) -> Decision | None:
        """Why the gate denied; None where no scope was open."""
        return self._decision

    @property
    def place(self) -> str:
        """Model and field, for error messages."""
        return self._place

    def __repr__(self) -> str:
        return f"<sealed {self._category}>"

    def __html__(self) -> str:
        """The neutral mark for a template engine, where the gate denied in an open scope."""
        return self._mark()

    def __call__(self) -> Withheld:
        """Give the neutral mark to a Django template; raise for every other caller.

        Django's templates call what they can before they print it, so this is how
        `{{ row.email }}` shows the mark, while `str()` still raises. Forms call initial values too:
        they must not, or the mark would be saved in the value's place.
        """
        if sys._getframe(1).f_globals.get("__name__") != _DJANGOS_TEMPLATES:
            raise self._error()
        return self._mark()

    def _mark(self) -> Withheld:
        if self._decision is None or current() is None:
            raise self._error()
        word = _word()
        mark = _marks.get(word)
        if mark is None:
            mark = _marks[word] = _kind(f'<span class="kept-withheld">{escape(word)}</span>')
        return mark

    def _error(self) -> SealedError:
        if self._decision is None:
            code, message = SEALED, f"`{self._category}` is sealed: no purpose scope is open"
        else:
            missing = "; ".join(self._decision.missing)
            purpose = self._decision.request.purpose
            code = WITHHELD
            message = f"`{self._category}` is withheld from `{purpose}`: missing {missing}"
        error = SealedError(code, message, place=self._place)
        _log.warning("%s", error)
        return error

    def __getattr__(self, name: str) -> Any:
        """Raise for unknown attributes too: `hasattr` and `getattr(…, default)` swallow nothing."""
        raise self._error()

    __setattr__ = __delattr__ = _refuse
    __str__ = __format__ = __bytes__ = __fspath__ = _refuse
    __bool__ = __int__ = __float__ = __complex__ = __index__ = __round__ = _refuse
    __len__ = __length_hint__ = __iter__ = __reversed__ = __contains__ = _refuse
    __getitem__ = __setitem__ = __delitem__ = __next__ = __await__ = __aiter__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _refuse
    __add__ = __radd__ = __mul__ = __rmul__ = __mod__ = __rmod__ = __or__ = __ror__ = _refuse
    __and__ = __rand__ = __sub__ = __rsub__ = __neg__ = __abs__ = __invert__ = _refuse
    __copy__ = __deepcopy__ = __reduce__ = __reduce_ex__ = __getstate__ = _refuse
    __enter__ = __exit__ = _refuse
