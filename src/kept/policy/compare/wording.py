"""Changes in words: what became wider or narrower in a clause that stands in both policies.

Rules: one function for each kind of fact; a kind without one is said in general words, never left
out.
"""

from collections.abc import Callable, Sequence

from kept.policy import taxonomy
from kept.policy.compare.facts import Fact, Key
from kept.policy.compare.plainly import plain
from kept.policy.model import Policy
from kept.policy.prose.language import _, keep, lifetime, listed, period, places, uses, yours
from kept.policy.prose.said.sharing import name
from kept.policy.sections.named import Keeping

Pairs = Sequence[tuple[Key, Fact | None, Fact | None]]
"""What changed of one kind in one clause: the key, the old fact, the new fact."""


def said(kind: str, wider: bool, pairs: Pairs, old: Policy, new: Policy) -> str:
    """The change as a sentence."""
    if make := _SAID.get(kind):
        return make(wider, pairs, old, new)
    return plain(kind, wider)


def _use(wider: bool, pairs: Pairs, old: Policy, new: Policy) -> str:
    policy = new if wider else old
    told = []
    for purposes, categories in _by_purpose(pairs, "use", 3, 2):
        what, why = yours(categories), uses(policy, _known(purposes, policy))
        told.append(_used(wider, what, why, _both(pairs)))
    if not told:
        what = yours([key[2] for key, _o, _n in pairs])
        text = _("We may now hold {what}.") if wider else _("We no longer hold {what}.")
        told.append(text.format(what=what))
    return " ".join(told)


def _used(wider: bool, what: str, why: str, before: bool) -> str:
    if before:
        text = (
            _("We may now use {what} {why} with less say of yours.")
            if wider
            else _("You have more say in whether we use {what} {why}.")
        )
    else:
        text = _("We may now use {what} {why}.") if wider else _("We no longer use {what} {why}.")
    return text.format(what=what, why=why)


def _share(wider: bool, pairs: Pairs, old: Policy, new: Policy) -> str:
    policy = new if wider else old
    id = pairs[0][0][1]
    who = name(policy.recipients[id]) if id in policy.recipients else id.replace("-", " ")
    told = []
    for purposes, categories in _by_purpose(pairs, "share", 4, 3):
        what, why = yours(categories), uses(policy, _known(purposes, policy))
        if _both(pairs):
            text = (
                _("We may now give {what} to {who} with less say of yours, {why}.")
                if wider
                else _("You have more say in whether we give {what} to {who}, {why}.")
            )
        else:
            text = (
                _("We may now give {what} to {who}, {why}.")
                if wider
                else _("We no longer give {what} to {who}, {why}.")
            )
        told.append(text.format(what=what, who=who, why=why))
    return " ".join(told)


def _both(pairs: Pairs) -> bool:
    """Whether all of it was allowed before and is allowed now, only more or less freely."""
    return all(before and after for key, before, after in pairs if key[0] != "hold")


