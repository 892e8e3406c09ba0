"""Everything else in sentences: age, care, notices, texts, terms, law, contacts, changes."""

from collections.abc import Iterator

from kept.policy.model import Policy
from kept.policy.prose.language import _, listed, lower, period, sentence
from kept.policy.prose.shapes import Link, Sentence
from kept.policy.sections.texts import Contact


def age(policy: Policy) -> Iterator[Sentence]:
    """Whom the site is for."""
    one = policy.age
    if one is None:
        return
    parts = [_("The website is meant for adults.")] if one.audience == "adults" else []
    if one.minimum:
        parts.append(
            _(
                "We do not knowingly collect anything from anyone under {age}; if you are younger, "
                "please give us nothing.",
                age=str(one.minimum),
            )
        )
    if one.says:
        parts.append(sentence(one.says))
    if parts:
        yield Sentence("age", " ".join(parts))


def care(policy: Policy) -> Iterator[Sentence]:
    """How data is kept safe, and how people hear of it when it was not."""
    for id, one in policy.safeguards.items():
        yield Sentence(f"safeguards.{id}", sentence(one.says))
    for id, notice in policy.notices.items():
        text = _(
            "We may write to you about {what}: {how}.", what=notice.says, how=_channels(notice.by)
        )
        yield Sentence(f"notices.{id}", text)
    if policy.breach:
        within = (
            _(" within {period}", period=period(policy.breach.within))
            if policy.breach.within
            else _(" without delay")
        )
        text = _(
            "If personal data gets into the wrong hands, we tell those it affects{within}: {how}.",
            within=within,
            how=_channels(policy.breach.by),
        )
        more = f" {sentence(policy.breach.says)}" if policy.breach.says else ""
        yield Sentence("breach", text + more)


def _channels(by: tuple[str, ...]) -> str:
    names = {
        "site": _("on the website"),
        "email": _("by email"),
        "post": _("by post"),
        "phone": _("by phone"),
    }
    return listed([names[one] for one in by], "or")


def changes(policy: Policy) -> Iterator[Sentence]:
    """How the policy changes, and what agrees to a change."""
    parts = [
        _(
            "When we change this policy we post the new version here with its date, and every "
            "earlier version stays readable."
        )
    ]
    if policy.meta.notice:
        parts.append(
            _("We post it {period} before it takes effect.", period=period(policy.meta.notice))
        )
    if policy.meta.agreement == "continued use":
        parts.append(
            _(
                "If you are signed in, have been shown a change and go on using the website after "
                "it takes effect, you agree to it for what we collect from then on."
            )
        )
    else:
        parts.append(_("A change holds for you once you have said that you agree to it."))
    if policy.meta.retroactive == "express":
        parts.append(
            _("For what we already have, a change that allows more holds only if you say so.")
        )
    parts.append(_("It is worth looking here from time to time."))
    yield Sentence("policy.agreement", " ".join(parts))


def legal(policy: Policy) -> Iterator[Sentence]:
    """Terms and law."""
    if policy.terms:
        more = f" {sentence(policy.terms.says)}" if policy.terms.says else ""
        text = _("Our terms of use are part of this policy.") + more
        yield Sentence("terms", text, links=(Link(_("terms of use"), policy.terms.url),))
    if policy.law:
        more = f" {sentence(policy.law.says)}" if policy.law.says else ""
        text = _("This policy is governed by the law of {whose}.", whose=policy.law.governing)
        yield Sentence("law", text + more)


def contacts(policy: Policy) -> Iterator[Sentence]:
    """How to reach the operator."""
    for id, one in policy.contacts.items():
        ways = list(_addresses(one))
        text = _("For {what}, write to {how}.", what=lower(one.says), how=listed(ways, "or"))
        links = (Link(one.email, f"mailto:{one.email}"),) if one.email else ()
        yield Sentence(f"contacts.{id}", text, links=links)


def _addresses(one: Contact) -> Iterator[str]:
    if one.email:
        yield one.email
    if one.post:
        yield one.post
    if one.phone:
        yield _("call {phone}", phone=one.phone)
