"""What leaves: mails to people, data to recipients, word of what became of it. One verb each.

Facade of the rooms beside: `mails`, `disclosing`, `permissions`, `propagating`.
"""

from kept.keepers.sharing.flows import permissions
from kept.keepers.sharing.flows.disclosing import Given, Preview, disclose, disclosures, preview
from kept.keepers.sharing.flows.mails import give_up, problems, send_mail, try_again, waiting
from kept.keepers.sharing.flows.propagating import Propagated, propagate
from kept.keepers.sharing.flows.resuming import resume

__all__ = [
    "Given",
    "Preview",
    "Propagated",
    "disclose",
    "disclosures",
    "give_up",
    "permissions",
    "preview",
    "problems",
    "propagate",
    "resume",
    "send_mail",
    "try_again",
    "waiting",
]
