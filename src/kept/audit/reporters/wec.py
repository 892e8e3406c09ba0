"""JSON in the shape of website-evidence-collector's `inspection.json`, with `kept` beside it.

Rules: keys that both have mean the same (hosts by party, cookies, localStorage by origin, links,
beacons, unsafeForms); what a state of choice or a finding is stands under `kept`, so that tools
made for that shape read ours. Everything the states saw is there once, in the order it was seen.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from kept.audit.audited import Audited
from kept.audit.evidence import BeaconSeen, CookieSeen, Evidence, Exchange, Seen, StoredSeen
from kept.audit.reporters.sentences import sentences

_DAY = 86_400
Json = dict[str, Any]


def inspection(audited: Audited) -> Json:
    """The audit as plain values that `json.dumps` takes."""
    evidence = audited.evidence
    first = evidence.states["before choice"]
    seen = list(evidence.each())
    return {
        "title": "Website Evidence Collection",
        "uri_ins": evidence.asked,
        "uri_dest": evidence.landed,
        "uri_redirects": [one.url for one in first.exchanges if 300 <= (one.status or 0) < 400],  # noqa: PLR2004 - HTTP's redirections
        "uri_refs": [evidence.landed],
        "host": urlsplit(evidence.landed).hostname,
        "script": {"host": "kept audit", "version": _version()},
        "browser": {"name": "Chromium", "version": evidence.browser},
        "start_time": _moment(evidence.began),
        "end_time": _moment(evidence.ended),
        "browsing_history": list(dict.fromkeys(page.url for one in seen for page in one.pages)),
        "hosts": _hosts(evidence, seen),
        "cookies": [_cookie(one, evidence) for one in _jars(seen)],
        "localStorage": _storage(seen, "local storage", evidence),
        "sessionStorage": _storage(seen, "session storage", evidence),
        "indexedDB": _storage(seen, "IndexedDB", evidence),
        "links": _links(evidence, seen),
        "beacons": [_beacon(one) for one in _once(b for s in seen for b in s.beacons)],
        "websockets": [one.url for s in seen for one in s.exchanges if one.kind == "websocket"],
        "unsafeForms": _unsafe(seen),
        "kept": _kept(audited),
    }


def _version() -> str:
    from importlib.metadata import version

    return version("kept")


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _once(items: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(items))


def _parties(hosts: Iterable[str], evidence: Evidence) -> Json:
    every = sorted(set(filter(None, hosts)))
    own = [one for one in every if evidence.own(one)]
    return {"firstParty": own, "thirdParty": [one for one in every if one not in own]}


def _hosts(evidence: Evidence, seen: list[Seen]) -> Json:
    def of(urls: Iterable[str]) -> Json:
        return _parties((urlsplit(url).hostname or "" for url in urls), evidence)

    return {
        "requests": of(one.url for s in seen for one in s.exchanges),
        "beacons": of(one.url for s in seen for one in s.beacons),
        "cookies": _parties((c.host for s in seen for c in (*s.cookies, *s.jar)), evidence),
        "localStorage": of(one.origin for s in seen for one in s.stored),
        "links": of(one.href for s in seen for one in s.links),
    }


def _jars(seen: list[Seen]) -> list[CookieSeen]:
    """Each cookie once: as it was set where that was seen, else as it stood in the browser."""
    found: dict[tuple[str, str, str], CookieSeen] = {}
    for one in (c for s in seen for c in (*s.cookies, *s.jar)):
        found.setdefault((one.name, one.host, one.path), one)
    return list(found.values())


def _cookie(one: CookieSeen, evidence: Evidence) -> Json:
    return {
        "name": one.name,
        "value": one.value,
        "domain": one.host,
        "path": one.path,
        "expiresDays": None if one.seconds is None else round(one.seconds / _DAY, 2),
        "expiresSeconds": one.seconds,
        "session": one.seconds is None,
        "httpOnly": one.http_only,
        "secure": one.secure,
        "sameSite": one.same_site,
        "firstPartyStorage": evidence.own(one.host),
        "log": {"type": f"Cookie.{one.source}", "location": one.page},
    }


def _storage(seen: list[Seen], where: str, evidence: Evidence) -> Json:
    found: defaultdict[str, Json] = defaultdict(dict)
    items: list[StoredSeen] = [one for s in seen for one in s.stored if one.where == where]
    for one in items:
        host = urlsplit(one.origin).hostname or ""
        found[one.origin][one.name] = {"value": one.value, "firstPartyStorage": evidence.own(host)}
    return dict(found)


def _links(evidence: Evidence, seen: list[Seen]) -> Json:
    found: Json = {"firstParty": [], "thirdParty": []}
    known = set()
    for one in (link for s in seen for link in s.links):
        if one.href not in known:
            known.add(one.href)
            own = evidence.own(urlsplit(one.href).hostname or "")
            found["firstParty" if own else "thirdParty"].append(
                {"href": one.href, "inner_text": one.text}
            )
    return found


def _beacon(one: BeaconSeen) -> Json:
    return {
        "url": one.url,
        "query": urlsplit(one.url).query,
        "filter": one.how,
        "listName": None,
        "log": {"location": one.page},
    }


def _unsafe(seen: list[Seen]) -> list[Json]:
    found = {(f.name, f.action, f.method) for s in seen for f in s.forms}
    return [
        {"id": name, "action": action, "method": method}
        for name, action, method in sorted(found)
        if urlsplit(action).scheme == "http"
    ]


def _kept(audited: Audited) -> Json:
    said = sentences(audited.policy)
    return {
        "verdict": audited.verdict,
        "policy": {
            "site": audited.policy.meta.site,
            "version": audited.policy.meta.version,
            "digest": audited.policy.digest,
        },
        "findings": [
            {**asdict(one), "title": one.title, "sentence": said.get(one.clause, "")}
            for one in audited.findings
        ],
        "promises": [
            {**asdict(one), "sentence": said.get(one.clause, "")} for one in audited.promises
        ],
        "states": {one.state: _state(one) for one in audited.evidence.states.values()},
    }


def _state(one: Seen) -> Json:
    return {
        "reached": one.reached,
        "why": one.why,
        "pages": [{"url": p.url, "title": p.title, "status": p.status} for p in one.pages],
        "requests": [_exchange(each) for each in one.exchanges],
        "cookies": [asdict(each) for each in one.cookies],
        "jar": [asdict(each) for each in one.jar],
        "stored": [asdict(each) for each in one.stored],
        "beacons": [asdict(each) for each in one.beacons],
        "forms": [asdict(each) for each in one.forms],
        "scripts": [asdict(each) for each in one.scripts],
    }


def _exchange(one: Exchange) -> Json:
    return {
        "url": one.url,
        "method": one.method,
        "type": one.kind,
        "status": one.status,
        "page": one.page,
        "redirectedFrom": one.came_from or None,
        "at": (one.at or datetime.fromtimestamp(0, UTC)).isoformat(),
    }
