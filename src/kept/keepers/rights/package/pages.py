"""The copy for people: pages that open without a network, a script or any other program.

Rules: everything that was typed is escaped; a long table stands on several pages; each page says
where one is; the first page says in plain words what is held, why, since when, until when, and who
got it, and which tables were looked at and are empty.
"""

import html
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any

from kept.keepers.rights.doing.withdrawing import Given
from kept.keepers.rights.letters import day
from kept.keepers.rights.package.archive import Entry
from kept.keepers.rights.package.gathering import Gathered
from kept.keepers.rights.package.records import Record, Value
from kept.keepers.rights.package.style import STYLE
from kept.keepers.rights.package.tables import Clause, Table

ON_A_PAGE = 250


def of_table(gathered: Gathered, table: Table, rows: Iterator[Record]) -> Iterator[Entry]:
    """The pages of one table: `read/<table>.html`, then `read/<table>-2.html` and so on."""
    number, some = 1, list(islice(rows, ON_A_PAGE))
    while some:
        following = list(islice(rows, ON_A_PAGE))
        yield (
            f"read/{page_name(table, number)}",
            _table_page(gathered, table, some, number, more=bool(following)),
        )
        number, some = number + 1, following


def page_name(table: Table, number: int) -> str:
    """The file of a table's page."""
    return page_of(table.slug, number)


def page_of(slug: str, number: int) -> str:
    """The file of a page of something long."""
    return f"{slug}.html" if number == 1 else f"{slug}-{number}.html"


def consents(gathered: Gathered, given: Iterable[Given]) -> Iterator[bytes]:
    """`read/consents.html`: what was agreed to, when, with which words."""
    yield _head(gathered, "What you agreed to", up=True)
    yield b"<p>Each consent, the newest first, with the very words that were shown.</p>\n"
    for one in given:
        ended = f"taken back on {day(one.withdrawn)}" if one.withdrawn else "stands"
        yield _text(
            f"<section><h2>You agreed that we {escape(one.says)}</h2><dl>"
            f"<dt>Given</dt><dd>{day(one.given)}, under version {escape(one.version)}</dd>"
            f"<dt>Now</dt><dd>{ended}</dd>"
            f'<dt>Shown</dt><dd class="pre">{escape(one.text)}</dd></dl></section>\n'
        )
    yield _FOOT


def history(
    gathered: Gathered, told: Iterable[tuple[str, str, str]], number: int, *, more: bool
) -> Iterator[bytes]:
    """`read/history.html`, and so on: events on record (day, words, file of the receipt)."""
    yield _head(gathered, _numbered("What happened with your data", number), up=True)
    yield (
        b"<p>From the signed record, by day: who opened it and what for, what was sent to whom, "
        b"what changed. Each line has a receipt, which proves that the record was not written "
        b"afterwards; the newest lines get theirs within minutes, in your next copy.</p>\n"
        b'<table><thead><tr><th scope="col">Day</th><th scope="col">What</th>'
        b'<th scope="col">Receipt</th></tr></thead><tbody>\n'
    )
    for on, says, name in told:
        short = name.rpartition("/")[2].partition(".")[0]
        link = f'<a href="../{name}">{short}</a>' if name else "not yet"
        yield _text(
            f'<tr><td class="day">{escape(on)}</td><td>{escape(says)}</td><td>{link}</td></tr>\n'
        )
    yield b"</tbody></table>\n"
    yield _turning("history", number, more=more) + _FOOT


def index(gathered: Gathered, *, agreed: bool, events: int, files: int) -> Iterator[bytes]:
    """`index.html`, written last, when it is known how far each table came."""
    yield _head(gathered, f"What {gathered.site} holds about you")
    yield _text(
        f'<p class="lead">Made on {day(gathered.day)}. Keep it in a safe place: it is all here.</p>'
    )
    if gathered.failed:
        yield b'<p class="bad" role="note"><strong>Not complete.</strong> Some of it could not be '
        yield b"read this time; it is marked below. You get another mail when it is whole.</p>\n"
    yield from _held(gathered)
    yield b"<h2>Beside that</h2><ul>"
    if agreed:
        yield b'<li><a href="read/consents.html">What you agreed to, and when</a></li>'
    if events:
        yield _text(
            f'<li><a href="read/history.html">What happened with your data</a> ({events} events '
            "on the signed record: openings by staff, what was sent to whom, changes)</li>"
        )
    if files:
        yield _text(f"<li>Files: {files}, in the folder <code>files</code></li>")
    yield b"<li>For programs: <code>data.json</code> with its form <code>data.schema.json</code>, "
    yield b"and tables in <code>tables</code></li></ul>\n"
    yield from _points(gathered)
    yield from _looked_at(gathered)
    yield _FOOT


def _held(gathered: Gathered) -> Iterator[bytes]:
    found = [one for one in gathered.tables if one.expected or one.failed]
    yield b"<h2>What we hold</h2>"
    yield from _counted([one for one in found if not one.inner])
    inner = [one for one in found if one.inner]
    if inner:
        yield b"<details><summary>What our software notes beside it</summary>"
        yield from _counted(inner)
        yield b"</details>\n"


