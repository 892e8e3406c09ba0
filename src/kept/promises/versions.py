"""Posting the policy file, and which versions are in force now.

Rules: the file runs the site only once it is posted (`adopt`), so that what visitors can read and
what the gate decides by are the same text; posting the latest text again changes nothing; a text
with errors is not posted; a version counts from its effective date on.
"""

from functools import lru_cache

from django.db import transaction

from kept import gate, ledger, policy
from kept._kit import clock
from kept._kit.errors import KeptError, code
from kept.conf import settings
from kept.promises import _cache
from kept.promises.models import PolicyVersion, PurposeBit
from kept.promises.values import Adopted, Posted

UNREADABLE = code("P001", "The policy file has errors", do="run `kept policy check FILE`")
NONE_IN_FORCE = code(
    "P002", "No policy version is in force", do="post one: `kept serve` or `manage.py migrate` does"
)
TOO_MANY = code(
    "P003",
    "More purposes than a choices mask has room for",
    do="merge purposes that people cannot tell apart",
)
_BITS = 63
"""A signed 64-bit column holds this many purposes over the site's whole life."""


@ledger.flow(may=[ledger.PolicyAdopted])
def adopt() -> Adopted:
    """Post the policy file of the settings if its text is not the latest posted one.

    Raises `KeptError` P001 where the file has errors, P003 where the masks are full.
    """
    loaded = _load_file()
    latest = PolicyVersion.objects.select_for_update().order_by("ordinal").last()
    if latest is not None and latest.digest == loaded.digest:
        _cache.forget()  # what this process compiled may be of a database that was replaced since
        return Adopted(_read(latest), new=False, same_label=False)
    row = PolicyVersion(
        ordinal=0 if latest is None else latest.ordinal + 1,
        label=loaded.meta.version,
        effective=loaded.meta.effective,
        digest=loaded.digest,
        text=loaded.text,
        adopted_at=clock.now(),
    )
    row.save()
    _give_bits(loaded)
    ledger.record(ledger.PolicyAdopted(version=row.ordinal, digest=row.digest), None)
    _cache.forget()
    transaction.on_commit(_cache.touch)
    same_label = latest is not None and latest.label == row.label
    return Adopted(_read(row), new=True, same_label=same_label)


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


def gate_in_force() -> gate.Gate:
    """The gate compiled from every version up to the one in force; what `kept.gate` is wired to."""
    return _cache.of_now(_compile).gate


def only_for_testing_forget() -> None:
    """Forget what is compiled: for tests that roll a posting back."""
    _cache.forget()


def _compile() -> _cache.InForce:
    rows = PolicyVersion.objects.filter(effective__lte=clock.today()).order_by("ordinal")
    versions = [_read(row) for row in rows]
    if not versions:
        raise KeptError(NONE_IN_FORCE, "no policy version is in force", place="PolicyVersion")
    bits = {row.purpose: row.bit for row in PurposeBit.objects.all()}
    compiled = gate.compile([(one.ordinal, one.policy) for one in versions], bits)
    return _cache.InForce(versions[-1], compiled, tuple(versions))


def _load_file() -> policy.Policy:
    path = settings().policy
    loaded = policy.load(path)
    if loaded.policy is None:
        lines = "\n".join(str(problem) for problem in loaded.problems)
        raise KeptError(UNREADABLE, f"`{path.name}` is not posted:\n{lines}", place=str(path))
    return loaded.policy


def _read(row: PolicyVersion) -> Posted:
    parsed = _parse(row.text, f"{row.label}.toml")
    return Posted(row.ordinal, row.label, row.effective, row.adopted_at, parsed)


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
