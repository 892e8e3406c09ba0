"""The one way in: from what a browser sent to one record, or to nothing.

Rules (UI-02, UI-03, UI-07): the clause in force says which fields there are, and what it does not
name is dropped and counted; nothing is stored without the consent that the clause needs, given
under the very notice that is in force; the record, the consent with the text shown, and the
ledger's events are written in one transaction; one rendering of a form stores at most once.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from kept import policy, promises
from kept._kit.digests import digest_of
from kept.keepers.forms import storing, tokens
from kept.keepers.forms.building import (
    CONSENT,
    PLAIN,
    Asking,
    consents,
    form_for,
    shown_text,
)
from kept.keepers.forms.pages import HONEYPOT, TOKEN, Collected, Examined, Page, Refused
from kept.keepers.forms.submitted import Submitted, sort_out

log = logging.getLogger("kept.forms")


def open_page(point_id: str, asking: Asking = PLAIN) -> Page | None:
    """The empty page of a collection point, or None where the policy in force has none."""
    posted = promises.current()
    return _page(posted, point_id, None, asking) if _is_form(posted, point_id) else None


def collect(
    point_id: str,
    sent: Mapping[str, Sequence[str]],
    *,
    model: type[Any] | None = None,
    base: str = "",
) -> Collected | Refused:
    """Store what was sent (`field -> values`), or say why nothing is stored.

    `model` is the typed model of the collection point; without one it becomes a `Submission`.
    `base` is the site as its visitor reached it (`https://example.org`), for links in mails.
    """
    found = examine(point_id, sent)
    if not isinstance(found, Examined):
        return found
    stored = storing.store(
        found.posted, found.page, found.token, model, dropped=found.dropped, base=base
    )
    return stored or twice(found)


def examine(
    point_id: str, sent: Mapping[str, Sequence[str]], asking: Asking = PLAIN
) -> Examined | Collected | Refused:
    """What was sent, whole and with the consent it needs; nothing is stored and no token spent.

    For keepers that store in their own way: they spend the token (`storing.spend`) with what they
    store.
    """
    posted = promises.current()
    if not _is_form(posted, point_id):
        return Refused(410, "", None)
    if any(sent.get(HONEYPOT, ())):
        log.info("a robot filled in the hidden field of `%s`; nothing is stored", point_id)
        return Collected(row=None)
    submitted = _sort_out(posted, point_id, sent)
    page = _page(posted, point_id, submitted, asking)
    token = tokens.read(next(iter(sent.get(TOKEN, ())), ""))
    if token is None or token.point != point_id:
        return Refused(400, _unknown(), page)
    if token.version != posted.ordinal or token.shown != digest_of(shown_text(page.notice)):
        return Refused(409, _changed(), page)
    if not page.form.is_valid():
        return Refused(422, "", page)
    return Examined(posted, page, token, submitted.dropped)


def twice(found: Examined) -> Refused:
    """The token was spent before: this very form was stored already."""
    return Refused(409, _twice(), found.page)


def refuse_type(point_id: str) -> Refused:
    """What was sent is no form: files where none are asked for, or another content type."""
    return Refused(415, _("This form takes text only. Nothing was stored."), open_page(point_id))


def point_of(model: type[Any] | None) -> str:
    """The collection point that a typed model declares in its `class Kept`."""
    return "" if model is None else str(model._kept_shape.collect)


def _is_form(posted: promises.Posted, point_id: str) -> bool:
    point = posted.policy.collect.get(point_id)
    return point is not None and point.channel == "form"


def _sort_out(
    posted: promises.Posted, point_id: str, sent: Mapping[str, Sequence[str]]
) -> Submitted:
    notice = policy.prose.notice(posted.policy, point_id)
    boxes = [CONSENT + purpose for purpose, _says in consents(notice)]
    data = {name: values for name, values in sent.items() if name not in (TOKEN, HONEYPOT)}
    return sort_out(data, [*posted.policy.collect[point_id].asked, *boxes])


def _page(
    posted: promises.Posted, point_id: str, submitted: Submitted | None, asking: Asking
) -> Page:
    point = posted.policy.collect[point_id]
    notice = policy.prose.notice(posted.policy, point_id)
    make = form_for(point, notice, asking)
    form = make() if submitted is None else make(submitted.values)
    for field, problem in (submitted.errors if submitted else {}).items():
        form.add_error(field, problem)
    token = tokens.issue(point_id, posted.ordinal, shown_text(notice))
    return Page(point.says[:1].upper() + point.says[1:], notice, form, token)


def _unknown() -> str:
    return _("This form was open for too long or did not come from us. Please send it once more.")


def _changed() -> str:
    return _("What we say about this form changed while it was open. Please read it again.")


def _twice() -> str:
    return _("This was sent and stored already. It was not stored a second time.")
