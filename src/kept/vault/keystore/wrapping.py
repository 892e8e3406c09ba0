"""Keys wrapped by master keys, bound to what they are for.

Rules: a wrapped key opens only as what it was wrapped for (subject and keep class, or kind of
identifier) and under the master version it names; a master version is proven to be the right key
before it is used; only the newest master that a process has met stays in its memory, so that an
old one goes with the first key that is read after the rotation.
"""

from kept._kit.crypto import Cipher, NotAuthenticError
from kept.vault.errors import NO_MASTER, NOT_AUTHENTIC, MisconfiguredError
from kept.vault.errors import NotAuthenticError as DamagedError
from kept.vault.keystore.masters import MasterKeys

_PROOF = b"kept master"


def for_subject(id: bytes, subject: bytes, keep: str) -> bytes:
    """What a subject's key is bound to."""
    return b"kept/key/1\0" + id + subject + keep.encode()


def for_kind(kind: str) -> bytes:
    """What the digest key of a kind of identifier is bound to."""
    return b"kept/blind/1\0" + kind.encode()


class Wrapping:
    """Wraps and unwraps with the provider's masters; the newest is kept ready."""

    def __init__(self, masters: MasterKeys) -> None:
        self.masters = masters
        self._newest: tuple[int, Cipher | None] = (0, None)

    def wrap(self, key: bytes, bound_to: bytes, master: int) -> bytes:
        """`key` sealed by that master."""
        return self._cipher(master).seal(key, _associated(bound_to, master))

    def unwrap(self, wrapped: bytes, bound_to: bytes, master: int) -> bytes:
        """The key. Raises `NotAuthenticError` V002 where the row is not what it says it is."""
        newest, cipher = self._newest
        if cipher is None or master != newest:
            cipher = self._cipher(master)
        try:
            return cipher.open(wrapped, _associated(bound_to, master))
        except NotAuthenticError:
            raise DamagedError(
                NOT_AUTHENTIC,
                "a wrapped key is damaged or stands for another subject",
                place="key store",
                do="restore the key store from its backup",
            ) from None

    def proof(self, master: int) -> bytes:
        """Bytes by which `check` knows this master key again."""
        return self._cipher(master).seal(_PROOF, _associated(b"", master))

    def check(self, master: int, proof: bytes) -> None:
        """Raises `MisconfiguredError` V004 where the provider's `master` is another key."""
        try:
            self._cipher(master).open(proof, _associated(b"", master))
        except NotAuthenticError:
            self._newest = (0, None)
            raise MisconfiguredError(
                NO_MASTER, f"version {master} is another key than the one that wrapped this store"
            ) from None

    def _cipher(self, master: int) -> Cipher:
        newest, cipher = self._newest
        if cipher is not None and master == newest:
            return cipher
        made = Cipher(self.masters.get(master))
        if master > newest:
            self._newest = master, made
        return made


def _associated(bound_to: bytes, master: int) -> bytes:
    return master.to_bytes(4, "big") + bound_to
