"""Who acts inside a purpose scope. An id only: no name, no address."""

from typing import Final, Literal

import msgspec

Kind = Literal["visitor", "subject", "staff", "system"]


class Actor(msgspec.Struct, frozen=True):
    """Who acts: a visitor without a login, a subject, a member of staff, or the software itself."""

    kind: Kind
    id: str = ""
    """Of a subject the subject id, of staff the account id; otherwise nothing."""
    subject: str = ""
    """The subject that a member of staff is, where the account has one."""

    def is_subject(self, subject: object) -> bool:
        """True when this actor is that subject (compared as text, so UUIDs may be given)."""
        mine = self.id if self.kind == "subject" else self.subject
        return mine != "" and mine == str(subject)


SYSTEM: Final = Actor("system")
VISITOR: Final = Actor("visitor")
