"""Holdings: what every installed model keeps about people, declared or refused at start."""

from kept.vault.holdings.declared import (
    Holding,
    NotPersonal,
    declaration,
    hold,
    holdings,
    not_personal,
)

__all__ = ["Holding", "NotPersonal", "declaration", "hold", "holdings", "not_personal"]
