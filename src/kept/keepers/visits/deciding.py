"""What may be recorded of one page view: asked of the gate, once per kind of request.

Rules (UI-04, SC-36): the clause names the categories; a signal that the policy honours stops what
it stops; without an allowed address a view is only counted; without `web.page` nothing is.
"""

from dataclasses import dataclass

from django.http import HttpRequest

from kept import gate, policy

ADDRESS, PAGE, READING = "device.ip", "web.page", "web.dwell"
_POINT = "visits"


@dataclass(frozen=True, slots=True)
class Recordable:
    """What the gate allows for a request."""

    page: bool
    address: bool
    reading: bool


NOTHING = Recordable(page=False, address=False, reading=False)


def recordable(visits: policy.Visits, signals: frozenset[str]) -> Recordable:
    """Ask the gate about each category of the clause; once for each set of signals.

    Nothing else of a request counts, so that the same gate says the same of the next one.
    """
    global _last  # noqa: PLW0603 - one gate per process is the point
    now = gate.in_force()
    if _last is None or _last[0] is not now:
        _last = (now, {})
    found = _last[1].get(signals)
    if found is None:
        found = _last[1][signals] = _asked(now, visits, signals)
    return found


_last: tuple[gate.Gate, dict[frozenset[str], Recordable]] | None = None


def _asked(now: gate.Gate, visits: policy.Visits, signals: frozenset[str]) -> Recordable:
    if not visits.purposes:
        return NOTHING
    facts = gate.Facts(base=now.in_force[0], signals=signals)
    allowed = {
        category
        for category in (ADDRESS, PAGE, READING)
        if now.decide(
            gate.Request(gate.COLLECT, category, visits.purposes[0], _POINT), facts
        ).allowed
    }
    return Recordable(PAGE in allowed, ADDRESS in allowed, READING in allowed)


def signals_of(request: HttpRequest) -> frozenset[str]:
    """What the browser says for its user: `Sec-GPC: 1`, `DNT: 1`."""
    said = set()
    if request.META.get("HTTP_SEC_GPC") == "1":
        said.add("global-privacy-control")
    if request.META.get("HTTP_DNT") == "1":
        said.add("do-not-track")
    return frozenset(said)
