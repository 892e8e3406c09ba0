"""`[rights]`, `[erasure]`, `[backups]`, `[holds]`, `[statutes]` in sentences."""

from collections.abc import Iterator
from urllib.parse import quote

from kept.policy.model import Policy
from kept.policy.prose.language import _, listed, period, sentence, yours
from kept.policy.prose.shapes import Link, Sentence
from kept.policy.sections.rights import Right


def sentences(policy: Policy) -> Iterator[Sentence]:
    """What holds for every request, then each right."""
    if not policy.rights:
        return
    yield Sentence("rights", " ".join(_all(policy)))
    for id, one in policy.rights.items():
        parts = [_ways(policy, id, one)]
        if one.fee:
            parts.append(_("This costs {fee}.", fee=one.fee))
        if one.except_:
            parts.append(_("What we must keep all the same is listed under “What deletion means”."))
        if one.says:
            parts.append(sentence(one.says))
        yield Sentence(f"rights.{id}", " ".join(parts), links=_links(policy, one))


def _all(policy: Policy) -> Iterator[str]:
    rights = policy.rights.values()
    fees = any(one.fee for one in rights)
    if all(one.web and one.account for one in rights):
        yield _(
            "You can ask for all of this on the website, and with an account do it yourself at any "
            "time."
        )
    elif all(one.web for one in rights):
        yield _("You can ask for all of this on the website.")
    yield (
        _("It costs nothing unless a fee is named.") if fees else _("None of it costs anything.")
    )
    proofs = {one.proof for one in rights}
    how = []
    if "address on file" in proofs:
        how.append(_("by a link to an address of yours that we already have"))
    if "password" in proofs:
        how.append(_("by your password"))
    if how:
        yield _(
            "We first make sure that a request is your own, {how}. We carry it out so far as it "
            "harms nobody's privacy or security, never hand out another person's data with it, "
            "and never tell anyone whether we know an address.",
            how=listed(how, "or"),
        )


def _ways(policy: Policy, id: str, one: Right) -> str:
    what = {
        "access": _("You can have a copy of the personal data that we hold about you"),
        "export": _("You can take your personal data with you, in a file that software can read"),
        "correct": _("You can have your personal data corrected or brought up to date"),
        "erase": _("You can have your personal data deleted from our database and records"),
        "cease": _("You can have us stop using your personal data"),
        "restrict": _("You can have us keep your personal data but not use it"),
        "object": _("You can object to a use that rests on our own interest"),
        "withdraw": _("You can take back any consent at any time, for what follows"),
        "unsubscribe": _("You can stop our mails, or choose which you get"),
    }[id]
    ways = []
    shared = all(right.web and right.account for right in policy.rights.values())
    if one.web and not all(right.web for right in policy.rights.values()):
        ways.append(_("on the website"))
    if one.account and not shared:
        ways.append(_("in your account"))
    if mail := _mail(policy, one):
        ways.append(mail)
    how = _(": {ways}", ways=listed(ways, "or")) if ways else ""
    when = _(", within {period}", period=period(one.within)) if one.within else ""
    return f"{what}{when}{how}."


def _mail(policy: Policy, one: Right) -> str:
    contact = policy.contacts.get(one.contact or "")
    address = contact.email or contact.post if contact else None
    if address and one.mail_subject:
        return _(
            "by an email to {address} with the subject “{subject}”",
            address=address,
            subject=one.mail_subject,
        )
    if one.mail_subject:
        return _("by an email with the subject “{subject}”", subject=one.mail_subject)
    return _("by writing to {address}", address=address) if address else ""


def _links(policy: Policy, one: Right) -> tuple[Link, ...]:
    contact = policy.contacts.get(one.contact or "")
    if contact is None or contact.email is None:
        return ()
    subject = f"?subject={quote(one.mail_subject)}" if one.mail_subject else ""
    return (Link(contact.email, f"mailto:{contact.email}{subject}"),)


def erasing(policy: Policy) -> Iterator[Sentence]:
    """What deletion does, what outlives it, and for how long."""
    if "erase" in policy.rights:
        yield Sentence("erasure", " ".join(_erasure(policy)))
    yield Sentence("backups", " ".join(_backups(policy)))
    kept = _("After a request to delete your data, we may still have to keep:")
    for id, hold in policy.holds.items():
        what = yours(hold.categories) if hold.categories else _("what is needed")
        text = _("{what}, {why}", what=what, why=hold.says)
        if hold.longest:
            text = _("{text}, for {period} at most", text=text, period=period(hold.longest))
        yield Sentence(f"holds.{id}", text, group=kept)
    for id, duty in policy.statutes.items():
        law = _(" ({law})", law=duty.law) if duty.law else ""
        points = [one.says for one in policy.collect.values() if one.statute == id]
        text = _(
            "{who} obliges us to keep what comes in when you {points}{law}.",
            who=duty.says,
            points=listed(points, "or") or _("use the website"),
            law=law,
        )
        yield Sentence(f"statutes.{id}", sentence(text))


def _erasure(policy: Policy) -> Iterator[str]:
    one = policy.erasure
    yield _(
        "Deletion happens {delay} after you confirm it; until then you can call it off.",
        delay=period(one.delay),
    )
    yield _(
        "From that moment nobody can read your data, here or in a backup, and restoring a backup "
        "does not bring it back."
    )
    yield _(
        "For up to {residue} more, someone who holds our raw storage and our current master key "
        "could still recover it; after that, nobody can.",
        residue=period(one.residue),
    )
    yield _("What stays is a record that a deletion took place, which does not say whose.")
    if one.says:
        yield sentence(one.says)


def _backups(policy: Policy) -> Iterator[str]:
    yield _(
        "We keep backups for {period}, so what reaches the end of its time here can remain in "
        "them for that much longer.",
        period=period(policy.backups.keep),
    )
    if policy.backups.says:
        yield sentence(policy.backups.says)
