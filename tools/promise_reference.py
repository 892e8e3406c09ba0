"""The pages about promises: the checks behind them, and how each was broken on purpose."""

import sys
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
WRITTEN = "<!-- Written by `make docs` from the code; do not edit. -->\n"


def pages() -> dict[str, str]:
    """File name -> content."""
    return {"promises.md": _promises(), "sabotage.md": _sabotage()}


def _promises() -> str:
    from kept.promises import proving, slices

    lines = [
        "# Checks behind promises",
        "",
        "A sentence of the policy needs abilities; each ability is proven by checks. A finding",
        "counts for its interval and no longer. `kept verify` runs them, and so does the clock.",
        "",
        "A check that carries on with nothing looks at all that it asks about, every time. One",
        "that carries on does so only from a finding `kept` under the version in force, and never",
        "with `kept verify --full`: what was found broken turns green by a look at everything.",
        "",
        "By slices: each round looks at the next "
        f"{slices.SLICE:,} rows of a table by its primary key, or more",
        f"where the whole would take longer than {slices.PACE.days} days; a walk that is "
        f"{slices.LIMIT.days} days old is finished at once.",
        "The figure `all looked at since` says how old the oldest look at any row may be.",
        "",
        "| ability | check | looks at | interval | carries on |",
        "|---|---|---|---|---|",
    ]
    for one in sorted(proving.checks(), key=lambda check: (check.kind, check.name)):
        kind = f"`{one.kind}…`" if one.kind.endswith((" ", ".")) else f"`{one.kind}`"
        lines.append(
            f"| {kind} | `{one.name}` | {one.says} | {_length(one.every)} |"
            f" {one.carries or 'nothing'} |"
        )
    return WRITTEN + "\n".join(lines) + "\n"


def _length(every: timedelta) -> str:
    hours = int(every.total_seconds() // 3600)
    return f"{hours} h" if hours else f"{int(every.total_seconds() // 60)} min"


@cache
def _looks() -> Mapping[str, str]:
    """Promise of the reference policy -> its checks."""
    from kept import policy, promises
    from kept.promises import proving

    loaded = policy.load(ROOT / "policies" / "usimprints.toml").policy
    if loaded is None:
        sys.exit("the reference policy has errors")
    return {
        one.id: ", ".join(
            f"`{name}`" for name in sorted({c.look.__name__ for _, c in proving.checks_of(one)})
        )
        for one in promises.promises_of(loaded)
    }


def _sabotage() -> str:
    sys.path.insert(0, str(ROOT))
    from tests.sabotage import cases

    lines = [
        "# Broken on purpose",
        "",
        "Each check is shown to be able to fail: a running site is broken in a way that happens,",
        "exactly that promise turns red, and green again when it is mended. What cannot be broken",
        "at all is listed below with what prevents it.",
        "",
        "## Detected",
        "",
        "| promise | what was done | like | looked at by |",
        "|---|---|---|---|",
        *(
            f"| `{one.promise}` | {one.says} | {one.like} | {_looks()[one.promise]} |"
            for one in cases()
        ),
        "",
        "## Prevented",
        "",
        "| case | promise | by what |",
        "|---|---|---|",
    ]
    prevented = tomllib.loads((ROOT / "tests/sabotage/prevented.toml").read_text("utf-8"))
    for row in prevented["prevented"]:
        lines.append(f"| {row['case']} | `{row['promise']}` | {row['by']} |")
    return WRITTEN + "\n".join(lines) + "\n"
