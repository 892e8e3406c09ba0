"""Opens the purpose scope of a marked view around its whole response.

Rules: an unmarked view has no scope, so nothing opens in it; the scope covers the view, a template
that is rendered later, and each chunk of a streamed response, under WSGI and ASGI; it ends with the
response, also after an exception; who acts is looked up only when something is opened, so that a
page that opens nothing does not touch the session.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TypeAlias, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import Resolver404, resolve
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from kept.gate import (
    VISITOR,
    Actor,
    Scope,
    Withheld,
    entered,
    purpose,
    purpose_of,
    word_for_withheld,
)
from kept.vault.adopting.linking import subject_of


class _Mark(SafeString, Withheld):  # type: ignore[misc] # both say of a text that it is safe
    """The mark as Django knows safe text: `{{ row.message|linebreaks }}` leaves it whole."""

    __slots__ = ()


_words: dict[str | None, str] = {}
"""The mark's word by language: a page may show it a hundred times, and looking it up is slow."""


def _word() -> str:
    language = get_language()
    return _words.get(language) or _words.setdefault(language, gettext("withheld"))


word_for_withheld(_word, _Mark)

Inner: TypeAlias = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class PurposeScope:
    """Middleware; placed innermost by `kept.middleware()`."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Inner) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """The response, made inside the scope that its view is marked with."""
        name = _purpose(request)
        if name is None:
            return self.get_response(request)
        if iscoroutinefunction(self.get_response):
            return self._in_async(request, name)
        with purpose(name, actor=lambda: actor_of(request)):
            response = cast("HttpResponseBase", self.get_response(request))
        return _with_stream(response, name, request)

    async def _in_async(self, request: HttpRequest, name: str) -> HttpResponseBase:
        with purpose(name, actor=lambda: actor_of(request)):
            response = await cast("Awaitable[HttpResponseBase]", self.get_response(request))
        return _with_stream(response, name, request)


def actor_of(request: HttpRequest) -> Actor:
    """Who makes the request: a member of staff, a subject with a login, or a visitor.

    Looks at `is_authenticated`, `is_staff`, `pk` and `subject_id` of whatever user class the host
    has, and at its link row. A login without a linked subject acts as a subject of nothing: it owns
    no data.
    """
    user = getattr(request, "_acached_user", None) or getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return VISITOR
    subject = str(subject_of(user) or "")
    if getattr(user, "is_staff", False):
        return Actor("staff", str(user.pk), subject)
    return Actor("subject", subject)


def _purpose(request: HttpRequest) -> str | None:
    try:
        match = resolve(request.path_info, getattr(request, "urlconf", None))
    except Resolver404:
        return None
    return purpose_of(match.func)


def _with_stream(response: HttpResponseBase, name: str, request: HttpRequest) -> HttpResponseBase:
    """A streamed response runs after its view has returned: each chunk is made in a scope too."""
    if isinstance(response, StreamingHttpResponse):
        scope = Scope(name, lambda: actor_of(request), leased=True)
        chunks = response.streaming_content
        if isinstance(chunks, AsyncIterator):
            response.streaming_content = _AsyncChunks(chunks, scope)
        else:
            response.streaming_content = _Chunks(iter(chunks), scope)
    return response


class _Chunks:
    """Each chunk of a synchronous stream inside the scope; the scope ends with the stream."""

    def __init__(self, chunks: Iterator[bytes], scope: Scope) -> None:
        self._chunks, self._scope = iter(chunks), scope

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._scope.closed:
            raise StopIteration
        try:
            with entered(self._scope):
                return next(self._chunks)
        except BaseException:  # the end of the stream as well
            self._scope.close()
            raise

    def close(self) -> None:
        """Called by Django when the response is closed, also half-way."""
        self._scope.close()


class _AsyncChunks:
    """The same for an asynchronous stream."""

    def __init__(self, chunks: AsyncIterator[bytes], scope: Scope) -> None:
        self._chunks, self._scope = aiter(chunks), scope

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._scope.closed:
            raise StopAsyncIteration
        try:
            with entered(self._scope):
                return await anext(self._chunks)
        except BaseException:  # the end of the stream as well
            self._scope.close()
            raise

    def close(self) -> None:
        """Called by Django when the response is closed, also half-way."""
        self._scope.close()
