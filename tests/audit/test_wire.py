"""Requests, beacons, storage, caches: what a page does that nobody sees."""

import itertools

from tests.audit.conftest import POLICY
from tests.audit.site import PIXEL, Answer, Asked, Site

ELSEWHERE = "127.0.0.2"
VISITS = """
[visits]
collect = ["web.page", "web.dwell"]
routes = ["/contact"]
keep = "30 days"
for = ["measure"]
[purposes.measure]
says = "see which pages are read"
basis = "legitimate-interest"
kind = "analytics"
"""


def _recipient(basis: str) -> str:
    return f"""[purposes.show]
says = "show pictures"
basis = "{basis}"
kind = "analytics"
[recipients.pictures]
kind = "vendor"
says = "a service of pictures"
for = ["show"]
receives = ["device.ip"]
hosts = ["{ELSEWHERE}"]
[visits]
collect = ["device.ip"]
routes = ["/"]
keep = "30 days"
for = ["show"]
"""


def _pixel(_: Asked) -> Answer:
    return Answer(PIXEL, kind="image/gif", headers=[("Cache-Control", "no-store")])


def _home(site: Site, html: str) -> Site:
    """The first page asks elsewhere; the address is known once the site is served."""
    site.views |= {"/pixel": _pixel, "/frame": lambda _: Answer("<p>A film</p>")}

    def script(asked: Asked) -> Answer:
        text = html.replace("ELSEWHERE", site.elsewhere)
        return Answer(
            f"document.body.insertAdjacentHTML('beforeend', `{text}`)", kind="text/javascript"
        )

    site.views["/late.js"] = script
    site.home = '<script src="/late.js" defer></script>'
    return site


def test_a_request_to_somebody_undeclared_is_found(audited):
    done = audited(_home(Site(), '<img src="ELSEWHERE/pixel">'))
    (one,) = done.findings
    assert (one.kind, one.subject, one.clause) == ("host-undeclared", ELSEWHERE, "recipients")
    assert any("/pixel" in line and "image" in line for line in one.evidence)


def test_a_request_after_a_refusal_to_a_recipient_that_needs_consent_is_found(audited):
    site = Site(head="""<script defer src="/refused.js"></script>""")

    def after_refusal(asked: Asked) -> Answer:
        asks = asked.cookies.get("choice") in ("no", "yes")
        image = f"new Image().src = '{site.elsewhere}/pixel'" if asks else ""
        return Answer(image, kind="text/javascript", headers=[("Cache-Control", "no-store")])

    site.views |= {"/refused.js": after_refusal, "/pixel": _pixel}
    done = audited(site, _recipient("consent"))
    (one,) = done.findings
    assert (one.kind, one.clause) == ("host-without-choice", "recipients.pictures")
    assert set(one.states) == {"refused", "withdrawn"}


def test_a_declared_recipient_that_needs_no_consent_is_no_finding(found):
    site = _home(Site(), '<img src="ELSEWHERE/pixel">')
    assert found(site, _recipient("legitimate-interest")) == set()


def test_a_recipient_that_a_signal_stops_is_found_with_the_signal_only(audited):
    policy = POLICY.replace('global-privacy-control = "ignored"', "")
    site = _home(Site(), '<img src="ELSEWHERE/pixel">')
    done = audited(site, _recipient("legitimate-interest"), policy=policy)
    (one,) = done.findings
    assert (one.kind, one.subject) == ("signal-ignored", ELSEWHERE)
    assert (one.clause, one.states) == (
        "signals.global-privacy-control",
        ("global-privacy-control",),
    )


def test_the_signal_goes_with_every_request_and_scripts_see_it(audited):
    heard: list[tuple[str | None, str]] = []

    def hear(asked: Asked) -> Answer:
        heard.append((asked.headers.get("Sec-GPC"), asked.query))
        return _pixel(asked)

    policy = POLICY.replace('global-privacy-control = "ignored"', "")
    site = Site(
        home="<script>new Image().src='/hear?'+navigator.globalPrivacyControl</script>",
        views={"/hear": hear},
    )
    assert audited(site, policy=policy).findings == ()
    assert ("1", "true") in heard
    assert all((header == "1") == (query == "true") for header, query in heard)


def test_a_gpc_file_that_says_the_opposite_is_found(found):
    says_yes = {"/.well-known/gpc.json": lambda _: Answer('{"gpc": true}', kind="application/json")}
    subject = ("signal-file-differs", "/.well-known/gpc.json")
    assert found(Site(views=says_yes)) == {subject}


def test_a_hop_in_a_redirect_chain_is_found_though_the_chain_ends_at_home(audited):
    site = Site(home='<img src="/go">')
    away = [("Cache-Control", "no-store")]
    site.views |= {
        "/go": lambda _: Answer("", 302, headers=[("Location", f"{site.elsewhere}/hop"), *away]),
        "/hop": lambda _: Answer("", 302, headers=[("Location", f"{site.url}pixel"), *away]),
        "/pixel": _pixel,
    }
    done = audited(site)
    (one,) = done.findings
    assert (one.kind, one.subject) == ("host-undeclared", ELSEWHERE)
    assert any("/go → " in line and line.count("→") == 1 for line in one.evidence)


