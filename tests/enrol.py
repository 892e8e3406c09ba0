"""A member of staff with an authenticator: what the console asks for before it opens."""

import pyotp

from kept._kit import clock
from kept.keepers.accounts import factors
from kept.keepers.accounts.models import SecondFactor, User


def enrol(user: User) -> str:
    """Set up the second factor of `user`; its secret."""
    factors.begin(user)
    secret = factors.waiting_secret(user)
    assert secret is not None
    assert factors.confirm(user, code_of(secret), None)
    SecondFactor.objects.filter(user=user).update(last_step=0)
    return secret


def code_of(secret: str, steps: int = 0) -> str:
    """The code that the authenticator shows now, or `steps` of 30 seconds later."""
    return pyotp.TOTP(secret.replace(" ", "")).at(clock.now(), counter_offset=steps)
