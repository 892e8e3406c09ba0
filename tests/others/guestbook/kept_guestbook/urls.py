"""The one page: notice, consent, form. The flow behind it is Kept's."""

from django.urls import path

import kept
from kept_guestbook.models import Entry


class Write(kept.CollectView):
    """Write into the book."""

    model = Entry
    success_url = "/thanks/"


urlpatterns = [path("", Write.as_view(), name="guestbook")]
