"""`[visits]`, `[cookies]`, `[embeds]`, `[signals]` in sentences: what looking does."""

from collections.abc import Iterator

from kept.policy.model import Policy
from kept.policy.prose.language import _, keep, lifetime, listed, period, sentence, uses, yours
from kept.policy.prose.shapes import Link, Sentence
from kept.policy.sections.cookies import Cookie


def visits(policy: Policy) -> Iterator[Sentence]:
    """What is recorded of a visit, and that nothing else is."""
    one = policy.visits
    if one is None:
        yield Sentence("visits", _("We keep no record of who visits which page."))
        return
    everywhere = "/*" in one.routes
    parts = [
        _(
            "When you look at {pages}, we may record {what}{uses}. We keep this {keep}.",
            pages=_("our pages") if everywhere else _("certain pages"),
            what=yours(one.collect),
            uses=f", {uses(policy, one.purposes)}" if one.purposes else "",
            keep=keep(one.keep),
        )
    ]
    if not everywhere:
        routes = listed([_route(route) for route in one.routes])
        parts.append(_("These pages are {routes}.", routes=routes))
    if one.says:
        parts.append(sentence(one.says))
    if not any(point.automatic for point in policy.collect.values()):
        parts.append(_("Apart from this and the cookies below, we have only what you give us."))
    yield Sentence("visits", " ".join(parts))


def _route(route: str) -> str:
    if route == "/":
        return _("the home page")
    return _("all under {path}", path=route[:-1]) if route.endswith("*") else route


def cookies(policy: Policy) -> Iterator[Sentence]:
    """What every cookie has in common, then each."""
    if not policy.cookies:
        yield Sentence("cookies", _("We set no cookies."))
        return
    yield Sentence("cookies", " ".join(_all_cookies(policy)))
    for name, one in policy.cookies.items():
        yield Sentence(f"cookies.{name}", " ".join(_cookie(name, one)))


def _all_cookies(policy: Policy) -> Iterator[str]:
    yield _(
        "A cookie is a small piece of text that your browser keeps for a website. We use the ones "
        "listed here and no others."
    )
    if any(one.opt_in for one in policy.cookies.values()):
        yield _(
            "Those that are not called necessary are set only if you choose them, and you can "
            "change your mind at any time."
        )
    lost = list(dict.fromkeys(one.without for one in policy.cookies.values() if one.without))
    if lost:
        yield _(
            "You can refuse all cookies in your browser and still use the website; what then does "
            "not work: {lost}.",
            lost="; ".join(lost),
        )


def _cookie(name: str, one: Cookie) -> Iterator[str]:
    yield _("“{name}” {says}.", name=name.replace("*", "…"), says=one.says)
    if one.when:
        yield _("It is set when {when}.", when=one.when)
    yield _(
        "It is {kind}, lasts {lifetime} and holds {what}.",
        kind=_("necessary") if one.necessary else _("optional"),
        lifetime=_lifetimes(one),
        what=yours(one.holds) if one.holds else _("no personal data"),
    )
    if one.idle is not None:
        yield _(
            "A login that nobody uses ends after {period} at the latest.", period=period(one.idle)
        )
    if one.removed == "log out":
        yield _("Logging out removes it.")
    if one.storage != "cookie":
        yield _("It stands in your browser's {storage}.", storage=_(one.storage))


def _lifetimes(one: Cookie) -> str:
    states = [
        _(" ({state}, {lifetime})", state=_state(state), lifetime=lifetime(value))
        for state, value in one.lifetimes.items()
    ]
    return "".join([lifetime(one.lifetime), *states])


def _state(state: str) -> str:
    known = {
        "logged-in": _("while you are logged in"),
        "remembered": _("if you choose to be remembered"),
    }
    return known.get(state, state.replace("-", " "))


def embeds(policy: Policy) -> Iterator[Sentence]:
    """What other sites could learn from content of theirs that is shown here."""
    for id, one in policy.embeds.items():
        first = _(
            "Our pages may show {says} from {provider}. Once loaded, it is as if you had gone "
            "there yourself: they can collect data about you, use cookies and follow what you do.",
            says=one.says,
            provider=one.provider,
        )
        second = (
            _("Nothing is requested from there until you choose to load it.")
            if one.loads == "on choice"
            else _("It loads together with our page.")
        )
        links = policy_link(one.provider, one.policy_url)
        yield Sentence(f"embeds.{id}", f"{first} {second}", links=links)


def policy_link(name: str, url: str | None) -> tuple[Link, ...]:
    """The link to somebody else's own policy, if there is one."""
    return (Link(_("Privacy policy of {name}", name=name), url),) if url else ()


def signals(policy: Policy) -> Iterator[Sentence]:
    """What is answered to each signal that a browser may send; what was said is not said again."""
    stopped = [one.says for id, one in policy.purposes.items() if id in policy.stopped_by_signals]
    first = policy.signals.do_not_track
    yield Sentence("signals.do-not-track", _answer("Do Not Track", first, stopped))
    name, second = "Global Privacy Control", policy.signals.global_privacy_control
    text = (
        _("The signal “{name}” gets the same answer.", name=name)
        if first == second
        else _answer(name, second, stopped)
    )
    yield Sentence("signals.global-privacy-control", text)
    if policy.signals.says:
        yield Sentence("signals", sentence(policy.signals.says))


def _answer(name: str, answer: str, stopped: list[str]) -> str:
    if answer == "ignored":
        return _("Your browser may send the signal “{name}”. We do not respond to it.", name=name)
    if not stopped:
        return _("If your browser sends “{name}”, nothing that we do has to stop.", name=name)
    return _(
        "If your browser sends the signal “{name}”, then, unless you agreed to it on this website, "
        "we do not use your data {uses}.",
        name=name,
        uses=listed([_("to {use}", use=one) for one in stopped], "or"),
    )
