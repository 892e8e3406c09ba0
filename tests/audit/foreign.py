"""A Django site that is not ours: settings, views and a template of its own, behind wsgiref.

Run as `python -m tests.audit.foreign PORT [defect]`; `defect` is `recently-viewed`, a cookie that
its policy does not name, set by a middleware as third-party apps do.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import path

PAGE = """<!doctype html><title>{{ title }}</title><link rel=icon href="data:,">
<h1>{{ title }}</h1>{{ content|safe }}
{% if form %}<form method=post>{% csrf_token %}<label>Email <input name=email type=email></label>
<label>Words <textarea name=words></textarea></label><button>Send</button></form>{% endif %}
<footer><a href="/">Home</a> <a href="/guestbook">Guest book</a>
<a href="/data">Datenschutz</a></footer>
"""

POLICY = """[policy]
site = "Guest book"
version = "1"
effective = 2024-05-01
[purposes.publish]
says = "publish what you write"
basis = "consent"
kind = "publication"
[collect.entry]
says = "write in the guest book"
for = ["publish"]
until = "purpose ends"
[collect.entry.required]
email = "contact.email"
words = "communication.comment"
[cookies.csrftoken]
says = "shows that a form was sent from our own page"
lifetime = "1 year"
necessary = true
[erasure]
residue = "30 days"
[backups]
keep = "30 days"
"""

View = Callable[[HttpRequest], HttpResponse]


def _page(title: str, content: str = "", *, form: bool = False) -> View:
    def view(request: HttpRequest) -> HttpResponse:
        words = {"title": title, "content": content, "form": form}
        return HttpResponse(Template(PAGE).render(RequestContext(request, words)))

    return view


urlpatterns = [
    path("", _page("A guest book")),
    path("guestbook", _page("Write", form=True)),
    path("data", _page("Datenschutz", "<p>Gültig seit 01.05.2024.</p>")),
]


def recently_viewed(next_: View) -> View:
    """What a package adds that nobody read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = next_(request)
        answer.set_cookie("recently_viewed", request.path, max_age=31_536_000, httponly=True)
        return answer

    return middleware


class Quiet(WSGIRequestHandler):
    """Without a log."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def main(port: int, defect: str = "") -> None:
    """Serve until the process ends."""
    more = [f"{__name__}.recently_viewed"] if defect == "recently-viewed" else []
    settings.configure(
        SECRET_KEY="for a test",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware", *more],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        BASE_DIR=Path(__file__).parent,
    )
    django.setup()
    with make_server("127.0.0.1", port, get_wsgi_application(), handler_class=Quiet) as server:
        server.serve_forever()


if __name__ == "__main__":
    sys.modules["tests.audit.foreign"] = sys.modules["__main__"]
    main(int(sys.argv[1]), *sys.argv[2:])
