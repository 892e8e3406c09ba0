"""Forms and every field in them, hidden ones too; fields outside a form are one form together."""

from html.parser import HTMLParser

from kept.audit.browser import Visitor
from kept.audit.evidence import FieldSeen, FormSeen, Seen
from kept.audit.scripts import javascript

SCRIPT = ""
_LOOK = javascript("collectors/forms.js")


def page(visitor: Visitor, seen: Seen) -> None:
    """The forms of the page and of its frames."""
    written = _written(visitor.source)
    for url, found in visitor.run_everywhere(_LOOK):
        for form in found:
            fields = tuple(
                FieldSeen(**one, written=(one["name"], one["value"]) in written)
                for one in form["fields"]
                if one["name"]
            )
            if fields:
                seen.forms.append(FormSeen(url, **{**form, "fields": fields}))


def end(visitor: Visitor, seen: Seen) -> None:
    """Nothing is left to see."""


def _written(source: str) -> set[tuple[str, str]]:
    """Name and value of each input in the page as the site sent it."""
    reader = _Inputs()
    reader.feed(source)
    return reader.found


class _Inputs(HTMLParser):
    """Reads inputs, and nothing else, from HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "input":
            words = dict(attrs)
            self.found.add((words.get("name") or words.get("id") or "", words.get("value") or ""))
