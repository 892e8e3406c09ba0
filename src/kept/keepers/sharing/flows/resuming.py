"""Everything that was left behind on its way out, queued again: at start-up and by the clock."""

from kept.keepers.sharing.flows import disclosing, mails


def resume() -> int:
    """Queue again what a crash, or a queue that cannot wait, left behind; how many."""
    return mails.resume() + disclosing.resume()
