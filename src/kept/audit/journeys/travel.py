"""One audit's journeys, in order: what each state of choice starts from, and what is done in it.

| state | browser | what is done |
|---|---|---|
| before choice | new | pages are found and opened; no control is touched |
| data cleared | the same | cookies and storage cleared, the cache kept; first page again |
| another browser | new | first page and pages with forms, twice: what differs between browsers |
| accepted | new | the banner's accept, then the same pages |
| withdrawn | the same | the control that changes the choice, then the same pages |
| refused | new | the banner's refuse, then the same pages |
| the two signals | new each | the signal with every request; no control is touched |
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final
from urllib.parse import urljoin

from kept._kit import clock
from kept._kit.errors import KeptError
from kept.audit import collectors
from kept.audit.browser import Chromium, Visitor
from kept.audit.collectors.cookies import from_headers
from kept.audit.collectors.pages import look as look_at_page
from kept.audit.errors import NO_ANSWER
from kept.audit.evidence import Evidence, PageSeen, Seen, Shot, State
from kept.audit.journeys import consent, crawl, words
from kept.audit.limits import Deadline, Limits

_TWICE: Final = 5
"""Pages that another browser opens twice: the first one, and those with forms."""
SIGNALS: Mapping[State, tuple[str, str]] = MappingProxyType(
    {
        "do-not-track": (
            "DNT",
            "() => Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' })",
        ),
        "global-privacy-control": (
            "Sec-GPC",
            "() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl',"
            " { get: () => true })",
        ),
    }
)


def travel(chromium: Chromium, url: str, limits: Limits, signals: Sequence[State]) -> Evidence:
    """Go through every state. `signals`: those of `SIGNALS` to be sent, each in a state of its own.

    Raises `KeptError` B004 where no page answers at `url`.
    """
    trip = _Trip(
        chromium, Evidence(url, browser=chromium.version), limits, Deadline(limits.seconds)
    )
    trip.evidence.began = clock.now()
    trip.before_choice()
    trip.another_browser()
    trip.accepted_then_withdrawn()
    trip.refused()
    for signal in signals:
        trip.signal(signal)
    trip.evidence.ended = clock.now()
    return trip.evidence


class _Trip:
    """The state of one audit on its way."""

    def __init__(
        self, chromium: Chromium, evidence: Evidence, limits: Limits, deadline: Deadline
    ) -> None:
        self.chromium, self.evidence = chromium, evidence
        self.limits, self.deadline = limits, deadline
        self.pages: list[str] = []

    @contextmanager
    def _visitor(self, headers: Mapping[str, str] = {}, script: str = "") -> Iterator[Visitor]:
        scripts = [*collectors.SCRIPTS, *filter(None, [script])]
        with self.chromium.visitor(self.limits, scripts, headers) as visitor:
            yield visitor

    def _state(self, name: State) -> Seen:
        return self.evidence.states.setdefault(name, Seen(name))

    @property
    def _start(self) -> str:
        return self.evidence.landed

    def before_choice(self) -> None:
        seen = self._state("before choice")
        with self._visitor() as visitor:
            if visitor.go(self.evidence.asked) is None:
                raise KeptError(NO_ANSWER, f"no page at `{self.evidence.asked}`")
            self.evidence.landed = visitor.url
            self.evidence.banner = consent.has_banner(visitor)
            seen.shots.append(Shot("The first page, before any choice", visitor.picture()))
            collectors.page(visitor, seen)
            self.pages = crawl.explore(visitor, self._start, seen, self.limits.pages, self.deadline)
            self.evidence.policy_page = self._policy_page(visitor, seen)
            collectors.end(visitor, seen)
            self._data_cleared(visitor)
            self.evidence.gpc = visitor.read(urljoin(self._start, "/.well-known/gpc.json"))

    def _data_cleared(self, visitor: Visitor) -> None:
        seen = self._state("data cleared")
        visitor.forget([crawl.origin(self._start)])
        crawl.visit(visitor, [self._start], self._start, seen, self.deadline)
        collectors.end(visitor, seen)

    def _policy_page(self, visitor: Visitor, seen: Seen) -> PageSeen | None:
        named = [one for one in seen.links if words.has("policy", one.text)]
        named.sort(key=lambda one: len(one.text))  # “Privacy policy” before a sentence about it
        own = [one.href for one in named if crawl.origin(one.href) == crawl.origin(self._start)]
        for url in dict.fromkeys(own):
            done = next((page for page in seen.pages if page.url == url), None)
            if done is not None:
                return done
            status = visitor.go(url)
            if status == 200:  # noqa: PLR2004 - HTTP's OK
                collectors.page(visitor, seen)
                return look_at_page(visitor, status)
        return None

    def another_browser(self) -> None:
        seen = self._state("another browser")
        forms = dict.fromkeys(one.page for one in self._state("before choice").forms)
        pages = list(dict.fromkeys([self._start, *(url for url in forms if url in self.pages)]))
        with self._visitor() as visitor:
            for _ in range(2):
                crawl.visit(visitor, pages[:_TWICE], self._start, seen, self.deadline)
            collectors.end(visitor, seen)

    def accepted_then_withdrawn(self) -> None:
        accepted, withdrawn = self._state("accepted"), self._state("withdrawn")
        with self._visitor() as visitor:
            if not self._choose(visitor, accepted, consent.accept):
                withdrawn.reached, withdrawn.why = "not reachable", "nothing could be accepted"
                return
            collectors.end(visitor, accepted)
            policy = self.evidence.policy_page
            for url in dict.fromkeys([self._start, *([policy.url] if policy else [])]):
                if self._choose(visitor, withdrawn, consent.withdraw, url, accepted):
                    collectors.end(visitor, withdrawn)
                    return

    def refused(self) -> None:
        seen = self._state("refused")
        with self._visitor() as visitor:
            if self._choose(visitor, seen, consent.refuse):
                collectors.end(visitor, seen)

    def _choose(
        self,
        visitor: Visitor,
        seen: Seen,
        choose: Callable[[Visitor], consent.Done],
        url: str = "",
        until_then: Seen | None = None,
    ) -> bool:
        """Open the page, make the choice, open all pages; whether the choice could be made."""
        before = until_then or self._state("another browser")
        crawl.visit(visitor, [url or self._start], self._start, before, self.deadline)
        if self.deadline.over:
            seen.reached, seen.why = "cut short", "the time was up before the choice"
            return False
        done = choose(visitor)
        seen.reached, seen.why = ("yes" if done.made else "not reachable"), done.said
        if not done.made:
            return False
        collectors.page(visitor, seen)
        seen.at_choice = [*seen.cookies, *(c for one in seen.exchanges for c in from_headers(one))]
        seen.shots.append(Shot(f"After the choice: {done.said}", visitor.picture()))
        crawl.visit(visitor, self.pages, self._start, seen, self.deadline)
        return True

    def signal(self, name: State) -> None:
        header, script = SIGNALS[name]
        seen = self._state(name)
        with self._visitor({header: "1"}, script) as visitor:
            crawl.visit(visitor, self.pages, self._start, seen, self.deadline)
            collectors.end(visitor, seen)
