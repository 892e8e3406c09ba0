"""What is kept until when: per collection point its time, rows, what is over, what ends next."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from kept import promises
from kept.console.pages import ConsolePage
from kept.keepers.retention import figures
from kept.policy.prose import kept_for


@dataclass(frozen=True, slots=True)
class Row:
    """One collection point, in words."""

    line: figures.Line
    says: str
    """What people do there."""
    keep: str


class Retention(ConsolePage):
    """`/console/retention/`."""

    place = "retention"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        points = promises.current().policy.collect
        found = figures.standing()
        rows = [
            Row(
                line,
                points[line.point].says if line.point in points else "",
                kept_for(line.keep) if line.keep else "not collected any more",
            )
            for line in found.lines
        ]
        return self.show("retention.html", rows=rows, found=found)
