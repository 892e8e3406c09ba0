"""Marks on views: which purpose a view serves. Marks only; the middleware opens the scope.

Rules: a view has one purpose; the mark nearest to the view wins over the one of a URL include;
marking changes nothing about how the view is called, so it works on functions, `async` functions
and classes alike.
"""

import asyncio
import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Final, TypeVar

from kept.gate.codes import MARKED, GateError

MARK: Final = "kept_purpose"
V = TypeVar("V", bound=Callable[..., Any])


def for_purpose(name: str) -> Callable[[V], V]:
    """Mark a view function, a view class, or (through `method_decorator`) its `dispatch`."""

    def mark(view: V) -> V:
        before = getattr(view, "__dict__", {}).get(MARK)
        if before not in (None, name):
            raise GateError(MARKED, f"`{_called(view)}` is marked `{before}`, now `{name}`")
        try:
            setattr(view, MARK, name)
        except AttributeError as error:
            raise GateError(MARKED, f"`{_called(view)}` takes no mark") from error
        return view

    return mark


class PurposeMixin:
    """For class-based views: `class Inbox(PurposeMixin, ListView): purpose = "answer-inquiry"`."""

    purpose: str

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        if isinstance(vars(cls).get("purpose"), str):
            setattr(cls, MARK, cls.purpose)


def purpose_urls(name: str, patterns: Iterable[Any]) -> list[Any]:
    """The same URL patterns (includes too) with every unmarked view marked; for views of others."""
    return [_marked(name, pattern) for pattern in patterns]


def purpose_of(view: Any) -> str | None:
    """The purpose a resolved view is marked with, if any."""
    mark = getattr(view, MARK, None)
    if mark is None:
        mark = getattr(getattr(view, "view_class", None), MARK, None)
    return mark if isinstance(mark, str) else None


def _marked(name: str, pattern: Any) -> Any:
    if hasattr(pattern, "url_patterns"):  # an include: Django's URLResolver
        return type(pattern)(
            pattern.pattern,
            purpose_urls(name, pattern.url_patterns),
            pattern.default_kwargs,
            pattern.app_name,
            pattern.namespace,
        )
    if purpose_of(pattern.callback) is not None:
        return pattern
    return type(pattern)(
        pattern.pattern, _wrapped(name, pattern.callback), pattern.default_args, pattern.name
    )


def _wrapped(name: str, view: Callable[..., Any]) -> Callable[..., Any]:
    """The view under another identity, so that the same view stays unmarked elsewhere."""
    if asyncio.iscoroutinefunction(view) or inspect.iscoroutinefunction(view):

        @wraps(view)
        async def marked_async(*args: Any, **kwargs: Any) -> Any:
            return await view(*args, **kwargs)

        return for_purpose(name)(marked_async)

    @wraps(view)
    def marked(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return for_purpose(name)(marked)


def _called(view: Any) -> str:
    return getattr(view, "__qualname__", None) or repr(type(view))
