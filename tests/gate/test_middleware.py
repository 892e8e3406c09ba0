"""The scope of a marked view covers its whole response, and nothing else has one."""

import asyncio
import threading
import warnings

import pytest
from asgiref.sync import sync_to_async
from django.http import HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import AsyncClient, Client, RequestFactory
from django.urls import Resolver404, include, path, resolve
from django.utils.decorators import method_decorator
from django.views import View
from django.views.generic import TemplateView

from kept.gate import (
    Actor,
    GateError,
    PurposeMixin,
    Sealed,
    SealedError,
    current,
    for_purpose,
    purpose,
    purpose_urls,
)
from kept.vault.middleware import PurposeScope

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def _only_our_middleware(settings):
    settings.MIDDLEWARE = ["kept.vault.middleware.PurposeScope"]


class Row:
    """What the vault does: gives a value inside a scope, a sealed one outside."""

    @property
    def email(self):
        scope = current()
        return Sealed("contact.email") if scope is None else f"opened for {scope.purpose}"


seen: dict[str, object] = {}


@for_purpose("answer-inquiry")
def plain(request):
    return HttpResponse(str(Row().email))


def unmarked(request):
    return HttpResponse(repr(Row().email))


@for_purpose("answer-inquiry")
def templated(request):
    template = engines["django"].from_string("{{ row.email }}")
    return TemplateResponse(request, template, {"row": Row()})


def unmarked_templated(request):
    template = engines["django"].from_string("[{{ row.email }}]")
    return TemplateResponse(request, template, {"row": Row()})


@for_purpose("news")
def streamed(request):
    return StreamingHttpResponse(f"{Row().email};" for _ in range(3))


@for_purpose("news")
def streamed_lease(request):
    def chunks():
        for _ in range(3):
            seen.setdefault("scopes", []).append(current())
            yield "x"

    return StreamingHttpResponse(chunks())


@for_purpose("news")
async def async_plain(request):
    await asyncio.sleep(0)
    return HttpResponse(str(Row().email))


@for_purpose("news")
async def async_streamed(request):
    async def chunks():
        for _ in range(3):
            await asyncio.sleep(0)
            yield f"{Row().email};"

    return StreamingHttpResponse(chunks())


@for_purpose("news")
async def async_to_thread(request):
    return HttpResponse(await sync_to_async(lambda: str(Row().email))())


@for_purpose("news")
async def async_left_behind(request):
    async def later():
        await asyncio.sleep(0.02)
        seen["later"] = current()

    seen["task"] = asyncio.create_task(later())
    return HttpResponse("x")


@for_purpose("news")
def threaded(request):
    thread = threading.Thread(target=lambda: seen.update(thread=current()))
    thread.start()
    thread.join()
    return HttpResponse("x")


@for_purpose("news")
def failing(request):
    seen["scope"] = current()
    raise RuntimeError("a mistake in a view")


@for_purpose("news")
def nested(request):
    with purpose("personalise"):
        return HttpResponse("never reached")


class Marked(PurposeMixin, View):
    purpose = "news"

    def get(self, request):
        return HttpResponse(str(Row().email))


class MarkedAsync(PurposeMixin, View):
    purpose = "news"

    async def get(self, request):
        return HttpResponse(str(Row().email))


class Inherits(Marked):
    pass


class Elsewhere(Marked):
    purpose = "answer-inquiry"


@method_decorator(for_purpose("news"), name="dispatch")
class Decorated(View):
    def get(self, request):
        return HttpResponse(str(Row().email))


@for_purpose("news")
class ClassDecorated(View):
    def get(self, request):
        return HttpResponse(str(Row().email))


class OthersView(TemplateView):
    def get(self, request):
        return HttpResponse(str(Row().email))


class User:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


@for_purpose("news")
def who(request):
    request.user = User(**seen["user"])
    return HttpResponse(repr(current().actor))


@for_purpose("news")
def touches_nothing(request):
    class Untouchable:
        @property
        def is_authenticated(self):
            raise AssertionError("the user was looked at although nothing was opened")

    request.user = Untouchable()
    return HttpResponse("x")


others = [
    path("a/", OthersView.as_view()),
    path("b/", async_plain),  # marked `news` itself
    path("deep/", include([path("c/", unmarked), path("d/", OthersView.as_view(), name="d")])),
]


async def others_async(request):
    return HttpResponse(str(Row().email))


urlpatterns = [
    path("plain/", plain),
    path("unmarked/", unmarked),
    path("templated/", templated),
    path("unmarked-templated/", unmarked_templated),
    path("streamed/", streamed),
    path("streamed-lease/", streamed_lease),
    path("async/", async_plain),
    path("async-streamed/", async_streamed),
    path("async-thread/", async_to_thread),
    path("async-left/", async_left_behind),
    path("threaded/", threaded),
    path("failing/", failing),
    path("nested/", nested),
    path("marked/", Marked.as_view()),
    path("marked-async/", MarkedAsync.as_view()),
    path("inherits/", Inherits.as_view()),
    path("elsewhere/", Elsewhere.as_view()),
    path("decorated/", Decorated.as_view()),
    path("class-decorated/", ClassDecorated.as_view()),
    path("who/", who),
    path("touches-nothing/", touches_nothing),
    path("bare/", OthersView.as_view()),
    path(
        "others/",
        include(purpose_urls("serve-account", [*others, path("e/", others_async)])),
    ),
]


