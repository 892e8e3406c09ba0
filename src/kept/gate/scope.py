"""The purpose scope: why personal data is being opened, one frozen value in a context variable.

Rules: outside a scope nothing opens; a scope inside another may only narrow it (the same purpose,
the same actor, the same or a first recipient), or be `maintain`, which opens nothing; there is no
ambient "skip"; a new thread has no scope; a task that outlives its scope has none either.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NoReturn

from kept.gate.actor import SYSTEM, Actor
from kept.gate.builtin import MAINTAIN
from kept.gate.codes import OVER, WIDENED, GateError
from kept.gate.lease import Lease
from kept.gate.terms import Terms

Who = Actor | Callable[[], Actor]
"""An actor, or how to find it when it is first needed (so that no session is read for nothing)."""


class Scope:
    """Purpose, actor and recipient of what happens now. Public parts cannot be changed."""

    __slots__ = (
        *("__weakref__", "_lease", "_over", "_who"),
        *("leased", "purpose", "recipient", "terms"),
    )

    purpose: str
    recipient: str | None
    terms: Terms | None
    leased: bool
    _who: Who
    _lease: Lease
    _over: bool

    def __init__(
        self,
        purpose: str,
        who: Who = SYSTEM,
        recipient: str | None = None,
        leased: bool = False,
        terms: Terms | None = None,
    ) -> None:
        for name, value in (
            ("purpose", purpose),
            ("recipient", recipient),
            ("terms", terms),
            ("leased", leased),
            ("_who", who),
            ("_lease", Lease()),
            ("_over", False),
        ):
            object.__setattr__(self, name, value)

    @property
    def actor(self) -> Actor:
        """Who acts; looked up once, when first asked for."""
        who = self._who
        if not isinstance(who, Actor):
            who = who()
            object.__setattr__(self, "_who", who)
        return who

    @property
    def lease(self) -> Lease:
        """Where the vault keeps what it opened. Ask for it each time.

        A spent lease of a leased scope is ended here and a new, empty one given. Raises `GateError`
        G007 on a closed scope.
        """
        if self._over:
            raise GateError(OVER, f"the scope `{self.purpose}` is closed")
        if self.leased and self._lease.spent:
            self._lease.close()
            object.__setattr__(self, "_lease", Lease())
        return self._lease

    @property
    def closed(self) -> bool:
        """True once the scope has ended, wherever this value may still be held."""
        return self._over

    def owns(self, subject: object) -> bool:
        """True when the actor is that subject: what `Facts.own` needs."""
        return self.actor.is_subject(subject)

    def on_close(self, call: Callable[[], None]) -> None:
        """Run `call` when the present lease ends, at the latest with the scope."""
        self.lease.on_close(call)

    def close(self) -> None:
        """End the scope: the lease is emptied, `current()` no longer gives it."""
        object.__setattr__(self, "_over", True)
        self._lease.close()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a scope is frozen; `{name}` cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a scope is frozen; `{name}` cannot be deleted")

    def __repr__(self) -> str:
        to = f" to {self.recipient}" if self.recipient else ""
        return f"<scope {self.purpose}{to}{', closed' if self._over else ''}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a scope cannot be copied or pickled: open it where it is needed")


_current: ContextVar[Scope | None] = ContextVar("kept.gate.scope", default=None)


entered_last = _current.get
"""The scope of this thread or task, even one that has ended: to compare with one that is open."""


def current() -> Scope | None:
    """The scope of this thread or task, if one is open."""
    scope = _current.get()
    return None if scope is None or scope._over else scope


@contextmanager
def purpose(
    name: str,
    *,
    actor: Who | None = None,
    recipient: str | None = None,
    leased: bool = False,
    terms: Terms | None = None,
) -> Iterator[Scope]:
    """Say what the block is for: `with kept.purpose("answer-inquiry"): …`.

    `actor` defaults to the outer scope's, else to the system. `leased=True` is for long jobs: keys
    and choices are then read anew every 1,000 rows or 5 seconds. `terms` say on what occasion, and
    with what established, data is given to `recipient`. Inside another scope only narrowing is
    allowed; else `GateError` G003. Do not yield to a caller from inside the block:
    the caller would run in it.
    """
    outer = current()
    who = actor if actor is not None else (outer._who if outer is not None else SYSTEM)
    if outer is not None:
        _refuse_widening(outer, name, actor, recipient, terms)
        if recipient is None and name == outer.purpose:
            recipient, terms = outer.recipient, outer.terms
    scope = Scope(name, who, recipient, leased, terms)
    try:
        with entered(scope):
            yield scope
    finally:
        scope.close()


@contextmanager
def entered(scope: Scope) -> Iterator[None]:
    """Make an open scope the current one for the block without ending it afterwards.

    For one who runs in pieces and closes it himself: a response that is streamed chunk by chunk.
    """
    if scope.closed:
        raise GateError(OVER, f"the scope `{scope.purpose}` is closed")
    token = _current.set(scope)
    try:
        yield
    finally:
        _current.reset(token)


def _refuse_widening(
    outer: Scope, name: str, actor: Who | None, recipient: str | None, terms: Terms | None
) -> None:
    if name == MAINTAIN:
        return
    if name != outer.purpose:
        raise GateError(WIDENED, f"`{name}` was opened inside `{outer.purpose}`")
    if outer.recipient is not None and recipient not in (None, outer.recipient):
        raise GateError(WIDENED, f"recipient `{recipient}` inside a scope for `{outer.recipient}`")
    if outer.recipient is not None and recipient is not None and terms != outer.terms:
        raise GateError(WIDENED, f"other terms inside a scope for `{outer.recipient}`")
    if actor is not None and actor is not outer._who:
        inner = actor if isinstance(actor, Actor) else actor()
        if inner != outer.actor:
            raise GateError(WIDENED, f"another actor (`{inner.kind}`) inside `{name}`")
