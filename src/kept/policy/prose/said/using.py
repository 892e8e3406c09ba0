"""`[purposes]`, `[combine]`, `[aggregates]` in sentences: what data is used for."""

from collections.abc import Iterator

from kept.policy.model import Policy
from kept.policy.prose.language import _, period, sentence, uses, yours
from kept.policy.prose.shapes import Sentence


def sentences(policy: Policy) -> Iterator[Sentence]:
    """The purposes by the ground they rest on, then the rule that there is no other."""
    grounds = {
        "consent": _("With your consent, we use personal data:"),
        "contract": _("To do what you asked of us or agreed with us, we use personal data:"),
        "legal-obligation": _("Because the law obliges us, we use personal data:"),
        "legitimate-interest": _(
            "In our own interest, where yours does not weigh more, and until you object, we use "
            "personal data:"
        ),
        "vital-interest": _("To protect someone's life or health, we use personal data:"),
        "public-task": _("For a task in the public interest, we use personal data:"),
    }
    for basis, ground in grounds.items():
        for id, one in policy.purposes.items():
            if one.basis == basis:
                text = _("to {use}", use=one.says)
                if one.note:
                    text = _("{text} ({note})", text=text, note=one.note)
                yield Sentence(f"purposes.{id}", text, group=ground)
    if policy.purposes:
        yield Sentence("purposes", _("We use it for nothing else."))


def combined(policy: Policy) -> Iterator[Sentence]:
    """What may be put together, and which figures are made."""
    for id, one in policy.combine.items():
        other = _("everything else you give us") if one.with_ == "*" else yours((one.with_,))
        text = _(
            "We may put {what} together with {other}, over time, {uses}.",
            what=yours((one.join,)),
            other=other,
            uses=uses(policy, one.purposes),
        )
        limit = _("The link lasts {period} at most.", period=period(one.keep)) if one.keep else ""
        yield Sentence(f"combine.{id}", _joined(text, limit, one.says))
    for id, figures in policy.aggregates.items():
        text = _(
            "From {what} we make {figures}. No figure stands for fewer than {smallest} people, so "
            "none is about you.",
            what=yours(figures.of),
            figures=figures.says,
            smallest=str(figures.smallest),
        )
        shared = (
            _("Such figures may be shared with others, for marketing and research, too.")
            if figures.shared
            else ""
        )
        often = (
            _("They are made every {period}.", period=period(figures.every))
            if figures.every
            else ""
        )
        serve = (
            _("We use them {uses}.", uses=uses(policy, figures.purposes))
            if figures.purposes
            else ""
        )
        yield Sentence(f"aggregates.{id}", _joined(text, often, serve, shared))


def _joined(*parts: str | None) -> str:
    return " ".join(sentence(one) for one in parts if one)
