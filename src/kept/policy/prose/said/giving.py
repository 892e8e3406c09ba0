"""`[collect]` in sentences: what is asked for, why, how long, and what declining means."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from kept.policy.model import Policy
from kept.policy.prose.labels import label
from kept.policy.prose.language import _, keep, listed, lower, sentence, uses, yours
from kept.policy.prose.shapes import Sentence
from kept.policy.sections.collect import Collection


def sentences(policy: Policy) -> Iterator[Sentence]:
    """A sentence for all points, then one for each."""
    if not policy.collect:
        return
    bases = {policy.purposes[id].basis for one in policy.collect.values() for id in one.purposes}
    several = sum(one.public for one in policy.collect.values()) > 1
    yield Sentence(
        "collect", " ".join([_freely(bases), exposed()] if several else [_freely(bases)])
    )
    for id, point in policy.collect.items():
        parts = list(_point(policy, point))
        if point.public and not several:
            parts.insert(-1, exposed())
        yield Sentence(f"collect.{id}", " ".join(parts))


def _freely(bases: AbstractSet[str]) -> str:
    means = _("Personal data is whatever can identify or reach a person.")
    optional = _("What is marked optional you may leave out; then it is neither kept nor shared.")
    if bases <= {"consent", "legal-obligation"} and "consent" in bases:
        first = _("We collect personal data only with your consent, given where you enter it.")
        if "legal-obligation" in bases:
            first = _(
                "We collect personal data only with your consent, given where you enter it, or "
                "where the law obliges us to."
            )
        return f"{means} {first} {optional}"
    first = _(
        "Giving us personal data is up to you. Before you do, we say what we ask for and why, and "
        "declining has only the consequence that is named here."
    )
    return f"{means} {first} {optional}"


def _point(policy: Policy, point: Collection) -> Iterator[str]:
    whose = "their" if point.about == "someone else" else "your"
    yield _asked(point, whose)
    if point.automatic:
        yield _("Along with it we get {what}.", what=yours(point.automatic.values(), whose=whose))
    if point.added:
        yield _("We add {what}.", what=listed([lower(label(point, one)) for one in point.added]))
    yield _(
        "We use it {uses}; we keep it {keep}.",
        uses=uses(policy, point.purposes),
        keep=keep(point.keep),
    )
    if point.public:
        yield published(point)
    yield from (sentence(one) for one in (point.warranty, point.licence) if one)
    if point.fixed:
        yield sentence(
            _(
                "{what} cannot be changed afterwards",
                what=yours(point.fields[one] for one in point.fixed),
            )
        )
    if point.removable:
        yield removable(point)
    if point.declining:
        yield _("Without it, {declining}.", declining=point.declining)


def _asked(point: Collection, whose: str) -> str:
    needed = yours(point.required.values(), whose=whose)
    free = yours(point.optional.values(), whose=whose)
    if point.channel in ("third-party", "import") and point.source:
        both = yours(point.asked.values(), whose=whose)
        return _("From {source} we receive {what}.", source=point.source, what=both)
    if not needed and not free:
        return _("This happens when you {says}.", says=point.says)
    if not needed:
        return _("When you {says}, you may give us {free}.", says=point.says, free=free)
    if not free:
        return _("When you {says}, we ask for {needed}.", says=point.says, needed=needed)
    return _(
        "When you {says}, we ask for {needed}; optional: {free}.",
        says=point.says,
        needed=needed,
        free=free,
    )


def removable(point: Collection) -> str:
    """What others could find inside what was sent, and that it can be taken out."""
    return _(
        "Others could read {what}; avoid sending it, or have us take it out.",
        what=yours(point.removable),
    )


def published(point: Collection) -> str:
    """What of the point everyone will be able to read, and from when."""
    what = yours(point.fields[one] for one in point.shown)
    when = {
        "each": _("once we have approved what you sent"),
        "first": _("once we have approved the first thing that you sent"),
        "none": _("at once"),
    }
    return _(
        "We publish {what} {when}.",
        what=what,
        when=when[point.approval],
    )


def exposed() -> str:
    """What publishing means, told to everyone before they do it."""
    return _(
        "What is published everyone can read, copy and keep, and it may bring you messages that "
        "you did not ask for."
    )
