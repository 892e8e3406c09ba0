"""The audit as one HTML file that opens offline: no script, pictures inside, nothing loaded.

Rules: everything that came from the site is escaped; the file forbids itself to load anything.
"""

import base64
from collections import Counter
from collections.abc import Iterable
from html import escape
from pathlib import Path

from kept.audit.audited import Audited
from kept.audit.evidence import Seen, Shot
from kept.audit.findings import Finding
from kept.audit.reporters.sentences import sentences

_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)
_MARKS = {
    "nothing found": ("good", "Nothing found", "What was seen agrees with the policy."),
    "findings": ("bad", "", "What was seen differs from the policy."),
    "not checked": ("open", "Could not be checked whole", "Nothing was found in what was seen."),
}


def page(audited: Audited) -> str:
    """The whole page."""
    evidence = audited.evidence
    style = Path(__file__).with_name("page.css").read_text("utf-8")
    began = f"{evidence.began:%Y-%m-%d %H:%M} UTC" if evidence.began else ""
    body = "".join(
        (
            _head(audited, began),
            _found(audited),
            _promises(audited),
            _states(audited),
            _shots(evidence.each()),
            _cookies(audited),
            _hosts(audited),
            "<footer><p>Made by <code>kept audit</code>. An audit sees what one browser is sent; "
            "what a server does with data afterwards it cannot see.</p></footer>",
        )
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Audit of {escape(evidence.host)}</title><style>{style}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    )


def _head(audited: Audited, began: str) -> str:
    mark, words, more = _MARKS[audited.verdict]
    count = len(audited.findings)
    words = words or (f"{count} thing found" if count == 1 else f"{count} things found")
    meta = audited.policy.meta
    gaps = "".join(
        f"<li><b>{escape(one.state)}</b>: {escape(one.reached)}, {escape(one.why)}</li>"
        for one in audited.unreached
    )
    missing = f"<h3>Not seen</h3><ul>{gaps}</ul>" if gaps else ""
    return (
        f"<header><p class=kicker>Audit against the privacy policy of {escape(meta.site)}, version "
        f"{escape(meta.version)}</p><h1>{escape(audited.evidence.landed)}</h1>"
        f'<div class="verdict {mark}"><p class=big>{words}</p><p>{more}</p>{missing}</div>'
        f"<p class=quiet>{began} · Chromium {escape(audited.evidence.browser)} · policy digest "
        f"<code>{audited.policy.digest[:16]}</code></p></header>"
    )


def _found(audited: Audited) -> str:
    if not audited.findings:
        return ""
    said = sentences(audited.policy)
    cards = "".join(_card(one, said.get(one.clause, "")) for one in audited.findings)
    counts = Counter(one.title for one in audited.findings)
    summary = "".join(f"<li><b>{n}</b> {_code(title)}</li>" for title, n in counts.items())
    return f"<section><h2>What differs</h2><ul class=summary>{summary}</ul>{cards}</section>"


def _card(one: Finding, sentence: str) -> str:
    promise = f"<blockquote>{escape(sentence)}</blockquote>" if sentence else ""
    states = "".join(f"<li>{escape(state)}</li>" for state in one.states)
    pages = "".join(f"<li>{escape(url)}</li>" for url in one.pages)
    lines = "".join(f"<li><code>{escape(line)}</code></li>" for line in one.evidence)
    return (
        f"<article><p class=clause><code>{escape(one.clause)}</code></p><h3>{_code(one.title)}</h3>"
        f"<p class=says>{_code(one.says)}</p>{promise}"
        + (f"<ul class=states>{states}</ul>" if states else "")
        + (
            f"<details><summary>Evidence</summary><ul>{lines}{pages}</ul></details>"
            if lines or pages
            else ""
        )
        + "</article>"
    )


def _promises(audited: Audited) -> str:
    said = sentences(audited.policy)
    rows = "".join(
        f'<tr class="{one.outcome.replace(" ", "-")}"><th scope=row><code>{escape(one.clause)}'
        f"</code></th><td>{one.outcome}</td><td>{escape(said.get(one.clause, ''))}</td></tr>"
        for one in audited.promises
    )
    heads = "<th>clause<th>outcome<th>sentence"
    return _table("Promise by promise", heads, rows, "None shows.", kind="promises")


def _states(audited: Audited) -> str:
    rows = "".join(
        f"<tr><th scope=row>{escape(one.state)}</th><td>{escape(one.reached)}</td>"
        + "".join(f"<td class=n>{figure}</td>" for figure in _figures(one))
        + f"<td>{escape(one.why)}</td></tr>"
        for one in audited.evidence.states.values()
    )
    heads = "<th>state<th>reached" + "".join(
        f"<th class=n>{word}" for word in ("pages", "requests", "cookies", "stored")
    )
    return (
        "<section><h2>What was looked at</h2><div class=wide><table><thead><tr>"
        f"{heads}<th>how</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


def _figures(one: Seen) -> tuple[int | str, ...]:
    if one.reached in ("not needed", "not reachable"):
        return ("-",) * 4
    cookies = {cookie.name for cookie in (*one.cookies, *one.jar)}
    return (len({p.url for p in one.pages}), len(one.exchanges), len(cookies), len(one.stored))


def _shots(states: Iterable[Seen]) -> str:
    figures = "".join(_figure(shot, one.state) for one in states for shot in one.shots if shot.jpeg)
    return (
        f"<section><h2>Pictures</h2><div class=shots>{figures}</div></section>" if figures else ""
    )


def _figure(shot: Shot, state: str) -> str:
    data = base64.b64encode(shot.jpeg).decode("ascii")
    caption = f"<b>{escape(state)}</b> {escape(shot.caption)}"
    return (
        f'<figure><img alt="{escape(shot.caption)}" src="data:image/jpeg;base64,{data}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _cookies(audited: Audited) -> str:
    seen = [(c, s.state) for s in audited.evidence.each() for c in (*s.cookies, *s.jar)]
    names = dict.fromkeys((one.name, one.host) for one, _ in seen)
    rows = "".join(
        f"<tr><th scope=row>{escape(name)}</th><td>{escape(host)}</td><td>"
        + escape(", ".join(dict.fromkeys(st for c, st in seen if (c.name, c.host) == (name, host))))
        + "</td></tr>"
        for name, host in names
    )
    return _table("Cookies", "<th>name<th>host<th>states", rows, "None was seen.")


def _hosts(audited: Audited) -> str:
    counts: Counter[str] = Counter(
        one.host for seen in audited.evidence.each() for one in seen.exchanges
    )
    rows = "".join(
        f"<tr><th scope=row>{escape(host)}</th><td>"
        f"{'the site' if audited.evidence.own(host) else 'another'}</td><td class=n>{n}</td></tr>"
        for host, n in counts.most_common()
    )
    return _table("Hosts", "<th>host<th>whose<th class=n>requests", rows, "None was asked.")


def _table(title: str, heads: str, rows: str, none: str, *, kind: str = "") -> str:
    if not rows:
        return f"<section><h2>{title}</h2><p>{none}</p></section>"
    return (
        f"<section><h2>{title}</h2><div class=wide><table class='{kind}'><thead><tr>{heads}</tr>"
        f"</thead><tbody>{rows}</tbody></table></div></section>"
    )


def _code(text: str) -> str:
    """Escaped, with what stands in backticks as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{p}</code>" if at % 2 else p for at, p in enumerate(parts))
