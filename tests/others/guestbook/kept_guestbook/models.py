"""Entries. Their data is sealed; whose they are follows from the address."""

import kept


class Entry(kept.Model):
    """What one guest wrote."""

    email = kept.Email("contact.email")
    words = kept.Text("communication.comment")

    class Kept:
        """The clause in the policy, and the field that finds the person."""

        collect = "guestbook"
        subject = "email"

    def __str__(self) -> str:
        return f"entry {self.pk}"
