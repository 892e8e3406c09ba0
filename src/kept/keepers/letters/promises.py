"""What the letters keeper is able to do: collect mail, where the host opened a door for it."""

from kept._kit.errors import KeptError
from kept.keepers.letters.listening import POINT, listening
from kept.promises.needs import collecting


def abilities() -> frozenset[str]:
    """What the keeper can do in this host."""
    try:
        is_open = listening() is not None
    except KeptError:
        return frozenset()
    return frozenset({collecting(POINT)}) if is_open else frozenset()
