"""Who gets a client's data: what they are asked, what they said, what left. No rules here."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from kept import promises
from kept.keepers.accounts.access import SignedInOnly
from kept.keepers.accounts.own_views import AccountView, user_of
from kept.keepers.sharing import flows
from kept.policy import category


class Sharing(SignedInOnly, AccountView):
    """`/account/sharing/`: nothing is opened for it; of what left, the kinds are listed."""

    clients_only = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """The questions and the list."""
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Note a yes or a no to one's own question."""
        questions = flows.permissions.questions(user_of(request).person)
        id, word = _id(request), request.POST.get("answer")
        if word not in ("yes", "no") or id not in {one.id for one in questions}:
            raise Http404
        seen = request.POST.get("seen", "")
        if not flows.permissions.answer(id, yes=word == "yes", seen=seen):
            return self.page(status=409, problem=_CHANGED)
        return redirect(f"{request.path}?done=saved")

    def page(self, *, status: int = 200, problem: str = "") -> HttpResponse:
        """The page."""
        person, purposes = user_of(self.request).person, promises.current().policy.purposes
        given = [
            {
                "one": one,
                "purpose": purposes[one.purpose].says if one.purpose in purposes else one.purpose,
                "what": ", ".join(category(key).label for key in one.categories),
            }
            for one in flows.disclosures(person)
        ]
        return self.draw(
            "kept/accounts/sharing.html", status=status, problem=problem, given=given,
            questions=flows.permissions.questions(person),
        )  # fmt: skip


_CHANGED = "The question has changed since. Nothing was noted; please read it again."


def _id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("question", ""))
    except ValueError:
        raise Http404 from None
