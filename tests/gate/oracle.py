"""A second, naive implementation of the decision, to hold the first one true.

It asks each version on its own, with the facts, by quantifiers over the policy as written: no
tables, no ordinals worked out beforehand, nothing shared with `kept.gate`.
"""

EVERYTHING = {"collect", "use", "share", "store"}
REMAINS = {
    "consent": {"collect", "store"},
    "legal-obligation": EVERYTHING,
    "vital-interest": EVERYTHING,
}


def allowed(versions, request, facts, bits):
    """`versions`: policies by ordinal. The base and every version after it must say yes."""
    return (
        facts.base in versions
        and request.purpose in bits
        and all(
            says_yes(policy, request, facts, 1 << bits[request.purpose])
            for ordinal, policy in versions.items()
            if ordinal >= facts.base
        )
    )


def under(general, one):
    return general == "*" or (one + ".").startswith(general + ".")


def inside(places, place):
    return any(p == "worldwide" or (place + "-").startswith(p + "-") for p in places)


def points(policy):
    yield from ((id, c.purposes, list(c.fields.values()), c) for id, c in policy.collect.items())
    if policy.visits and "visits" not in policy.collect:
        yield "visits", policy.visits.purposes, list(policy.visits.collect), None
    for name, cookie in policy.cookies.items():
        yield "cookies." + name, cookie.purposes, list(cookie.holds), cookie


def says_yes(policy, r, facts, bit):  # noqa: PLR0911, PLR0912, C901 - a list of reasons to say no
    sharing = r.operation == "share"
    to = policy.recipients.get(r.recipient)
    mine = [p for p in points(policy) if r.collection in (None, p[0])]
    occasion = sharing and r.occasion not in (None, "ordinary")
    granting = [p for p in mine if (occasion or r.purpose in p[1]) and r.category in p[2]]
    if r.operation not in ("collect", "use", "share", "store") or not granting:
        return False
    if r.purpose not in policy.purposes or sharing != (to is not None):
        return False
    if r.recipient is not None and to is None:
        return False
    purpose, consented = policy.purposes[r.purpose], bool(facts.consented & bit)
    occasions = set()
    if sharing:
        occasions = {to.occasion} | {
            d.occasion for d in policy.disclosures.values() if to.id in d.recipients
        }
        if r.purpose not in to.purposes or not any(under(g, r.category) for g in to.receives):
            return False
        if to.collections and not any(p[0] in to.collections for p in granting):
            return False
        if (r.occasion or "ordinary") not in occasions:
            return False
        if to.kind == "public":
            if not any(
                p[3] is not None
                and getattr(p[3], "public", False)
                and r.category in [p[3].fields[f] for f in p[3].shown]
                for p in granting
            ):
                return False
        elif policy.meta.places and not (to.place and inside(policy.meta.places, to.place)):
            return False
        if (to.condition and "condition" not in facts.met) or (
            (to.region or to.sector)
            and not (to.region and "region" in facts.met)
            and not (to.sector and "sector" in facts.met)
        ):
            return False
    needs_consent = purpose.basis == "consent"
    for ban in policy.never.values():
        if ban.join:
            for id, _, categories, _ in mine if r.collection else points(policy):
                if id == "visits" and "visits" not in policy.collect:
                    continue
                pairs = [(a, b) for a in set(categories) for b in set(categories) if a != b]
                if r.collection is None:
                    if under(ban.join, r.category) and r.category in categories:
                        return False
                elif any(
                    r.category in pair and under(ban.join, pair[0]) and under(ban.with_, pair[1])
                    for pair in pairs
                ):
                    return False
            continue
        hit = (
            (ban.category is None or under(ban.category, r.category))
            and ban.purpose in (None, r.purpose)
            and ban.purpose_kind in (None, purpose.kind)
            and (not ban.recipient_kind or (sharing and to.kind in ban.recipient_kind))
            and (
                ban.occasion is None
                or (sharing and ban.occasion == (r.occasion or "ordinary"))
                or (sharing and r.occasion is None and ban.occasion in occasions)
            )
            and ban.operation in (None, r.operation)
        )
        if hit and not ban.unless:
            return False
        needs_consent = needs_consent or bool(hit)
    if policy.age and facts.age is not None and facts.age < policy.age.minimum:
        return False
    if needs_consent and not consented:
        return False
    if (purpose.may_object or needs_consent) and facts.objected & bit:
        return False
    remaining = REMAINS.get(purpose.basis, {"store"})
    if facts.restricted and r.operation not in remaining:
        return False
    if facts.ceased and purpose.basis != "consent" and r.operation not in remaining:
        return False
    honoured = {
        name.replace("_", "-")
        for name in ("do_not_track", "global_privacy_control")
        if getattr(policy.signals, name) == "honoured"
    }
    stopped = r.purpose in policy.stopped_by_signals and purpose.basis != "consent"
    if stopped and r.operation != "store" and honoured & facts.signals:
        return False
    return not (
        facts.place is not None
        and policy.meta.places
        and not inside(policy.meta.places, facts.place)
    )
