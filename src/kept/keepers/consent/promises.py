"""How consent is proven: nothing came in without it, and the gate decides by what is on record.

Rules (UI-03): a row of a point whose purposes rest on consent has one, given at that point; the
mask that the gate reads says exactly what the consents on record say; a text that was shown is the
one its digest names. Set-based, one question to the database each.
"""

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.lookups import GreaterThan

from kept import gate, vault
from kept._kit.digests import digest_of
from kept.keepers.consent.models import Consent, ShownText
from kept.promises.evidence import Evidence, Figures, broken, kept
from kept.promises.needs import CONSENT, GATE, collecting
from kept.promises.promise import Promise
from kept.promises.proving import check
from kept.vault.models import State, Subject


@check(CONSENT)
def texts_are_as_shown(_promise: Promise, _carried: Figures) -> Evidence:
    """Every consent names a text, and every text is the one that was on the page."""
    changed = sum(
        digest_of(text) != digest
        for digest, text in ShownText.objects.values_list("digest", "text").iterator()
    )
    figures = {
        "consents": Consent.objects.count(),
        "standing": Consent.objects.filter(withdrawn_at=None).count(),
        "texts": ShownText.objects.count(),
    }
    if changed:
        return broken(f"{changed} texts are not the ones that people were shown", figures)
    return kept("each consent names its purpose, version and the exact text shown", figures)


@check(collecting(""))
def rows_have_consent(promise: Promise, _carried: Figures) -> Evidence | None:
    """Whatever came in by this point has a consent on record that was given there."""
    clause = promise.policy.collect[promise.clause]
    asked = [id for id in clause.purposes if promise.policy.purposes[id].basis == "consent"]
    if not asked or clause.channel != "form":
        return None
    given = Consent.objects.filter(
        subject=OuterRef("subject"), purpose__in=asked, point=promise.clause
    )
    rows = without = 0
    for table in vault.rows_of(promise.clause):
        mine = table.filter(subject__state=State.ACTIVE)
        rows += mine.count()
        without += mine.filter(~Exists(given)).count()
    figures = {"rows": rows, "without consent": without}
    if without:
        return broken(f"{without} of {rows} rows came in without a consent on record", figures)
    return kept("each row that came in has its consent on record", figures)


@check(GATE)
def masks_say_what_is_on_record(promise: Promise, _carried: Figures) -> Evidence | None:
    """Whose data the gate opens for this purpose is exactly who has consented and not withdrawn."""
    if promise.section != "purposes" or not promise.clause:
        return None
    if promise.policy.purposes[promise.clause].basis != "consent":
        return None
    active = Subject.objects.filter(state=State.ACTIVE).annotate(
        masked=GreaterThan(F("consented").bitand(_bit(promise.clause)), 0)
    )
    extra = active.filter(~Exists(_standing(promise.clause)), masked=True).count()
    lacking = active.filter(Exists(_standing(promise.clause)), masked=False).count()
    figures = {
        "consented": active.filter(masked=True).count(),
        "without record": extra,
        "record without effect": lacking,
    }
    if extra:
        return broken(f"the gate takes {extra} people for consenting who have not", figures)
    if lacking:
        return broken(f"the gate does not know of the consent of {lacking} people", figures)
    return kept("the gate knows exactly the consents that are on record", figures)


def _bit(purpose: str) -> int:
    return gate.in_force().mask([purpose])


def _standing(purpose: str) -> QuerySet[Consent]:
    return Consent.objects.filter(subject=OuterRef("pk"), purpose=purpose, withdrawn_at=None)
