"""Where our middleware stands among the host's: `MIDDLEWARE = kept.middleware([…])`.

Rules: the response guards are outermost, so that they see what every other middleware sets; the
purpose scope is innermost, so that it covers the view, its template and each streamed chunk and
nothing else runs inside it.
"""

from collections.abc import Sequence

OUTERMOST: tuple[str, ...] = (
    "kept.keepers.cookies.middleware.ResponseGuard",
    "kept.keepers.forms.middleware.RefuseMalformed",
    "kept.keepers.visits.middleware.Visits",
)
INNERMOST: tuple[str, ...] = (
    "kept.keepers.notices.middleware.Noticing",
    "kept.vault.middleware.PurposeScope",
)


def middleware(hosts: Sequence[str]) -> list[str]:
    """The host's middleware with ours placed around it. Raises `ValueError` on one of ours."""
    ours = {*OUTERMOST, *INNERMOST}
    for name in hosts:
        if name in ours:
            raise ValueError(f"`{name}` is placed by kept.middleware(); remove it from the list")
    return [*OUTERMOST, *hosts, *INNERMOST]
