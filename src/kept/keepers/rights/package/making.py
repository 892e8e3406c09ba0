"""Making the copy that answers a request: one sealed file, for one person, for a week.

Rules (UI-15, SC-39; GDPR Art. 15, 20): made as the person's own opening, not as staff's; streamed
from the rows into the sealed file, so that nothing stands in clear on a disk and size is nobody's
memory; what failed is told in it and by its result; a newer copy takes the place of an older one.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction

from kept import gate, promises
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.keepers.rights.doing import withdrawing
from kept.keepers.rights.models import Package, Request
from kept.keepers.rights.package import archive, history, machine, pages
from kept.keepers.rights.package.archive import Entry
from kept.keepers.rights.package.gathering import Gathered, gather
from kept.keepers.rights.package.walking import Walks
from kept.keepers.rights.result import Result
from kept.keepers.rights.sending import POINT
from kept.vault import files
from kept.vault.models import SealedFile

LASTS = timedelta(days=7)
CATEGORY = "request.record"
"""Of sealed files, it is that of copies alone."""
_FILES = "kept_vault.SealedFile"


def make(request: Request) -> Result:
    """Make the copy, or make it again. Raises `NotStoredError` where it cannot be kept."""
    assert request.subject_id is not None  # noqa: S101 - only what was verified is carried out
    subject = request.subject_id
    actor = gate.Actor("subject", str(subject))
    with gate.purpose(gate.OWN_DATA, actor=actor, leased=True):
        gathered = gather(subject)
        made = files.store(
            archive.stream(_entries(gathered), gathered.day),
            subject=subject, point=POINT, category=CATEGORY, name=_name(gathered),
            media_type="application/zip",
        )  # fmt: skip
    done = Result(
        sum(one.expected for one in gathered.tables),
        sum(min(one.reached, one.expected) for one in gathered.tables),
        gathered.failed,
    )
    _keep(request, made, done)
    return done


def _keep(request: Request, made: SealedFile, done: Result) -> None:
    """The new copy in place of an older one, whose file goes."""
    assert request.subject_id is not None  # noqa: S101 - `make` looked
    with transaction.atomic():
        old = Package.objects.filter(request=request).select_related("file").first()
        new = Package(
            request=request, subject_id=request.subject_id, file=made, complete=done.whole,
            ends=clock.today() + LASTS, fetched=False,
        )  # fmt: skip
        Package.objects.bulk_create(
            [new], update_conflicts=True, unique_fields=["request"],
            update_fields=["file", "complete", "ends", "fetched"],
        )  # fmt: skip
        if old is not None:
            old.file.delete()


def _entries(gathered: Gathered) -> Iterator[Entry]:
    with closing(Walks(gathered)) as walks:
        yield from _with(walks, gathered)


def _with(walks: Walks, gathered: Gathered) -> Iterator[Entry]:
    subject, current = gathered.subject, promises.current().policy
    yield "README.txt", iter([_README.encode()])
    walked = [table for table in gathered.tables if table.expected]
    for table in walked:
        yield from pages.of_table(gathered, table, walks.over(table))
    for table in walked:
        yield f"tables/{table.slug}.csv", walks.cells(table)
    for table in gathered.tables:
        if table.failed and not table.expected:  # it could not be counted; perhaps it can be read
            deque(walks.over(table), maxlen=0)
    given = withdrawing.history(subject)
    if given:
        yield "read/consents.html", pages.consents(gathered, given)
    yield from _history(walks, gathered, history.told(subject, current))
    yield "data.json", machine.document(gathered, walks.records, walks.events())
    yield "data.schema.json", iter([machine.schema()])
    count = 0
    for name, parts in _files(gathered, subject):
        count += 1
        yield name, parts
    yield "index.html", pages.index(
        gathered, agreed=bool(given), events=walks.told, files=count
    )  # fmt: skip


def _history(walks: Walks, gathered: Gathered, told: Iterator[history.Told]) -> Iterator[Entry]:
    """The receipts and the pages that lead to them, some events at a time."""
    number, some = 1, list(islice(told, pages.ON_A_PAGE))
    while some:
        following = list(islice(told, pages.ON_A_PAGE))
        lines: list[tuple[str, str, str]] = []
        for one in some:
            name = walks.tell(one)
            if name:
                yield name, iter([one.receipt, b"\n"])
            lines.append((one.day, one.says, name))
        page = pages.history(gathered, lines, number, more=bool(following))
        yield f"read/{pages.page_of('history', number)}", page
        number, some = number + 1, following


def _files(gathered: Gathered, subject: UUID) -> Iterator[Entry]:
    """The person's sealed files; earlier copies like this one are left out."""
    rows = SealedFile.objects.filter(subject=subject).exclude(category=CATEGORY).order_by("pk")
    for row in rows.iterator():
        try:
            opened = files.open(row)
        except (KeptError, OSError) as error:
            _failed(gathered, error)
            continue
        yield (
            f"files/{row.pk.hex[:8]}-{archive.plain_name(opened.name)}",
            _parts(gathered, opened.parts),
        )


def _parts(gathered: Gathered, parts: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from parts
    except (KeptError, OSError) as error:
        _failed(gathered, error)


def _failed(gathered: Gathered, error: Exception) -> None:
    kind = error.code.id if isinstance(error, KeptError) else type(error).__name__
    for table in gathered.tables:
        if table.label == _FILES:
            table.failed = kind


def _name(gathered: Gathered) -> str:
    return f"{archive.plain_name(gathered.site).lower()}-{gathered.day.isoformat()}.zip"


_README = """\
This is a copy of all personal data that is held about you.

index.html        begin here: pages to read, in any browser, without a network
read/             the pages
data.json         the same for programs; data.schema.json says its form (JSON Schema)
tables/           the same as tables (CSV), one for each kind of entry
files/            files that are kept about you
receipts/         one receipt for each event on the signed record; `kept ledger verify` checks them

Nothing in it is about anybody else: references to others, and secrets such as the form in which
your password is stored, are left out, and each page says so. A receipt names a member of staff by a
random number and nothing more.
"""
