"""`make fire`: a table, build/fire.json and fire.log, exit code 1 where anything is wrong.

`SECONDS` (300) go by in quiet, then as many while processes are killed; `make fire SECONDS=10` is
the quick form. `ENGINE=sqlite` takes the other engine. Both are this module's words: `10 sqlite`.
"""

import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.fire import killing, oracle
from benchmarks.fire import site as sites
from benchmarks.fire.oracle import Phase
from benchmarks.fire.people import Crowd
from benchmarks.measure import environment

_SECONDS = float((sys.argv[1:] or ["300"])[0])
_ENGINE = (sys.argv[2:] or ["postgresql"])[0].lower()
_VISITORS = 8
"""How many act at once."""
_SHOWN = 40
"""Findings on the screen; the file has all."""
_PATIENCE = 120.0
"""Seconds that what waits has, once nobody acts any more."""
_QUIET = 15.0
"""Seconds after which what still waits was lost with a worker."""
_SWEEPS = ("requests.go-on", "sharing.resume", "erasures.finish", "accounts.sweep")
"""What the clock does every few minutes."""
_BETWEEN = 2.0
_JSON = Path(__file__).parents[2] / "build" / "fire.json"
_LOG = _JSON.with_suffix(".log")


@dataclass
class Fire:
    """One run."""

    site: sites.Site
    crowd: Crowd
    folder: Path
    mails: "SimpleQueue[tuple[str, str]]"
    versions: int = 0

    def burn(self, phase: Phase, seconds: float, *, kill: bool) -> list[str]:
        """Load for that long, then quiet, then the look at everything: what is wrong, in words."""
        self.crowd.phase = phase
        before = len(self.site.log()), len(self.site.database_log())
        over = Event()
        work: list[tuple[Any, ...]] = [(self.act, over)] * _VISITORS + [(self.command, over)]
        if kill:
            work.append((killing.kill, self.site, phase, over))
        threads = [Thread(target=one, args=rest, daemon=True) for one, *rest in work]
        for one in threads:
            one.start()
        time.sleep(seconds)
        over.set()
        for one in threads:
            one.join(_PATIENCE)
        state = self.settled()
        phase.log = self.site.log()[before[0] :]
        phase.database_log = self.site.database_log()[before[1] :]
        found = oracle.of_phase(phase) + oracle.of_state(self.crowd.said, state)
        ledger = self.site.kept("ledger", "verify", "--json")
        return found + oracle.of_ledger(ledger.returncode, _read(ledger.stdout))

    def act(self, over: Event) -> None:
        """One who does something after the other; links in mails first."""
        while not over.is_set():
            try:
                address, path = self.mails.get_nowait()
            except Empty:
                self.crowd.something()
            else:
                self.crowd.follow(address, path)

    def command(self, over: Event) -> None:
        """The operator: sweeps, and posts another version of the policy now and then."""
        while not over.wait(_BETWEEN):
            self.versions += 1
            file = self.folder / "next.toml"
            file.write_text(sites.text(self.versions), "utf-8")
            today = time.strftime("%Y-%m-%d", time.gmtime())
            for words in (
                ("retention", "run", "--json"),
                ("policy", "publish", str(file), "--effective", today, "--json"),
            ):
                done = self.site.kept(*words)
                told = " ".join(words[:2]), done.returncode, done.stderr
                self.crowd.phase.commands.append(told)

    def settled(self) -> dict[str, Any]:
        """What is in the stores once nothing waits any more, or patience is over."""
        helper = self.site.helper("state")
        end = time.monotonic() + _PATIENCE
        quiet = time.monotonic() + _QUIET
        while any(_ask(helper, {})["waiting"].values()) and time.monotonic() < end:
            time.sleep(0.5)
            if time.monotonic() > quiet:  # what a killed worker held is taken up by the clock
                _ask(helper, {"late": True})
                for sweep in _SWEEPS:
                    self.site.kept("schedule", "run", sweep)
                quiet = time.monotonic() + _QUIET
        said = self.crowd.said
        asked = {"addresses": [*said.inquiries, *said.accounts]}
        state: dict[str, Any] = _ask(helper, asked)
        assert helper.stdin is not None
        helper.stdin.close()
        helper.wait()
        return state