def _counted(tables: list[Table]) -> Iterator[bytes]:
    yield b'<table><thead><tr><th scope="col">What</th>'
    yield b'<th scope="col" class="n">Entries</th></tr></thead><tbody>\n'
    for table in tables:
        count = str(table.reached)
        if table.failed or table.reached < table.expected:
            count = f'<span class="bad">{table.reached} of {table.expected}</span>'
        name = f'<a href="read/{page_name(table, 1)}">{escape(table.title)}</a>'
        yield _text(
            f'<tr><th scope="row">{name if table.reached else escape(table.title)}</th>'
            f'<td class="n">{count}</td></tr>\n'
        )
    yield b"</tbody></table>\n"


def _points(gathered: Gathered) -> Iterator[bytes]:
    yield b"<h2>Why, and for how long</h2>\n"
    for id, clause in gathered.clauses.items():
        if id not in gathered.points:
            continue
        yield _text(f"<section><h3>When you {escape(clause.says)}</h3>{_clause(clause)}</section>")


def _clause(clause: Clause) -> str:
    uses = "; ".join(f"to {escape(says)} ({escape(basis)})" for says, basis in clause.purposes)
    to = "; ".join(escape(one) for one in clause.recipients) or "nobody"
    return (
        f"<dl><dt>What for</dt><dd>{uses}</dd><dt>How long</dt><dd>{escape(clause.keep)}</dd>"
        f"<dt>It may go to</dt><dd>{to}</dd></dl>"
    )


def _looked_at(gathered: Gathered) -> Iterator[bytes]:
    empty = [one.title for one in gathered.tables if not one.expected and not one.failed]
    if empty:
        listed = ", ".join(escape(one) for one in sorted(set(empty)))
        yield _text(f"<h2>Looked at, and nothing there</h2><p>{listed}.</p>\n")


def _table_page(
    gathered: Gathered, table: Table, rows: list[Record], number: int, *, more: bool
) -> Iterator[bytes]:
    yield _head(gathered, _numbered(table.title, number), up=True)
    tops: dict[tuple[str, date | None], tuple[str, str]] = {}
    for record in rows:
        alike = record.point, record.since
        if alike not in tops:
            tops[alike] = _top_and_end(gathered, *alike)
        yield _text(_record(record, *tops[alike]))
    yield _turning(table.slug, number, more=more)
    if table.left_out and number == 1:
        lines = "".join(
            f"<li><code>{escape(name)}</code>: {escape(why)}</li>"
            for name, why in table.left_out.items()
        )
        yield _text(f"<details><summary>Not shown here</summary><ul>{lines}</ul></details>")
    yield _FOOT


def _numbered(title: str, number: int) -> str:
    return title if number == 1 else f"{title}, page {number}"


def _turning(slug: str, number: int, *, more: bool) -> bytes:
    """Links to the pages before and after; nothing where there are none."""
    links = []
    if number > 1:
        links.append(f'<a href="{page_of(slug, number - 1)}">Previous page</a>')
    if more:
        links.append(f'<a href="{page_of(slug, number + 1)}">Next page</a>')
    return _text(f'<nav aria-label="Pages"><p>{" · ".join(links)}</p></nav>') if links else b""


def _top_and_end(gathered: Gathered, point: str, since: date | None) -> tuple[str, str]:
    """What stands above and below the values of records of one point and day."""
    clause = gathered.clauses.get(point)
    heading = f"When you {clause.says}" if clause is not None else "An entry"
    return f"{escape(heading)}{f', {day(since)}' if since else ''}", _until(clause, since)


def _record(record: Record, top: str, until: str) -> str:
    told = [one for one in record.values if one.category]
    rest = [one for one in record.values if not one.category]
    lines = _lines(told or rest)
    more = f"<details><summary>More about this entry</summary><dl>{_lines(rest)}</dl></details>"
    return f"<section><h2>{top}</h2><dl>{lines}{until}</dl>{more if told else ''}</section>\n"


def _lines(values: list[Value]) -> str:
    return "".join([
        f'<dt>{_label(one.label)}</dt><dd class="pre">{_shown(one.value)}</dd>'
        for one in values
        if one.value is not None and one.value != ""
    ])  # fmt: skip


def _until(clause: Clause | None, since: date | None) -> str:
    if clause is None:
        return ""
    end = clause.until(since)
    words = f"until {day(end)}" if end else clause.keep
    return f'<dt class="quiet">Kept</dt><dd class="quiet">{escape(words)}</dd>'


def escape(text: object) -> str:
    """As Django's own `escape`, without what makes that one lazy."""
    return html.escape(str(text))


_label = lru_cache(1_000)(escape)
"""The names of fields come back in each record."""


def _shown(value: Any) -> str:
    if type(value) is str:
        return html.escape(value)
    if isinstance(value, bool):
        return escape("yes" if value else "no")
    if isinstance(value, list):
        return escape(", ".join(str(one) for one in value))
    return escape(str(value))


def _head(gathered: Gathered, title: str, *, up: bool = False) -> bytes:
    back = '<p><a href="../index.html">Back to the first page</a></p>' if up else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · {escape(gathered.site)}</title><style>{STYLE}</style></head>"
        f"<body><main>{back}<h1>{escape(title)}</h1>\n"
    ).encode()


def _text(text: str) -> bytes:
    return text.encode("utf-8")


_FOOT = b"</main></body></html>\n"