def by_wsgi(url):
    response = Client().get(url)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Warning)  # Django: an async stream is collected for WSGI
        return b"".join(response).decode()


def by_asgi(url):
    async def get():
        response = await AsyncClient().get(url)
        if not response.streaming:
            return response.content.decode()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Warning)  # a sync stream is collected for ASGI
            return b"".join([chunk async for chunk in response]).decode()

    return asyncio.run(get())


ways = pytest.mark.parametrize("get", [by_wsgi, by_asgi])


@ways
@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("/plain/", "opened for answer-inquiry"),
        ("/templated/", "opened for answer-inquiry"),
        ("/streamed/", "opened for news;" * 3),
        ("/async/", "opened for news"),
        ("/async-streamed/", "opened for news;" * 3),
        ("/async-thread/", "opened for news"),
        ("/marked/", "opened for news"),
        ("/marked-async/", "opened for news"),
        ("/inherits/", "opened for news"),
        ("/elsewhere/", "opened for answer-inquiry"),
        ("/decorated/", "opened for news"),
        ("/class-decorated/", "opened for news"),
        ("/others/a/", "opened for serve-account"),
        ("/others/b/", "opened for news"),
        ("/others/deep/d/", "opened for serve-account"),
        ("/others/e/", "opened for serve-account"),
    ],
)
def test_a_marked_view_opens_in_every_kind_of_response(get, url, body):
    assert get(url) == body
    assert current() is None


@ways
def test_an_unmarked_view_has_no_scope(get):
    assert get("/unmarked/") == "<sealed contact.email>"


@ways
@pytest.mark.parametrize("url", ["/unmarked-templated/", "/bare/"])
def test_an_unmarked_view_that_prints_a_sealed_value_fails_loudly(get, url):
    with pytest.raises(SealedError, match="G001"):
        get(url)


@ways
def test_the_same_view_included_elsewhere_stays_unmarked(get):
    assert get("/others/deep/c/").startswith("'opened for serve-account")
    assert get("/unmarked/") == "<sealed contact.email>"


@ways
def test_the_scope_ends_with_an_exception(get):
    with pytest.raises(RuntimeError, match="a mistake"):
        get("/failing/")
    assert seen["scope"].closed
    assert current() is None


@ways
def test_a_new_thread_has_no_scope(get):
    seen["thread"] = "not run"
    get("/threaded/")
    assert seen["thread"] is None


def test_a_task_that_outlives_the_response_has_no_scope():
    async def run():
        await AsyncClient().get("/async-left/")
        await seen["task"]

    asyncio.run(run())
    assert seen["later"] is None


@ways
def test_another_purpose_inside_a_marked_view_is_refused(get):
    with pytest.raises(GateError, match="G003"):
        get("/nested/")


@ways
def test_a_stream_has_one_leased_scope_that_ends_with_it(get):
    seen["scopes"] = []
    get("/streamed-lease/")
    assert len(seen["scopes"]) == 3
    assert len(set(map(id, seen["scopes"]))) == 1
    assert seen["scopes"][0].leased
    assert seen["scopes"][0].closed


@pytest.mark.django_db  # closing a response lets Django look at its connections
def test_a_stream_that_is_closed_half_way_ends_its_scope():
    seen["scopes"] = []
    response = Client().get("/streamed-lease/")
    next(iter(response.streaming_content))
    assert not seen["scopes"][0].closed
    response.close()
    assert seen["scopes"][0].closed
    assert list(response.streaming_content) == []


@ways
@pytest.mark.parametrize(
    ("user", "actor"),
    [
        ({"pk": 7, "is_staff": True}, Actor("staff", "7")),
        ({"pk": 7, "is_staff": True, "subject_id": "s7"}, Actor("staff", "7", "s7")),
        ({"pk": 8, "is_staff": False, "subject_id": "s8"}, Actor("subject", "s8")),
        ({"pk": 9}, Actor("subject", "")),
        ({"pk": None, "is_authenticated": False}, Actor("visitor", "")),
    ],
)
def test_the_actor_is_the_requests_user_whatever_its_class(get, user, actor):
    seen["user"] = {"is_authenticated": True, **user}
    assert get("/who/") == repr(actor)


@ways
def test_the_user_is_not_looked_at_where_nothing_is_opened(get):
    assert get("/touches-nothing/") == "x"


def test_an_unknown_page_is_left_to_the_site():
    request = RequestFactory().get("/no-such-page/")
    assert PurposeScope(lambda _: current())(request) is None
    with pytest.raises(Resolver404):
        resolve("/no-such-page/")


def test_a_view_is_marked_once():
    with pytest.raises(GateError, match="G005"):
        for_purpose("personalise")(plain)


def test_what_takes_no_mark_says_so():
    with pytest.raises(GateError, match="G005"):
        for_purpose("news")(len)