def main() -> int:
    """Run both phases; the exit code."""
    with tempfile.TemporaryDirectory(prefix="kept-fire-") as name:
        site = sites.start(Path(name), _ENGINE)
        try:
            return _run(site, Path(name))
        finally:
            _LOG.parent.mkdir(exist_ok=True)
            _LOG.write_text(site.log() + site.database_log(), "utf-8")
            site.stop()


def _run(site: sites.Site, folder: Path) -> int:
    mails: SimpleQueue[tuple[str, str]] = SimpleQueue()
    Thread(target=_read_mails, args=(site, mails), daemon=True).start()
    phases = [Phase("quiet"), Phase("killing")]
    fire = Fire(site, Crowd(site.served.port, phases[0]), folder, mails)
    wrong: list[str] = []
    for phase in phases:
        print(f"== {phase.name}, {_SECONDS:.0f} s", flush=True)
        wrong += fire.burn(phase, _SECONDS, kill=phase.name == "killing")
    if any(one.poll() for one in site.helpers):
        wrong.append("a process that looks at the site from inside ended with an error")
    verified = _read(site.kept("verify", "--full", "--json").stdout)
    wrong += oracle.of_promises(verified)
    _tell(phases, fire, verified, wrong)
    return 1 if wrong else 0


def _read_mails(site: sites.Site, mails: "SimpleQueue[tuple[str, str]]") -> None:
    helper = site.helper("mails")
    assert helper.stdout is not None
    for line in helper.stdout:
        told = json.loads(line)
        for path in told["paths"]:
            mails.put((told["to"], path))


def _ask(helper: Any, question: dict[str, Any]) -> dict[str, Any]:
    helper.stdin.write(json.dumps(question) + "\n")
    helper.stdin.flush()
    told: dict[str, Any] = json.loads(helper.stdout.readline())
    return told


def _read(text: str) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(text)
    except ValueError:
        return {}
    return told


def _tell(phases: list[Phase], fire: Fire, verified: dict[str, Any], wrong: list[str]) -> None:
    table = Table("phase", "action", "answer", "times")
    for phase in phases:
        for (action, status), number in sorted(phase.answers.items()):
            table.add_row(phase.name, action, str(status or "none"), str(number))
        for what, number in sorted(phase.kills.items()):
            table.add_row(phase.name, what, "killed", str(number))
        for words, code in sorted({(one[0], one[1]) for one in phase.commands}):
            times = sum(one[:2] == (words, code) for one in phase.commands)
            table.add_row(phase.name, f"kept {words}", f"exit code {code}", str(times))
    console = Console()
    console.print(table)
    said = fire.crowd.said
    states = [one["state"] for one in verified.get("promises", ())]
    facts = {
        "inquiries": len(said.inquiries), "accounts": len(said.accounts),
        "erased": len(said.erased), "versions": fire.versions,
        "promises": {state: states.count(state) for state in sorted(set(states))},
    }  # fmt: skip
    console.print(f"acknowledged: {facts}")
    for one in wrong[:_SHOWN]:
        console.print(one, style="red", markup=False)
    console.print("Something is wrong." if wrong else "Nothing is lost, nothing is broken.")
    _JSON.parent.mkdir(exist_ok=True)
    told = {
        "environment": environment(), "engine": _ENGINE, "seconds": _SECONDS, "facts": facts,
        "wrong": wrong,
        "phases": {
            phase.name: {
                "answers": [[*key, number] for key, number in sorted(phase.answers.items())],
                "kills": dict(phase.kills),
            }
            for phase in phases
        },
    }  # fmt: skip
    _JSON.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
