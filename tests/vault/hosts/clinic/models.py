"""The clinic's user model."""

from kept.vault.users import AbstractSealedUser


class Staff(AbstractSealedUser):
    """Whoever signs in."""

    class Meta(AbstractSealedUser.Meta):
        pass
