"""From start-up on: link rows of declared models as they are saved; observe where it is asked."""

from kept.vault.adopting import linking, observing
from kept.vault.holdings import Holding, holdings
from kept.vault.holdings.declared import on_hold


def begin() -> None:
    """Called once, when all models are loaded; models declared from outside follow as they come."""
    for holding in holdings().values():
        _watch(holding)
    on_hold(_watch)


def _watch(holding: Holding) -> None:
    linking.watch(holding)
    observing.watch(holding)
