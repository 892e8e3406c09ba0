"""Restored data against the survival journal: nobody comes back, nothing that was ended begins.

Rules: the journal wins over an older row. Whoever's keys are destroyed is erased again, rows
included; a withdrawal, objection or restriction that stands is set again; an erasure that only the
data knows of is finished in the key store; holds and mergers stand as the later of the two says;
where the journal cannot tell what happened since the backup, every optional purpose is denied. May
be done again after a crash.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import F

from kept import gate
from kept.vault import closing, erasing, mergers, people, releasing, subjects
from kept.vault.errors import NotStoredError
from kept.vault.keystore import holds as noted
from kept.vault.keystore import journal, keystore
from kept.vault.keystore.holds import HoldEntry
from kept.vault.models import Erasure, Hold, Merger, State, Subject

Withdraw = Callable[[UUID, Sequence[str]], Any]
"""Ends consents of a subject to purposes, in whatever rooms hold them."""
OPTIONAL = ("consent", "legitimate-interest")
"""Bases whose purposes a person may refuse (GDPR Art. 7(3), 21(1))."""
_BATCH = 5_000


def withdraw_only(subject: UUID, purposes: Sequence[str]) -> None:
    """Ends the choice that the gate decides by."""
    subjects.set_choices(subject, withdraw=purposes)


def reconcile(withdraw: Withdraw, using: str = DEFAULT_DB_ALIAS) -> int:
    """Hold the present data against a journal that was read in; how many rows were purged."""
    holds(using)
    _, rows = erasures(using)
    mergings(using)
    denials(withdraw, using)
    releasing.sweep(using=using)
    return rows


def gather(using: str = DEFAULT_DB_ALIAS) -> None:
    """Bring into the journal what the data knows, before an older copy takes its place."""
    holds(using)
    _destroy_known(using)
    _join_known(using)
    in_force = gate.in_force()
    bits = [(name, in_force.mask([name])) for name in in_force.in_force[1].purposes]
    rows = Subject.objects.using(using).filter(state=State.ACTIVE)
    said = rows.exclude(objected=0, restricted=False, ceased=False)
    columns = ("pk", "objected", "restricted", "ceased")
    for subject, objected, restricted, ceased in said.values_list(*columns).iterator(_BATCH):
        denied = [(journal.OBJECTED, name) for name, bit in bits if objected & bit]
        denied += [(journal.RESTRICTED, "")] if restricted else []
        denied += [(journal.CEASED, "")] if ceased else []
        journal.deny(keystore().database, subject, denied)


def holds(using: str = DEFAULT_DB_ALIAS) -> None:
    """Let the journal know the holds that only the data tells of; an end is final."""
    for row in Hold.objects.using(using).all():
        entry = HoldEntry(row.subject, row.id, row.until, row.reason, row.by)
        if row.released is None:
            noted.recall(keystore().database, entry)
        else:
            noted.release(keystore().database, entry)


def mergings(using: str = DEFAULT_DB_ALIAS) -> int:
    """Merge again whoever came back parted in two; how many."""
    _join_known(using)
    return mergers.again(using)


def erasures(using: str = DEFAULT_DB_ALIAS) -> tuple[int, int]:
    """Erase again whoever the journal says is erased; how many people and rows that were back."""
    _destroy_known(using)
    back, rows = 0, 0
    for some in journal.subjects(keystore().database, journal.DESTROYED):
        returned = Subject.objects.using(using).filter(pk__in=some).exclude(state=State.ERASED)
        for subject in returned.values_list("pk", flat=True):
            _bury(subject, using)
            back += 1
    for done in erasing.finish(using=using):
        rows += done.reached
    return back, rows + closing.again(using=using)


def denials(withdraw: Withdraw, using: str = DEFAULT_DB_ALIAS) -> int:
    """Set again every denial that stands; how many the data did not have."""
    done = 0
    for purpose, mask in _known_purposes(journal.WITHDRAWN):
        for subject in _lacking(journal.WITHDRAWN, purpose, using, "consented", mask, has=True):
            withdraw(subject, [purpose])
            done += 1
    for purpose, mask in _known_purposes(journal.OBJECTED):
        for subject in _lacking(journal.OBJECTED, purpose, using, "objected", mask, has=False):
            subjects.set_choices(subject, object_to=[purpose], using=using)
            done += 1
    for kind in (journal.RESTRICTED, journal.CEASED):
        for some in journal.subjects(keystore().database, kind):
            rows = Subject.objects.using(using).filter(pk__in=some, state=State.ACTIVE)
            for subject in rows.filter(**{kind: False}).values_list("pk", flat=True):
                subjects.set_limits(subject, **{kind: True}, using=using)
                done += 1
    return done


def deny_optional(using: str = DEFAULT_DB_ALIAS) -> int:
    """Deny every purpose that a person may refuse, for everyone; how many people."""
    in_force = gate.in_force()
    named = in_force.in_force[1].purposes.items()
    mask = in_force.mask(name for name, purpose in named if purpose.basis in OPTIONAL)
    rows = Subject.objects.using(using).filter(state=State.ACTIVE)
    return rows.update(consented=0, objected=F("objected").bitor(mask))


def _join_known(using: str) -> None:
    """Let the key store know the mergers that only the data tells of."""
    for row in Merger.objects.using(using).all():
        with suppress(NotStoredError):  # erased since, both of them
            mergers.join(row.source, row.target)


def _destroy_known(using: str) -> None:
    """Finish in the key store what the data says was decided or done."""
    decided = Erasure.objects.using(using).values_list("subject", flat=True)
    for subject in decided.iterator(_BATCH):
        erasing.destroy(subject)


def _bury(subject: UUID, using: str) -> None:
    """As after T3: erased, and to be purged. Nothing can be recorded about the person any more."""
    keys = erasing.destroy(subject)
    with transaction.atomic(using=using, durable=True):
        people.lock_state(subject, using)
        Subject.objects.using(using).filter(pk=subject).update(
            state=State.ERASED, consented=0, objected=0, agreed=None
        )
        Erasure.objects.using(using).update_or_create(
            subject=subject, defaults={"keys": keys, "purged": False}
        )


def _known_purposes(kind: str) -> Iterator[tuple[str, int]]:
    """The purposes of standing denials, with their bits; nobody can have chosen an unknown one."""
    in_force = gate.in_force()
    for purpose in journal.details(keystore().database, kind):
        try:
            yield purpose, in_force.mask([purpose])
        except KeyError:
            continue


def _lacking(
    kind: str, purpose: str, using: str, column: str, mask: int, *, has: bool
) -> Iterator[UUID]:
    for some in journal.subjects(keystore().database, kind, purpose):
        rows = Subject.objects.using(using).filter(pk__in=some, state=State.ACTIVE)
        marked = rows.annotate(_bit=F(column).bitand(mask))
        found = marked.exclude(_bit=0) if has else marked.filter(_bit=0)
        yield from found.values_list("pk", flat=True)
