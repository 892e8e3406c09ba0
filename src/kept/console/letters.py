"""Mail in: opened to be answered where its sender is proven, else only to find out what it asks.

Rules: a mail that proves nobody is opened for the purpose of rights alone, and gets no answer
before an operator found out who wrote it; a machine's mail gets none at all; what came with a mail
is handed out as a file and never shown in the page.
"""

from typing import Any, ClassVar
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from kept import gate
from kept._kit import ids
from kept._kit.errors import KeptError
from kept.console.inbox import A_PAGE, AnswerForm
from kept.console.pages import Entry, PurposePage
from kept.keepers.letters import flows
from kept.keepers.letters.listening import POINT
from kept.keepers.letters.models import Enclosure, Letter
from kept.keepers.letters.reading import field_of
from kept.keepers.rights.kinds import KINDS
from kept.promises.possible import reasons
from kept.vault import files

_TABS = {
    "new": "To answer", "check": "Not proven", "done": "Done", "machines": "From machines",
}  # fmt: skip
_PROVEN: tuple[str, ...] = ("new", "done")
_TEASER = 90


class _Letters(PurposePage):
    place = "letters"
    point: ClassVar[str | None] = POINT
    shows: ClassVar[tuple[str, ...]] = ()

    def rows(self) -> Any:
        """The mails that this page may open."""
        whole = flows.list_for(self.shows[0])
        for tab in self.shows[1:]:
            whole = whole | flows.list_for(tab)
        return whole

    def row(self, id: UUID) -> Letter:
        """One of them."""
        found = self.rows().filter(pk=id).first()
        if found is None:
            raise Http404
        return found


