"""What a box asks: whether ticking it agrees to something."""

import re

from kept.audit.evidence import FieldSeen

_AGREES = re.compile(
    r"\b(agree|accept|consent|permission|subscribe|newsletter|marketing|offers?|news|updates?|"
    r"share|cookies?|remember|opt|terms|privacy|send me|keep me|zustimm\w*|einwillig\w*|j'accepte|"
    r"acepto|accetto|akkoord)\b",
    re.IGNORECASE,
)


def agreement(one: FieldSeen) -> bool:
    """Whether this box stands for an agreement, by its name or its label."""
    words = re.sub(r"[_\-]+", " ", f"{one.name} {one.label}")
    return _AGREES.search(words) is not None
