"""People who use the site through its pages: the life that checks look at."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from kept import gate
from kept._kit import clock
from kept.keepers.visits import store
from kept.keepers.visits.batches import Batch
from kept.site import testimonials
from kept.site.models import Testimonial

STAFF = gate.Actor("staff", "7f1d1a52-0000-4000-8000-000000000001")


@dataclass
class Site:
    """What a sabotage may touch."""

    client: Any
    settings: Any


def make(client: Any, settings: Any) -> Site:
    """Inquiries, testimonials of which one is approved, subscribers, visits."""
    for number in range(3):
        send(client, "/ask/", name="Ada", email=f"ada{number}@example.org", message="Hello?")
    for number in range(2):
        send(
            client, "/testimonials/write/",
            name="Bea", email=f"bea{number}@example.org", words="The colors match.",
        )  # fmt: skip
    visited({f"203.0.113.{number}" for number in range(60)})
    testimonials.publish(Testimonial.objects.values_list("pk", flat=True)[0], STAFF)
    return Site(client, settings)


def visited(addresses: set[str], page: str = "/") -> None:
    """Publish a batch of views of `page`, one by each address."""
    pages = Counter({page: len(addresses)})
    batch = Batch(tuple(addresses), pages, Counter(), Counter(), 0, 0)
    store.publish(batch, clock.now().timestamp())


def send(client: Any, path: str, **typed: str) -> None:
    """Fill a form in and send it, every consent given."""
    page = client.get(path).content.decode()
    token = re.search(r'name="kept-form" value="([^"]+)"', page)
    assert token, path
    consents = dict.fromkeys(re.findall(r'name="(consent-[a-z-]+)"', page), "on")
    answer = client.post(path, {"kept-form": token[1], **consents, **typed})
    assert answer.status_code == 302, answer.content.decode()[:2000]