class Letters(_Letters):
    """`/console/letters/`: mails whose senders are proven."""

    purpose = "answer-inquiry"
    shows: ClassVar[tuple[str, ...]] = _PROVEN

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of a tab."""
        tab = request.GET.get("tab", self.shows[0])
        if tab not in self.shows:
            raise Http404
        page = Paginator(flows.list_for(tab), A_PAGE).get_page(request.GET.get("page"))
        return self.show(
            "letters.html", page_obj=page, tab=tab, tabs=_tabs(tab),
            address="console:letter" if self.shows is _PROVEN else "console:unproven",
            rows=[{"row": one, "name": _name(one), "heading": _part(one, "heading")}
                  for one in page],
        )  # fmt: skip


class Unproven(Letters):
    """`/console/letters/check/`: what proves nobody, and what machines sent."""

    purpose = "answer-request"
    shows: ClassVar[tuple[str, ...]] = ("check", "machines")


class Message(_Letters):
    """`/console/letters/<id>/`: one mail, and the form to answer it."""

    purpose = "answer-inquiry"
    shows: ClassVar[tuple[str, ...]] = _PROVEN
    address: ClassVar[str] = "console:letter"

    def get(self, request: HttpRequest, id: UUID) -> HttpResponse:
        """The mail; opening it is recorded before it is shown."""
        row = self.row(id)
        return self.page(row, AnswerForm(initial=_initial(row)))

    def post(self, request: HttpRequest, id: UUID) -> HttpResponse | HttpResponseRedirectBase:
        """Answer it, make it a request, or set it aside."""
        row, verb = self.row(id), request.POST.get("verb", "answer")
        if verb == "aside":
            return self.back("aside" if flows.set_aside(row.pk) else "before")
        if verb == "confirm":
            return self.back("confirmed" if flows.confirm(row.pk) else "before")
        if verb == "request":
            return self.request_(row, request.POST.get("kind", ""))
        return self.answer(row, AnswerForm(request.POST))

    def request_(self, row: Letter, kind: str) -> HttpResponse | HttpResponseRedirectBase:
        """Make it a request about the person's own data."""
        base = self.request.build_absolute_uri("/").rstrip("/")
        done = flows.pass_on(row.pk, kind, base=base)
        if done == "passed":
            return self.back("request")
        form = AnswerForm(initial=_initial(row))
        problem = f"It did not become a request: {_STAYS.get(done, done)}."
        return self.page(row, form, status=409, problem=problem)

    def answer(self, row: Letter, form: AnswerForm) -> HttpResponse | HttpResponseRedirectBase:
        """Have the answer sent, or the form again with what was typed."""
        if not form.is_valid():
            return self.page(row, form, status=422)
        given = form.cleaned_data
        try:
            done = flows.answer(
                row.pk, given["text"], heading=given["heading"],
                once=given["once"], seen=given["seen"],
            )  # fmt: skip
        except KeptError as error:
            form.add_error(None, f"{error.message}; {error.do}.")
            return self.page(row, form, status=422)
        if done.outcome in ("queued", "twice"):
            word = "answered" if done.outcome == "queued" else "twice"
            return redirect(f"{reverse(self.address, args=[row.pk])}?done={word}")
        if done.outcome == "overtaken":
            form = AnswerForm({**form.data.dict(), **_marks(row)})  # type: ignore[attr-defined] # a QueryDict
        form.add_error(None, _PROBLEMS[done.outcome])
        rules = [] if done.decision is None else reasons(done.decision)
        return self.page(row, form, status=409, rules=rules)

    def page(
        self, row: Letter, form: AnswerForm, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        """The mail, what came with it, what was answered, the form."""
        with_names = [(name, row.open(name)) for name in row.names()]
        replies = [
            {"day": one.day, "parts": [one.open(name) for name in one.names()]}
            for one in row.replies.all()
        ]
        return self.show(
            "letter.html", status=status, row=row, parts=_labelled(with_names), form=form,
            replies=replies, enclosures=list(row.enclosures.all()), kinds=list(KINDS.values()),
            asks=KINDS.get(row.asks), address=self.address, **more,
        )  # fmt: skip

    def back(self, word: str) -> HttpResponseRedirectBase:
        """To the list, with a word of what was done."""
        name = "console:letters" if self.address == "console:letter" else "console:check"
        return redirect(f"{reverse(name)}?done={word}")


class UnprovenMessage(Message):
    """`/console/letters/check/<id>/`: any mail, read for what it asks about somebody's own data."""

    purpose = "answer-request"
    shows: ClassVar[tuple[str, ...]] = ("check", "machines", "done", "new")
    address = "console:unproven"


class File(_Letters):
    """`/console/letters/<id>/files/<id>/`: what came with a mail, as a file; recorded."""

    purpose = "answer-inquiry"
    shows: ClassVar[tuple[str, ...]] = _PROVEN

    def get(self, request: HttpRequest, id: UUID, file: UUID) -> HttpResponse:
        """The file."""
        found = Enclosure.objects.filter(pk=file, letter=self.row(id)).first()
        if found is None:
            raise Http404
        opened = files.open(found.file)
        answer = HttpResponse(b"".join(opened.parts), content_type="application/octet-stream")
        plain = opened.name.encode("ascii", "replace").decode().replace('"', "_")
        answer["Content-Disposition"] = f'attachment; filename="{plain}"'
        return answer


class UnprovenFile(File):
    """The same of a mail that proves nobody."""

    purpose = "answer-request"
    shows: ClassVar[tuple[str, ...]] = ("check", "machines", "done")


_PROBLEMS: dict[str, str] = {
    "denied": "The gate denied it for this person; nothing was sent.",
    "no address": "There is no address to answer to.",
    "closed": "The policy in force does not let answers be kept; nothing was sent.",
    "unproven": "Nobody found out yet who wrote it; nothing was sent.",
    "machine": "No person wrote it; nothing was sent.",
    "overtaken": "Somebody else answered while this page was open. Read their answer first; "
    "if yours is still needed, send it again.",
}
_STAYS = {
    "over": "it is not new any more",
    "not proven": "nobody found out yet who wrote it",
    "later": "they asked often lately; try again later",
    "denied": "the policy in force does not let it be opened for that",
}


def patterns() -> list[URLPattern]:
    """Addresses under `/console/letters/`."""
    return [
        path("letters/", Letters.as_view(), name="letters"),
        path("letters/check/", Unproven.as_view(), name="check"),
        path("letters/check/<uuid:id>/", UnprovenMessage.as_view(), name="unproven"),
        path(
            "letters/check/<uuid:id>/files/<uuid:file>/", UnprovenFile.as_view(),
            name="unproven-file",
        ),
        path("letters/<uuid:id>/", Message.as_view(), name="letter"),
        path("letters/<uuid:id>/files/<uuid:file>/", File.as_view(), name="letter-file"),
    ]  # fmt: skip


def _tabs(here: str) -> list[Entry]:
    place = {tab: "console:letters" if tab in _PROVEN else "console:check" for tab in _TABS}
    return [
        Entry(title, f"{reverse(place[tab])}?tab={tab}", tab == here)
        for tab, title in _TABS.items()
    ]


def _initial(row: Letter) -> dict[str, object]:
    heading = row.open("heading") if "heading" in row.names() else ""
    plain = heading if isinstance(heading, str) else ""
    return {"heading": f"Re: {plain}".strip()[:200], **_marks(row)}


def _marks(row: Letter) -> dict[str, object]:
    return {"once": ids.token(), "seen": row.replies.count()}


def _labelled(parts: list[tuple[str, object]]) -> list[tuple[str, object]]:
    return [(name.replace("_", " ").capitalize(), value) for name, value in parts]


def _name(row: Letter) -> object:
    for category in ("identity.name", "contact.email"):
        name = field_of(category)
        if name is not None and name in row.names():
            return row.open(name)
    return ""


def _part(row: Letter, name: str) -> object:
    """One value for the list: cut to a line, withheld as it is, empty where there is none."""
    if name not in row.names():
        return ""
    value = row.open(name)
    if isinstance(value, gate.Sealed):
        return value
    line = " ".join(str(value).split())
    return line if len(line) <= _TEASER else f"{line[:_TEASER]}…"
