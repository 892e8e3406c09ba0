"""A document as HTML and as Markdown.

Rules: everything that comes from a policy is escaped, whatever it holds; every sentence carries its
promise, in HTML as `id` and `data-promise`, in Markdown as an anchor; an address in a link has
been checked when the policy was read, and is checked again here.
"""

import re
from collections.abc import Callable, Iterator
from html import escape
from itertools import groupby

from kept.policy.prose.shapes import Document, Link, Section, Sentence

_SAFE = re.compile(r"(https?://|mailto:|/(?!/))[^\s<>\"'`\\]*")
_MARKS = re.compile(r"([\\`*_{}\[\]()#+!|<>~-])")
_NUMBERED = re.compile(r"^(\d+)([.)])")


def html(document: Document, *, heading: int = 1) -> str:
    """An `<article>`; its own heading is of level `heading` (1 to 5), its sections' one deeper."""
    return "\n".join(_article(document, heading)) + "\n"


def _article(document: Document, level: int) -> Iterator[str]:
    yield f'<article class="kept-policy" lang="{escape(document.language)}">'
    yield f"<h{level}>{escape(document.title)}</h{level}>"
    yield f'<p class="kept-policy-dates">{escape(document.dates)}</p>'
    for section in document.sections:
        yield f'<section id="{escape(section.anchor)}">'
        yield f"<h{level + 1}>{escape(section.title)}</h{level + 1}>"
        yield from _body(section)
        yield "</section>"
    yield "</article>"


def _body(section: Section) -> Iterator[str]:
    for group, said in groupby(section.sentences, key=lambda one: one.group):
        if not group:
            yield from (_element("p", one) for one in said)
            continue
        yield f"<p>{escape(group)}</p>"
        yield "<ul>"
        yield from (_element("li", one) for one in said)
        yield "</ul>"


def _element(tag: str, one: Sentence) -> str:
    id = escape(one.id)
    return f'<{tag} id="{id}" data-promise="{id}">{inline(one)}</{tag}>'


def inline(one: Sentence) -> str:
    """The words of a sentence as HTML, escaped, with its links: for pages with own elements."""
    return _linked(one, escape, _anchor)


def _anchor(link: Link) -> str:
    return f'<a href="{escape(link.href)}">{escape(link.text)}</a>'


def _linked(one: Sentence, plain: Callable[[str], str], write: Callable[[Link], str]) -> str:
    """The sentence with each link at the place of its text, or after it; unsafe ones as text."""
    made, rest = "", one.text
    for link in one.links:
        shown = write(link) if _SAFE.fullmatch(link.href) else plain(link.text)
        before, found, after = rest.partition(link.text)
        if found:
            made, rest = made + plain(before) + shown, after
        else:
            made, rest = f"{made}{plain(rest)} {shown}", ""
    return made + plain(rest)


def markdown(document: Document) -> str:
    """CommonMark; each sentence begins with the anchor of its promise."""
    return "\n".join(_lines(document)).rstrip() + "\n"


def _lines(document: Document) -> Iterator[str]:
    yield from (f"# {_plain(document.title)}", "", f"*{_plain(document.dates)}*", "")
    for section in document.sections:
        yield from (f"## {_plain(section.title)}", "")
        for group, said in groupby(section.sentences, key=lambda one: one.group):
            if group:
                yield from (f"{_plain(group)}", "")
                yield from (f"- {_line(one)}" for one in said)
                yield ""
                continue
            for one in said:
                yield from (_line(one), "")


def _line(one: Sentence) -> str:
    words = _linked(one, _plain, lambda link: f"[{_plain(link.text)}](<{link.href}>)")
    return f'<a id="{escape(one.id)}"></a>{words}'


def _plain(text: str) -> str:
    """`text` so that CommonMark shows it as it is."""
    escaped = _MARKS.sub(r"\\\1", text.replace("&", "&amp;"))
    return _NUMBERED.sub(r"\1\\\2", escaped)
