"""The page of a link in a mail: may a recipient get your data? It holds no rules.

Rules of a page: GET shows the question and answers nothing; yes and no are two buttons of the same
kind; no login is asked for; a link that is forged, or of somebody who is gone, looks the same.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.generic import View

from kept.keepers.sharing.flows import permissions


@method_decorator(login_not_required, name="dispatch")
@method_decorator([never_cache, csrf_protect], name="dispatch")
class Answer(View):
    """`/sharing/<token>/`: the question, exactly as it is recorded."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """The question and what was answered."""
        return self.show(token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Note the answer."""
        row, word = permissions.read(token), request.POST.get("answer")
        if row is None or word not in ("yes", "no"):
            return self.show(token, problem="Please choose one of the two buttons.", status=422)
        if not permissions.answer(row.pk, yes=word == "yes", seen=request.POST.get("seen", "")):
            changed = "The question has changed since. Nothing was noted; please read it again."
            return self.show(token, problem=changed, status=409)
        return redirect(request.path)

    def show(self, token: str, *, problem: str = "", status: int = 200) -> HttpResponse:
        """The page."""
        row = permissions.read(token)
        context = {"question": permissions.shown(row) if row else None, "problem": problem}
        return render(
            self.request, "kept/sharing/answer.html", context, status=status if row else 404
        )
