"""Which right a subject heading asks for: the policy's `mail-subject`. Pure.

Rules: upper and lower case, white space, `Re:` and `Fwd:` of many languages, quotes and a full stop
do not matter; any other word does, for a sentence that only mentions a heading is no request.
"""

import re
import unicodedata

from kept.policy import Policy

_PREFIX = re.compile(
    r"^(?:re|r|fwd?|fw|aw|antw|wg|sv|vs|vl|vb|tr|rv|res|enc|i|odp|pd|ynt|rif|ref|bls|trs)"
    r"(?:\s*\[\d{1,3}\]|\s*\(\d{1,3}\))?\s*[:\uff1a]\s*"
)
_EDGES = " \t.!?,;:*_-\"'`\u00ab\u00bb\u2018\u2019\u201c\u201d\u201e()[]<>"


def kind_of(heading: str, policy: Policy) -> str:
    """The right that `heading` asks for; empty where it asks for none."""
    plain = normal(heading)
    for id, right in policy.rights.items():
        if right.mail_subject and plain and normal(right.mail_subject) == plain:
            return str(id)
    return ""


def normal(heading: str) -> str:
    """The heading without what does not matter."""
    plain = " ".join(unicodedata.normalize("NFKC", heading).casefold().split())
    while True:
        shorter = _PREFIX.sub("", plain.strip(_EDGES), count=1)
        if shorter == plain:
            return plain
        plain = shorter