def test_a_first_page_that_bounces_through_somebody_else_is_found_with_its_cookie(found):
    site = Site()

    def start(asked: Asked) -> Answer:
        if asked.query or "bounced" in asked.cookies:
            site.views.pop("/", None)
            done = site.answer(asked)
            site.views["/"] = start
            done.headers.append(("Set-Cookie", "choice=x; Max-Age=60; Path=/"))
            return done
        return Answer("", 302, headers=[("Location", f"{site.elsewhere}/bounce")])

    def bounce(_: Asked) -> Answer:
        back = ("Location", f"{site.url}?back=1")
        return Answer("", 302, headers=[back, ("Set-Cookie", "track=1; Path=/; HttpOnly")])

    site.views |= {"/": start, "/bounce": bounce}
    assert ("host-undeclared", ELSEWHERE) in found(site)
    assert ("cookie-undeclared", "track") in found(site)


def test_an_embed_that_loads_before_anybody_chose_it_is_found(audited):
    more = f"""[embeds.films]
says = "films"
provider = "a film service"
hosts = ["{ELSEWHERE}"]
"""
    done = audited(_home(Site(), '<iframe src="ELSEWHERE/frame"></iframe>'), more)
    (one,) = done.findings
    assert (one.kind, one.clause) == ("embed-without-choice", "embeds.films")


def test_an_early_connection_to_somebody_undeclared_is_found(found):
    site = Site()
    site.views["/contact"] = lambda asked: Answer(
        f'<link rel=preconnect href="{site.elsewhere}"><a href=/privacy>Privacy policy</a>'
    )
    assert found(site) == {("host-undeclared", ELSEWHERE)}


def test_a_beacon_that_no_clause_declares_is_found_even_as_people_leave(audited):
    leaving = (
        "<script>addEventListener('pagehide', () => navigator.sendBeacon('/bye', 'x'))</script>"
    )
    site = Site(home=leaving)
    done = audited(site)
    (one,) = done.findings
    assert (one.kind, one.subject, one.clause) == ("beacon-undeclared", f"{site.url}bye", "visits")
    assert "/bye" in site.posted


def test_a_keepalive_request_is_a_beacon_and_is_declared_by_its_route_only(found):
    sends = "<script>fetch('/view', {method: 'POST', keepalive: true})</script>"
    site = Site(form=f"{sends}{Site().form}")
    assert found(site, VISITS) == set()
    site = Site(home=sends)
    assert found(site, VISITS) == {("beacon-undeclared", f"{site.url}view")}


def test_storage_of_each_kind_is_found(found):
    script = """<script>localStorage.setItem('visitor-id', 'x');
sessionStorage.setItem('tab-id', 'y'); indexedDB.open('profile', 1);
</script>"""
    assert found(Site(home=script)) == {
        ("storage-undeclared", "visitor-id"),
        ("storage-undeclared", "tab-id"),
        ("storage-undeclared", "profile"),
    }


STORED = '[cookies.visitor-id]\nsays = "x"\nlifetime = "session"\nstorage = "local storage"\n'
STORES = "<script>localStorage.setItem('visitor-id', 'x')</script>"


def test_declared_storage_is_no_finding(found):
    assert found(Site(home=STORES), f"{STORED}necessary = true") == set()


def test_optional_storage_waits_for_a_choice(audited):
    (one,) = audited(Site(home=STORES), STORED).findings
    assert (one.kind, one.clause) == ("storage-without-choice", "cookies.visitor-id")
    assert "accepted" not in one.states


def test_an_identifier_that_returns_from_the_cache_is_found(audited):
    numbers = itertools.count(100_000_000)

    def tag(asked: Asked) -> Answer:
        """The cache tag is the identifier, and the cookie is made anew from it."""
        known = asked.headers.get("If-None-Match")
        tag = known or f'"{next(numbers)}"'
        cookie = f"number={tag.strip(chr(34))}; Path=/"
        headers = [("ETag", tag), ("Cache-Control", "no-cache"), ("Set-Cookie", cookie)]
        return Answer("" if known else "/* same */", 304 if known else 200, "text/css", headers)

    more = '[cookies.number]\nsays = "a number"\nlifetime = "session"\nnecessary = true'
    site = Site(head='<link rel=stylesheet href="/style.css">', views={"/style.css": tag})
    done = audited(site, more)
    kinds = {one.kind: one for one in done.findings}
    assert set(kinds) == {"identifier-respawned", "etag-identifies"}
    assert kinds["identifier-respawned"].subject == "number"
    assert any("If-None-Match" in line for line in kinds["identifier-respawned"].evidence)


def test_a_cache_tag_that_is_the_same_for_everybody_is_no_finding(found):
    def tag(asked: Asked) -> Answer:
        same = ("ETag", '"v1"')
        if asked.headers.get("If-None-Match"):
            return Answer("", 304, headers=[same])
        return Answer("/* same */", kind="text/css", headers=[same, ("Cache-Control", "no-cache")])

    site = Site(head='<link rel=stylesheet href="/style.css">', views={"/style.css": tag})
    assert found(site) == set()
