"""How consent is proven: nothing came in without it, and the gate decides by what is on record.

Rules (UI-03): a row of a point whose purposes rest on consent has one, given at that point; the
mask that the gate reads says exactly what the consents on record say; a text that was shown is the
one its digest names. Set-based; rows and people are gone through slice by slice.
"""

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import GreaterThan

from kept import gate, vault
from kept._kit.digests import digest_of
from kept.keepers.consent.models import Consent, ShownText
from kept.promises.evidence import Evidence, Figures, broken, kept
from kept.promises.needs import CONSENT, GATE, collecting
from kept.promises.promise import Promise
from kept.promises.proving import check
from kept.promises.slices import CARRIES, Walk, since_day
from kept.vault.models import State, Subject


@check(CONSENT)
def texts_are_as_shown(_promise: Promise, _carried: Figures) -> Evidence:
    """Every consent names a text, and every text is the one that was on the page."""
    changed = sum(
        digest_of(text) != digest
        for digest, text in ShownText.objects.values_list("digest", "text").iterator()
    )
    figures = {"texts": ShownText.objects.count()}
    if changed:
        return broken(f"{changed} texts are not the ones that people were shown", figures)
    return kept("each consent names its purpose, version and the exact text shown", figures)


@check(collecting(""), carries=CARRIES)
def rows_have_consent(promise: Promise, carried: Figures) -> Evidence | None:
    """Whatever came in by this point has a consent on record that was given there."""
    clause = promise.policy.collect[promise.clause]
    asked = [id for id in clause.purposes if promise.policy.purposes[id].basis == "consent"]
    if not asked or clause.channel != "form":
        return None
    given = Consent.objects.filter(
        subject=OuterRef("subject"), purpose__in=asked, point=promise.clause
    )
    # Annotations, no join: else planners begin with all people instead of the slice.
    active = Subject.objects.filter(pk=OuterRef("subject"), state=State.ACTIVE)
    walk = Walk(carried)
    without = 0
    for model, mine in vault.tables_of(promise.clause):
        for rows in walk.of(model, since_day):
            looked = rows.filter(mine).annotate(has=Exists(given), active=Exists(active))
            lacking = Q(has=False, active=True)
            without += looked.aggregate(none=Count("pk", filter=lacking))["none"]
    figures = {**walk.figures, "without consent": without}
    if without:
        return broken(f"{without} rows came in without a consent on record", figures)
    return kept("each row that came in has its consent on record", figures, walk.carry)


@check(GATE, carries=CARRIES)
def masks_say_what_is_on_record(promise: Promise, carried: Figures) -> Evidence | None:
    """Whose data the gate opens for this purpose is exactly who has consented and not withdrawn."""
    if promise.section != "purposes" or not promise.clause:
        return None
    if promise.policy.purposes[promise.clause].basis != "consent":
        return None
    walk, extra, lacking = Walk(carried), 0, 0
    for people in walk.of(Subject):
        found = people.filter(state=State.ACTIVE).annotate(
            masked=GreaterThan(F("consented").bitand(_bit(promise.clause)), 0),
            said=Exists(_standing(promise.clause)),
        ).aggregate(
            extra=Count("pk", filter=Q(masked=True, said=False)),
            lacking=Count("pk", filter=Q(masked=False, said=True)),
        )  # fmt: skip
        extra += found["extra"]
        lacking += found["lacking"]
    figures = {**walk.figures, "without record": extra, "record without effect": lacking}
    if extra:
        return broken(f"the gate takes {extra} people for consenting who have not", figures)
    if lacking:
        return broken(f"the gate does not know of the consent of {lacking} people", figures)
    return kept("the gate knows exactly the consents that are on record", figures, walk.carry)


def _bit(purpose: str) -> int:
    return gate.in_force().mask([purpose])


def _standing(purpose: str) -> QuerySet[Consent]:
    return Consent.objects.filter(subject=OuterRef("pk"), purpose=purpose, withdrawn_at=None)
