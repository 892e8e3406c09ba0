"""Beacons: what a page sends aside, or as people leave, without anybody waiting for an answer."""

from kept.audit.browser import Visitor
from kept.audit.evidence import BeaconSeen, Exchange, Seen
from kept.audit.scripts import javascript

SCRIPT = javascript("collectors/beacons.js")
_PINGS = "() => [...document.querySelectorAll('a[ping]')].map((one) => one.ping)"


def page(visitor: Visitor, seen: Seen) -> None:
    """What was sent, and what a click on a link would send."""
    here = visitor.url
    for told in visitor.take("beacon"):
        _add(seen, BeaconSeen(told.value["url"], told.frame or here, told.value["how"]))
    for url, words in visitor.run_everywhere(_PINGS):
        for word in " ".join(words).split():
            _add(seen, BeaconSeen(word, url, "ping attribute"))
    for one in filter(_is_ping, seen.exchanges):
        _add(seen, BeaconSeen(one.url, one.page, "sendBeacon"))


def end(visitor: Visitor, seen: Seen) -> None:
    """What was sent as the last page was left."""
    page(visitor, seen)


def _is_ping(exchange: Exchange) -> bool:
    return exchange.kind in ("ping", "beacon") and not exchange.came_from


def _add(seen: Seen, one: BeaconSeen) -> None:
    if one.url and not any(known.url == one.url for known in seen.beacons):
        seen.beacons.append(one)
