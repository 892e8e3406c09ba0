"""Keys wrapped by master keys, bound to what they are for.

Rules: a wrapped key opens only as what it was wrapped for (subject and keep class, or kind of
identifier) and under the master version it names; a master version is proven to be the right key
before it is used; only the newest master that a process has met stays in its memory, so that an
old one goes with the first key that is read after the rotation.
"""

from collections.abc import Iterator, Sequence

from kept._kit.crypto import NONCE_BYTES, REFUSED, Cipher, NotAuthenticError
from kept.vault.errors import NO_MASTER, NOT_AUTHENTIC, MisconfiguredError
from kept.vault.errors import NotAuthenticError as DamagedError
from kept.vault.keystore.masters import MasterKeys

_PROOF = b"kept master"


_FOR_SUBJECT = b"kept/key/1\0"


def for_subject(id: bytes, subject: bytes, keep: str) -> bytes:
    """What a subject's key is bound to."""
    return _FOR_SUBJECT + id + subject + keep.encode()


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
            raise _damaged() from None

    def unwrap_all(
        self, rows: Sequence[tuple[bytes, bytes, str, int, bytes]]
    ) -> Iterator[tuple[bytes, bytes, str, Cipher]]:
        """For each (id, subject, keep class, master, wrapped): id, subject, class and the cipher.

        As `unwrap` with `for_subject`, in one loop: a page may need a thousand keys.
        """
        at, bound_by, ready = -1, b"", None
        for id, owner, keep, master, wrapped in rows:
            if ready is None or master != at:
                at, ready = master, self._cipher(master)
                bound_by = _associated(_FOR_SUBJECT, master)
            try:
                key = ready.decrypt(
                    wrapped[:NONCE_BYTES],
                    wrapped[NONCE_BYTES:],
                    b"%b%b%b%b" % (bound_by, id, owner, keep.encode()),
                )
            except REFUSED:
                raise _damaged() from None
            yield id, owner, keep, Cipher(key)

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


def _damaged() -> DamagedError:
    return DamagedError(
        NOT_AUTHENTIC,
        "a wrapped key is damaged or stands for another subject",
        place="key store",
        do="restore the key store from its backup",
    )


def _associated(bound_to: bytes, master: int) -> bytes:
    return master.to_bytes(4, "big") + bound_to
