"""What a mail may be opened for, and its values.

Rules: a mail whose sender is proven is opened for the clause's first purpose (to answer it); any
mail may be opened for the clause's purpose of kind `rights`, because only reading tells whether it
asks for one; what the gate withholds stays withheld.
"""

from kept import gate
from kept.keepers.letters.listening import POINT
from kept.policy import Collection
from kept.vault.fields import DynamicModel

RIGHTS = "rights"


def clause() -> Collection | None:
    """The collection point `mail` of the policy in force; None where it takes no mail."""
    found = gate.in_force().in_force[1].collect.get(POINT)
    return found if found is not None and found.channel == "mail" else None


def answering_purpose() -> str | None:
    """What answering is for: the first purpose of the clause."""
    found = clause()
    return None if found is None else found.purposes[0]


def rights_purpose() -> str | None:
    """What reading for a request is for; None where the clause has no such purpose."""
    found, purposes = clause(), gate.in_force().in_force[1].purposes
    named = () if found is None else found.purposes
    return next((one for one in named if purposes[one].kind == RIGHTS), None)


def field_of(category: str) -> str | None:
    """The name under which the clause collects a category."""
    found = clause()
    fields = {} if found is None else found.asked
    return next((name for name, one in fields.items() if one == category), None)


def value_of(row: DynamicModel, category: str) -> object | None:
    """The value that the row holds of a category: plain, withheld as it is, or None."""
    name = field_of(category)
    return row.open(name) if name is not None and name in row.names() else None
