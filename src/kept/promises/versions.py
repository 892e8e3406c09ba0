"""Posting the policy file, and which versions are in force now.

Rules: the file runs the site only once it is posted (`adopt`), so that what visitors can read and
what the gate decides by are the same text; posting the latest text again changes nothing; a text
with errors is not posted; a version counts from its effective date on.
"""

from functools import lru_cache

from django.db import transaction
from django.db.models import QuerySet

from kept import gate, ledger, policy
from kept._kit import clock
from kept._kit.errors import KeptError, code
from kept.conf import settings
from kept.promises import _cache
from kept.promises.models import PolicyVersion, PurposeBit
from kept.promises.values import Adopted, Posted

UNREADABLE = code("P001", "The policy file has errors", do="run `kept policy check FILE`")
NONE_IN_FORCE = code(
    "P002",
    "No policy version is in force",
    do="post one: `kept policy publish FILE`, or `kept serve`, which posts the settings' file",
)
TOO_MANY = code(
    "P003",
    "More purposes than a choices mask has room for",
    do="merge purposes that people cannot tell apart",
)
_BITS = 63
"""A signed 64-bit column holds this many purposes over the site's whole life."""


def adopt() -> Adopted:
    """Post the policy file of the settings if its text is not the latest posted one.

    While a posted version waits for its day, a file with the text in force changes nothing either.
    Raises `KeptError` P001 where the file has errors, P003 where the masks are full.
    """
    return post(_load_file())


@ledger.flow(may=[ledger.PolicyAdopted])
def post(loaded: policy.Policy) -> Adopted:
    """Post a policy as the next version, unless it is the latest. Raises `KeptError` P003."""
    rows = PolicyVersion.objects.select_for_update().order_by("ordinal")
    last, latest = rows.last(), rows.filter(withdrawn_at=None).last()
    known = _known(loaded, latest)
    if known is not None:
        _cache.forget()  # what this process compiled may be of a database that was replaced since
        return Adopted(_read(known), new=False, same_label=False)
    row = PolicyVersion(
        ordinal=0 if last is None else last.ordinal + 1,
        label=loaded.meta.version,
        effective=loaded.meta.effective,
        digest=loaded.digest,
        text=loaded.text,
        adopted_at=clock.now(),
    )
    row.save()
    _give_bits(loaded)
    ledger.record(ledger.PolicyAdopted(version=row.ordinal, digest=row.digest), None)
    changed()
    same_label = latest is not None and latest.label == row.label
    return Adopted(_read(row), new=True, same_label=same_label)


def _known(loaded: policy.Policy, latest: PolicyVersion | None) -> PolicyVersion | None:
    """The posted version that the text stands for, where nothing is to be posted."""
    if latest is None or latest.digest == loaded.digest:
        return latest
    if latest.effective <= clock.today():
        return None
    now = in_force_rows().last()
    return now if now is not None and now.digest == loaded.digest else None


def in_force_rows() -> QuerySet[PolicyVersion]:
    """The versions that came into force, by ordinal."""
    rows = PolicyVersion.objects.filter(effective__lte=clock.today(), withdrawn_at=None)
    return rows.order_by("ordinal")


def changed() -> None:
    """Tell this process now, and the others once the transaction is committed."""
    _cache.forget()
    transaction.on_commit(_cache.touch)


def history() -> tuple[Posted, ...]:
    """Every posted version, the oldest first."""
    return tuple(_read(row) for row in PolicyVersion.objects.all())


def posted(ordinal: int) -> Posted | None:
    """The version at `ordinal`, or None."""
    row = PolicyVersion.objects.filter(ordinal=ordinal).first()
    return None if row is None else _read(row)


def current() -> Posted:
    """The version in force now. Raises `KeptError` P002 where there is none."""
    return _cache.of_now(_compile).posted


def so_far() -> tuple[Posted, ...]:
    """The versions that came into force, up to the one that is. Raises `KeptError` P002."""
    return _cache.of_now(_compile).versions


def coming() -> Posted | None:
    """The version that was posted last and waits for its day, or None."""
    return _cache.of_now(_compile).coming


def mark() -> str:
    """Differs after every posting, withdrawal and coming into force: for caches of pages."""
    return _cache.of_now(_compile).mark


def gate_in_force() -> gate.Gate:
    """The gate compiled from every version up to the one in force; what `kept.gate` is wired to."""
    return _cache.of_now(_compile).gate


def only_for_testing_forget() -> None:
    """Forget what is compiled: for tests that roll a posting back."""
    _cache.forget()


def _compile() -> _cache.InForce:
    versions = [_read(row) for row in in_force_rows()]
    if not versions:
        raise KeptError(NONE_IN_FORCE, "no policy version is in force", place="PolicyVersion")
    bits = {row.purpose: row.bit for row in PurposeBit.objects.all()}
    compiled = gate.compile([(one.ordinal, one.policy) for one in versions], bits)
    later = PolicyVersion.objects.filter(effective__gt=clock.today())
    waiting = later.filter(withdrawn_at=None).order_by("ordinal").last()
    withdrawn = PolicyVersion.objects.exclude(withdrawn_at=None).count()
    return _cache.InForce(
        versions[-1],
        compiled,
        tuple(versions),
        None if waiting is None else _read(waiting),
        f"{len(versions)}.{later.count()}.{withdrawn}",
    )


def _load_file() -> policy.Policy:
    path = settings().policy
    loaded = policy.load(path)
    if loaded.policy is None:
        lines = "\n".join(str(problem) for problem in loaded.problems)
        raise KeptError(UNREADABLE, f"`{path.name}` is not posted:\n{lines}", place=str(path))
    return loaded.policy


def _read(row: PolicyVersion) -> Posted:
    parsed = _parse(row.text, f"{row.label}.toml")
    return Posted(row.ordinal, row.label, row.effective, row.adopted_at, parsed, row.withdrawn_at)


@lru_cache(maxsize=64)
def _parse(text: str, name: str) -> policy.Policy:
    loaded = policy.loads(text, name)
    if loaded.policy is None:
        raise KeptError(UNREADABLE, f"the posted version `{name}` cannot be read", place=name)
    return loaded.policy


def _give_bits(new: policy.Policy) -> None:
    taken = dict(PurposeBit.objects.values_list("purpose", "bit"))
    fresh = [name for name in new.purposes if name not in taken]
    if len(taken) + len(fresh) > _BITS:
        raise KeptError(TOO_MANY, f"`{new.meta.site}` has used {_BITS} purposes", place="purposes")
    PurposeBit.objects.bulk_create(
        PurposeBit(purpose=name, bit=bit) for bit, name in enumerate(fresh, start=len(taken))
    )
