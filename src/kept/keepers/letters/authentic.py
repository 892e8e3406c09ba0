"""Whether the receiving server found that a mail is from the domain it says it is. Pure.

Rules: only what the server with the trusted name wrote counts (RFC 8601, 5: that server removes
what others wrote in its name); exactly one DMARC result of it must stand there, `pass`, for the
very domain of the `From` address; two of them, or anything that cannot be read, is a no. What
stands in quotes or in comments is never read as a result.
"""

import re
from collections.abc import Iterable

_DMARC = re.compile(r"^dmarc(?:\s*/\s*1)?\s*=\s*([a-z]+)(?:\s|$)")
_FROM = re.compile(r"(?:^|\s)header\s*\.\s*from\s*=\s*([^\s;]+)")
_LONGEST, _MOST = 10_000, 50


def aligned(results: Iterable[str], trusted: str, sender: str) -> bool:
    """Whether the `Authentication-Results` headers prove that `sender`'s domain sent it."""
    domain = sender.rpartition("@")[2].lower()
    if not trusted or not domain:
        return False
    found = [
        result
        for header in list(results)[:_MOST]
        for result in _results(header, trusted.lower())
        if result.startswith("dmarc")
    ]
    if len(found) != 1:
        return False
    verdict, names = _DMARC.match(found[0]), _FROM.findall(found[0])
    return verdict is not None and verdict[1] == "pass" and names == [domain]


def _results(header: str, trusted: str) -> list[str]:
    """The results in one header of the trusted server, in small letters; none of another's."""
    plain = _plain(header[:_LONGEST].lower())
    if plain is None:
        return []
    server, *results = (one.strip() for one in plain.split(";"))
    name = server.split()
    if not name or name[0] != trusted or name[1:] not in ([], ["1"]):
        return []
    return [one for one in results if one]


def _plain(text: str) -> str | None:
    """The header without comments, quoted strings with nothing in them that has a meaning here.

    None where a quote or a comment does not end.
    """
    made: list[str] = []
    depth, quoted, escaped = 0, False, False
    for one in text:
        if escaped:
            escaped = False
            made.append("_" if quoted and not depth else "")
        elif one == "\\" and (quoted or depth):
            escaped = True
        elif quoted:
            quoted = one != '"'
            if quoted and not depth:
                made.append(one if one.isalnum() or one in ".-" else "_")
        elif one == "(":
            depth += 1
            made.append(" ")
        elif one == ")" and depth:
            depth -= 1
        elif depth:
            continue
        elif one == '"':
            quoted = True
        else:
            made.append(one)
    return None if depth or quoted or escaped else "".join(made)
