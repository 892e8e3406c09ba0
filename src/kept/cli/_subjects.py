"""Who a command is about and who gives it: an address or random id, a member of staff."""

from uuid import UUID

from kept._kit.errors import KeptError, code

NOBODY = code("X055", "Nobody stands for that", do="give an address on file or a random id")
NO_STAFF = code("X056", "No such member of staff", do="see `kept account list`")
_KINDS = ("email", "phone", "username")


def subject(text: str) -> UUID:
    """The subject of an address on file, or of a random id. Raises `KeptError` X055."""
    from kept import vault

    try:
        return UUID(text)
    except ValueError:
        found = (vault.find(kind, text) for kind in _KINDS)
        known = next((one for one in found if one is not None), None)
    if known is None:
        raise KeptError(NOBODY, "no active person has this address, number or name")
    return known


def staff(name: str) -> str:
    """The random id of a member of staff, by their user name. Raises `KeptError` X056."""
    from kept.keepers.accounts.models import User

    found = User.objects.filter(username=name, is_staff=True, is_active=True).first()
    if found is None:
        raise KeptError(NO_STAFF, f"`{name}`")
    return str(found.pk)
