"""The whole policy in prose: sections in the order in which a reader needs them.

Rules: every clause has its sentence and every sentence its clause; a section without a sentence is
left out.
"""

from collections.abc import Callable, Iterator

from kept.policy.model import Policy
from kept.policy.prose.language import _, day, sentence
from kept.policy.prose.said import asking, caring, giving, looking, sharing, using
from kept.policy.prose.shapes import Document, Section, Sentence

Says = Callable[[Policy], Iterator[Sentence]]


def document(policy: Policy) -> Document:
    """The policy as people read it; every clause has its sentence."""
    meta = policy.meta
    return Document(
        title=_("Privacy policy of {site}", site=meta.site),
        site=meta.site,
        version=meta.version,
        effective=meta.effective,
        updated=meta.updated,
        dates=dates(policy),
        language=meta.language,
        sections=tuple(one for one in _sections(policy) if one.sentences),
    )


def dates(policy: Policy) -> str:
    """Since when it holds, and its last update."""
    since = day(policy.meta.effective)
    if policy.meta.updated is None:
        return _("In effect from {day}.", day=since)
    return _(
        "In effect from {day}, last updated on {updated}.",
        day=since,
        updated=day(policy.meta.updated),
    )


def _sections(policy: Policy) -> Iterator[Section]:
    parts: tuple[tuple[str, str, tuple[Says, ...]], ...] = (
        ("collect", _("What we collect, and when"), (giving.sentences,)),
        ("visits", _("What we record while you look around"), (looking.visits,)),
        ("cookies", _("Cookies"), (looking.cookies,)),
        ("embeds", _("Content from other websites"), (looking.embeds,)),
        ("purposes", _("What we use it for"), (using.sentences,)),
        ("combine", _("What we put together"), (using.combined,)),
        ("recipients", _("Who gets it, and where it is"), (sharing.sentences,)),
        ("never", _("What we do not do"), (sharing.bans,)),
        ("rights", _("What you can ask of us"), (asking.sentences,)),
        ("erasure", _("What deletion means"), (asking.erasing,)),
        ("signals", _("What your browser can say for you"), (looking.signals,)),
        ("age", _("Children"), (caring.age,)),
        ("safeguards", _("How we look after it"), (caring.care,)),
    )
    for id, title, said in parts:
        yield _section(policy, id, title, said)
    yield from _texts(policy)
    yield _section(policy, "policy", _("Changes to this policy"), (caring.changes,))
    yield _section(policy, "law", _("Terms and law"), (caring.legal,))
    yield _section(policy, "contacts", _("How to reach us"), (caring.contacts,))


def _section(policy: Policy, id: str, title: str, said: tuple[Says, ...]) -> Section:
    return Section(id, title, tuple(one for says in said for one in says(policy)))


def _texts(policy: Policy) -> Iterator[Section]:
    """The policy's own texts, under their headings; neighbours with one heading share it."""
    headings: dict[str, list[Sentence]] = {}
    for id, one in policy.texts.items():
        heading = _(one.heading) if one.heading else _("More to know")
        headings.setdefault(heading, []).append(Sentence(f"text.{id}", sentence(one.says)))
    for index, (heading, said) in enumerate(headings.items(), start=1):
        yield Section(f"text-{index}", heading, tuple(said))
