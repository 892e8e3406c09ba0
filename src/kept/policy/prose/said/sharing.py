"""`[recipients]`, `[disclosures]`, `[never]`, places in sentences: who gets data, and who never."""

from collections.abc import Iterator

from kept.policy.model import Policy
from kept.policy.prose.language import _, listed, places, sentence, uses, yours
from kept.policy.prose.said.looking import policy_link
from kept.policy.prose.shapes import Sentence
from kept.policy.sections.disclosures import Disclosure
from kept.policy.sections.never import Ban
from kept.policy.sections.recipients import UNAFFILIATED, Recipient


def sentences(policy: Policy) -> Iterator[Sentence]:
    """Everyone who may get data, and where data is."""
    if not policy.recipients:
        yield Sentence("recipients", _("We give personal data to nobody."))
    else:
        text = _("We give personal data to nobody but those named here.")
        if any(one.kind != "public" for one in policy.recipients.values()):
            text += " " + _("They get what their task needs and may use it for nothing else.")
        yield Sentence("recipients", text)
    for id, one in policy.recipients.items():
        links = policy_link(one.says or one.kind, one.policy_url)
        yield Sentence(f"recipients.{id}", " ".join(_recipient(policy, one)), links=links)
    yield from (_disclosure(policy, one) for one in policy.disclosures.values())
    if policy.meta.places:
        yield Sentence("policy.places", _places(policy.meta.places))


def _places(codes: tuple[str, ...]) -> str:
    where = places(codes)
    there = _("The law that protects it there may differ from that where you live.")
    if "worldwide" in codes:
        first = _("We keep and process personal data in {places}.", places=where)
    else:
        first = _("We keep and process personal data in {places}, and nowhere else.", places=where)
    return f"{first} {there}"


def name(one: Recipient) -> str:
    """The recipient as a noun phrase."""
    if one.says:
        return one.says
    kinds = {
        "affiliate": _("a company of our group"),
        "vendor": _("a company that works for us"),
        "reseller": _("a company that sells for us"),
        "partner": _("a business partner"),
        "authority": _("an authority or court"),
        "successor": _("whoever takes over our business"),
        "public": _("everyone"),
    }
    return kinds[one.kind]


def _recipient(policy: Policy, one: Recipient) -> Iterator[str]:
    who, what, why = name(one), yours(one.receives), uses(policy, one.purposes)
    if one.place and one.kind != "public":
        who = _("{who} (in {places})", who=who, places=places((one.place,)))
    if one.kind == "public":
        text = _("{who} can see {what}; we show it {why}.", who=who, what=what, why=why)
    elif one.occasion != "ordinary":
        text = _(
            "{who} may get {what}, {why}, but only on an occasion named below.",
            who=who,
            what=what,
            why=why,
        )
    elif one.condition:
        text = _(
            "{who} may get {what}, {why}, but only if {condition}.",
            who=who,
            what=what,
            why=why,
            condition=one.condition,
        )
    else:
        text = _("{who} may get {what}, {why}.", who=who, what=what, why=why)
    yield sentence(text)
    given = [policy.collect[id].says for id in one.collections if id in policy.collect]
    if given:
        points = listed(given, "or")
        yield _("This concerns only what we get when you {points}.", points=points)
    if one.region or one.sector:
        yield _narrow(one)
    if one.limits:
        yield sentence(one.limits)


def _narrow(one: Recipient) -> str:
    if one.region and one.sector:
        return _("Only those in your own region or line of work get it.")
    if one.region:
        return _("Only those in your own region get it.")
    return _("Only those in your own line of work get it.")


def _disclosure(policy: Policy, one: Disclosure) -> Sentence:
    people = (
        _("if two people on our side agree")
        if one.approval == "two people"
        else _("if someone on our side has decided it")
    )
    tell = _(" and telling you unless the law forbids it") if one.tell else ""
    group = _(
        "We may disclose personal data, each time only {people}{tell}:", people=people, tell=tell
    )
    who = listed([name(policy.recipients[id]) for id in one.recipients])
    text = _("to {who} {when}", who=who, when=one.says)
    return Sentence(f"disclosures.{one.id}", text, group=group)


def bans(policy: Policy) -> Iterator[Sentence]:
    """What is never done."""
    for id, one in policy.never.items():
        text = sentence(one.says) if one.says else _ban(policy, one)
        yield Sentence(f"never.{id}", text)


def _ban(policy: Policy, one: Ban) -> str:
    unless = _(" without your prior consent") if one.unless else ""
    if one.join:
        if one.with_ == "*":
            return _(
                "We never link {what} to anything else that you give us.", what=yours((one.join,))
            )
        return _(
            "We never link {what} to {other}.",
            what=yours((one.join,)),
            other=yours((one.with_ or "*",)),
        )
    what = yours((one.category,)) if one.category else _("personal data")
    why = _why(policy, one)
    if one.occasion == "sale":
        return _("We do not sell {what}{why}{unless}.", what=what, why=why, unless=unless)
    if one.recipient_kind or one.operation == "share" or one.occasion:
        whom = _whom(one)
        return _(
            "We do not give {what} to {whom}{why}{unless}.",
            what=what,
            whom=whom,
            why=why,
            unless=unless,
        )
    verbs = {
        "collect": _("collect"),
        "use": _("use"),
        "store": _("keep"),
    }
    verb = verbs.get(one.operation or "", _("collect or use"))
    return _("We do not {verb} {what}{why}{unless}.", verb=verb, what=what, why=why, unless=unless)


def _why(policy: Policy, one: Ban) -> str:
    if one.purpose:
        return " " + _("to {use}", use=policy.purposes[one.purpose].says)
    if one.purpose_kind:
        return " " + _("for {kind}", kind=_(one.purpose_kind))
    return ""


def _whom(one: Ban) -> str:
    named = frozenset(one.recipient_kind)
    if named == UNAFFILIATED:
        return _("anyone who does not belong to us")
    if named == UNAFFILIATED - {"vendor"}:
        return _("anyone who neither belongs to us nor works for us")
    kinds = {
        "affiliate": _("companies of our group"),
        "vendor": _("companies that work for us"),
        "reseller": _("companies that sell for us"),
        "partner": _("other companies"),
        "authority": _("authorities"),
        "successor": _("whoever takes over our business"),
        "public": _("the public"),
    }
    return listed([kinds[kind] for kind in one.recipient_kind], "or") or _("anyone")
