"""What prose is made of: a document of sections of sentences, and the notice of one point.

Rules: a sentence's id is the id of the clause that it says, so that a page can put the promise's
state beside it; texts are plain, never markup: renderers escape them.
"""

from dataclasses import dataclass, field
from datetime import date

from kept.policy.keep import Keep


@dataclass(frozen=True, slots=True)
class Link:
    """A way on from a sentence, at the place of its `text` in it, else after it.

    `href` is a path, an https or http address, or a mailto.
    """

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """What the policy says of one clause: one sentence, or a few that belong together."""

    id: str
    """The promise, and the `id` of its element: `collect.inquiry`, `never.ip-link`, `backups`."""
    text: str
    group: str = ""
    """The line above a list, where neighbours with the same line are its items."""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences under one heading."""

    id: str
    title: str
    sentences: tuple[Sentence, ...]

    @property
    def anchor(self) -> str:
        """The `id` of its element, distinct from every sentence's."""
        return f"section-{self.id}"


@dataclass(frozen=True, slots=True)
class Document:
    """A whole policy in prose."""

    title: str
    site: str
    version: str
    effective: date
    updated: date | None
    dates: str
    """A sentence that says since when it holds and when it was last updated."""
    language: str
    sections: tuple[Section, ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence in reading order."""
        return tuple(one for section in self.sections for one in section.sentences)


@dataclass(frozen=True, slots=True)
class Item:
    """One field of a notice."""

    field: str
    label: str
    category: str
    required: bool
    says: str
    """A word beside it, or empty."""


@dataclass(frozen=True, slots=True)
class Use:
    """One purpose of a notice."""

    id: str
    says: str
    basis: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What a person is shown before giving data at one collection point (GDPR article 13)."""

    point: str
    what: tuple[Item, ...]
    purposes: tuple[Use, ...]
    keep: Keep
    keep_text: str
    """How long, in words: `for 2 years`."""
    declining: str | None
    recipients: tuple[str, ...]
    """Who may get it, each as a noun phrase."""
    public: bool
    shown: tuple[str, ...]
    """The fields that are published."""
    warranty: str | None
    licence: str | None
    text: str = field(repr=False)
    """The exact plain text shown; stored, by digest, with the consent."""
