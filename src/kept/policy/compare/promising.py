"""The facts of protection: rights, erasure, signals, age, notices, and how people agree."""

from collections.abc import Iterator

from kept.policy.compare.facts import Fact, days, present, soon
from kept.policy.model import Policy
from kept.policy.sections.rights import Right
from kept.policy.taxonomy import leaves


def facts(policy: Policy) -> Iterator[Fact]:
    """Everything that a person can count on."""
    for id, one in policy.rights.items():
        yield from _right(id, one)
    yield Fact(("delay",), days(policy.erasure.delay), "erasure")
    yield Fact(("residue",), days(policy.erasure.residue), "erasure")
    yield Fact(("rotate",), days(policy.erasure.rotation), "erasure")
    yield Fact(("backups",), days(policy.backups.keep), "backups")
    yield from _held(policy)
    yield from _signals(policy)
    yield from _agreed(policy)
    yield from _told(policy)
    if policy.age:
        yield Fact(("age",), -float(policy.age.minimum), "age")
        if policy.age.audience == "adults":
            yield present("adults", "age", width=-1.0)


def _told(policy: Policy) -> Iterator[Fact]:
    for id, safeguard in policy.safeguards.items():
        yield present("safeguard", f"safeguards.{id}", id, width=-1.0)
        for care in safeguard.proven_by:
            yield present("safeguard-proof", f"safeguards.{id}", id, care, width=-1.0)
    for id, notice in policy.notices.items():
        for channel in notice.by:
            yield present("notice", f"notices.{id}", id, channel, width=-1.0)
    if policy.breach:
        yield Fact(("breach",), soon(policy.breach.within), "breach")
        for channel in policy.breach.by:
            yield present("breach-by", "breach", channel, width=-1.0)
    for id, contact in policy.contacts.items():
        for way in ("email", "post", "phone"):
            if getattr(contact, way):
                yield present("contact", f"contacts.{id}", id, way, width=-1.0)


def _right(id: str, one: Right) -> Iterator[Fact]:
    clause = f"rights.{id}"
    yield Fact(("right", id), -1.0, clause)
    yield Fact(("deadline", id), soon(one.within), clause)
    ways = {
        "on the website": one.web,
        "in your account": one.account,
        "by email": one.mail_subject,
        "by writing to us": one.contact,
    }
    for way, open_ in ways.items():
        if open_:
            yield present("way", clause, id, way, width=-1.0)
    if not one.fee:
        yield present("free", clause, id, width=-1.0)
    for hold in one.except_:
        yield present("except", clause, id, hold)


def _held(policy: Policy) -> Iterator[Fact]:
    for id, hold in policy.holds.items():
        for category in hold.categories or ("*",):
            for leaf in leaves(category):
                yield Fact(("held", id, leaf), days(hold.longest), f"holds.{id}")
    for id in policy.statutes:
        yield present("statute", f"statutes.{id}", id)


def _signals(policy: Policy) -> Iterator[Fact]:
    answers = {
        "do-not-track": policy.signals.do_not_track,
        "global-privacy-control": policy.signals.global_privacy_control,
    }
    for name, answer in answers.items():
        if answer == "honoured":
            for purpose in policy.stopped_by_signals:
                yield present("signal", f"signals.{name}", name, purpose, width=-1.0)


def _agreed(policy: Policy) -> Iterator[Fact]:
    if policy.meta.agreement == "continued use":
        yield present("silent-agreement", "policy.agreement")
    if policy.meta.retroactive == "continued use":
        yield present("silent-reach-back", "policy.agreement")
    if policy.meta.notice:
        yield Fact(("ahead",), -days(policy.meta.notice), "policy.agreement")
