"""Publishing a policy version to the project's site, as facts for people and programs."""

from datetime import date
from pathlib import Path
from typing import Any

from kept._kit.errors import KeptError, code
from kept.cli import _project

UNREAD = code("X050", "The file cannot be read", do="name a policy file")

Told = dict[str, Any]


def publish(new: Path, effective: date | None, *, dry_run: bool) -> Told:
    """Post the policy in `new`, or say what posting it would mean. Raises `KeptError`."""
    try:
        text = new.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KeptError(UNREAD, f"{error}", place=str(new)) from error
    _project.setup_once()
    from kept import promises
    from kept.keepers.notices import affected, flows
    from kept.promises import posting

    read = posting.read(text, new.name, effective)
    posting.check(read)
    found = affected.by(read)
    told: Told = {
        "version": read.meta.version,
        "effective": found.effective.isoformat(),
        "changes": [
            {"kind": one.kind, "clause": one.clause, "whom": one.whom, "text": one.text}
            for one in found.changes
        ],
        "people": found.people,
        "accounts": found.accounts,
        "points": [
            {"point": one.point, "people": one.people, "rows": one.rows, "ends": one.ends}
            for one in found.points
        ],
        "state": "not posted",
    }
    if dry_run:
        return told
    first = all(one.policy.digest == read.digest for one in promises.history())
    # Of the site's first version there is no change to give notice of.
    made = posting.publish(read) if first else flows.publish(read)[0]
    told["state"] = "posted" if made.new else "posted before"
    told["same_label"] = made.same_label
    return told


def unpublish() -> Told:
    """Withdraw the version that waits. Raises `KeptError` P012."""
    _project.setup_once()
    from kept.keepers.notices import flows

    gone = flows.unpublish()
    return {
        "version": gone.label,
        "effective": gone.effective.isoformat(),
        "state": "withdrawn",
    }


def words(told: Told) -> str:
    """The same for people."""
    lines = [f"version {told['version']}, in effect from {told['effective']}: {told['state']}"]
    for one in told.get("changes", ()):
        lines.append(f"  {one['kind']:7} {one['clause']}: {one['text']}")
    if "people" in told:
        lines.append(
            f"{told['people']} people are in the data; {told['accounts']} accounts are told by "
            "mail and on their pages"
        )
    for one in told.get("points", ()):
        line = f"  {one['point']}: {one['rows']} rows of {one['people']} people"
        if one["ends"]:
            line += f"; {one['ends']} of them are over because of it and will be removed"
        lines.append(line)
    if told.get("same_label"):
        lines.append("its label is that of an earlier version: visitors cannot tell them apart")
    return "\n".join(lines)
