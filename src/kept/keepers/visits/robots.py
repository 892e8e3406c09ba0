"""Which requests come from robots: counted apart, and never with their address.

Rules: what says of itself that it is a robot, a script or a headless browser is one, and so is a
request without a `User-Agent`; a robot that hides is counted as a person.
"""

import re
from typing import Final

_SAYS_SO: Final = re.compile(
    r"bot\b|bot[/;-]|crawl|spider|slurp|archiver|preview|monitor|headless|phantom|lighthouse|"
    r"curl|wget|python|java/|okhttp|go-http|libwww|httpclient|feedfetcher|facebookexternalhit",
    re.IGNORECASE,
)


def is_robot(user_agent: str) -> bool:
    """Whether this `User-Agent` is a robot's."""
    return not user_agent.strip() or _SAYS_SO.search(user_agent) is not None