def _by_purpose(
    pairs: Pairs, kind: str, purpose: int, category: int
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Purposes that concern the same categories, together with these."""
    found: dict[str, list[str]] = {}
    for key, _o, _n in pairs:
        if key[0] == kind:
            found.setdefault(key[purpose], []).append(key[category])
    same: dict[tuple[str, ...], list[str]] = {}
    for id, categories in found.items():
        same.setdefault(tuple(dict.fromkeys(categories)), []).append(id)
    return [(tuple(ids), categories) for categories, ids in same.items()]


def _known(purposes: Sequence[str], policy: Policy) -> list[str]:
    return [one for one in dict.fromkeys(purposes) if one in policy.purposes]


def _keep(wider: bool, pairs: Pairs, old: Policy, new: Policy) -> str:
    id = pairs[0][0][1]
    return _(
        "We keep it {new} instead of {old}.",
        new=keep(_keeping(new, id).keep),
        old=keep(_keeping(old, id).keep),
    )


def _keeping(policy: Policy, id: str) -> Keeping:
    if id == "visits" and policy.visits:
        return policy.visits
    return policy.collect[id]


def _required(wider: bool, pairs: Pairs, old: Policy, new: Policy) -> str:
    what = yours([key[3] for key, _o, _n in pairs])
    text = _("{what} can no longer be left out.") if wider else _("{what} can now be left out.")
    made = text.format(what=what)
    return made[:1].upper() + made[1:]


def _public(wider: bool, pairs: Pairs, old: Policy, new: Policy) -> str:
    what = yours([key[2] for key, _o, _n in pairs])
    if wider:
        return _("We may now publish {what}, or with less checking.", what=what)
    return _("We no longer publish {what}, or check more before.", what=what)


def _basis(wider: bool, pairs: Pairs, old: Policy, new: Policy) -> str:
    id = pairs[0][0][1]
    grounds = {
        "consent": _("your consent"),
        "contract": _("a contract with you"),
        "legal-obligation": _("a legal duty"),
        "legitimate-interest": _("our own interest"),
        "vital-interest": _("someone's life or health"),
        "public-task": _("a task in the public interest"),
    }
    before, after = old.purposes[id], new.purposes[id]
    if before.basis == after.basis:
        return _("You can no longer object to it.") if wider else _("You can now object to it.")
    return _(
        "It rests on {new} instead of {old}.",
        new=grounds[after.basis],
        old=grounds[before.basis],
    )


def _route(wider: bool, pairs: Pairs, old: Policy, new: Policy) -> str:
    pages = listed([key[1] for key, _o, _n in pairs])
    if wider:
        return _("Visits are now recorded on {pages} as well.", pages=pages)
    return _("Visits are no longer recorded on {pages}.", pages=pages)


def _lifetime(wider: bool, pairs: Pairs, old: Policy, new: Policy) -> str:
    name = pairs[0][0][1]
    return _(
        "The cookie lasts {new} instead of {old}.",
        new=lifetime(new.cookies[name].longest),
        old=lifetime(old.cookies[name].longest),
    )


def _unused(wider: bool, pairs: Pairs, old: Policy, new: Policy) -> str:
    before, after = (one.cookies.get(pairs[0][0][1]) for one in (old, new))
    if not (before and before.idle and after and after.idle):
        return _("How long a login lasts that nobody uses is said anew.")
    return _(
        "A login that nobody uses ends after {new} instead of {old}.",
        new=period(after.idle),
        old=period(before.idle),
    )


def _place(wider: bool, pairs: Pairs, old: Policy, new: Policy) -> str:
    where = places([key[-1] for key, _o, _n in pairs])
    if wider:
        return _("Data may now be in {where} as well.", where=where)
    return _("Data is no longer in {where}.", where=where)


def _deadline(wider: bool, pairs: Pairs, old: Policy, new: Policy) -> str:
    id = pairs[0][0][1]
    before, after = old.rights[id].within, new.rights[id].within
    return _(
        "It is done within {new} instead of {old}.",
        new=period(after) if after else _("no fixed time"),
        old=period(before) if before else _("no fixed time"),
    )


def _way(wider: bool, pairs: Pairs, old: Policy, new: Policy) -> str:
    ways = listed([_(key[2]) for key, _o, _n in pairs])
    if wider:
        return _("It can no longer be asked for {ways}.", ways=ways)
    return _("It can now be asked for {ways}.", ways=ways)


def _signal(wider: bool, pairs: Pairs, old: Policy, new: Policy) -> str:
    policy = old if wider else new
    what = uses(policy, _known([key[2] for key, _o, _n in pairs], policy))
    if wider:
        return _("The signal no longer stops us from using data {uses}.", uses=what)
    return _("The signal now stops us from using data {uses}.", uses=what)


def _join(wider: bool, pairs: Pairs, old: Policy, new: Policy) -> str:
    labels = {taxonomy.category(key[index]).label for key, _o, _n in pairs for index in (1, 2)}
    some = listed(sorted(labels)[:6])
    if wider:
        return _("More may be put together, or for longer: {what}.", what=some)
    return _("Less may be put together, or for less long: {what}.", what=some)


def _times(name: str) -> Callable[[bool, Pairs, Policy, Policy], str]:
    def make(wider: bool, pairs: Pairs, old: Policy, new: Policy) -> str:
        before, after = (
            {
                "delay": one.erasure.delay,
                "residue": one.erasure.residue,
                "rotate": one.erasure.rotation,
                "backups": one.backups.keep,
            }[name]
            for one in (old, new)
        )
        return _("{new} instead of {old}.", new=period(after), old=period(before)).capitalize()

    return make


_SAID: dict[str, Callable[[bool, Pairs, Policy, Policy], str]] = {
    "basis": _basis,
    "use": _use,
    "share": _share,
    "keep": _keep,
    "required": _required,
    "public": _public,
    "route": _route,
    "lifetime": _lifetime,
    "unused": _unused,
    "place": _place,
    "recipient-place": _place,
    "deadline": _deadline,
    "way": _way,
    "signal": _signal,
    "join": _join,
    "delay": _times("delay"),
    "residue": _times("residue"),
    "rotate": _times("rotate"),
    "backups": _times("backups"),
}
