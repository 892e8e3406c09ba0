"""Django's command line, which can kill itself: at one of the statements, or in one of the batches.

`KILL` in the environment: `statement:N` kills before the N-th statement on the data; `keys:N` after
the N-th transaction of the key store, before the data knows of it; `batch:N` after the N-th batch.
"""

import os
import signal
import sys
from contextlib import contextmanager

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")


class Killer:
    """Counts what it was armed for, while rows are being moved, and ends the process there."""

    def __init__(self, kind: str, number: int) -> None:
        from kept.vault.adopting import stages, work

        self.left, self.under_way = number, False
        work.BATCH = 7
        stages.seal, stages.unseal = self.noting(stages.seal), self.noting(stages.unseal)
        getattr(self, f"arm_{kind}")()

    def count(self) -> None:
        self.left -= self.under_way
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def noting(self, function):
        def moving(*args):
            self.under_way = True
            return function(*args)

        return moving

    def after(self, function):
        def counting(*args):
            done = function(*args)
            self.count()
            return done

        return counting

    def arm_statement(self) -> None:
        from django.db import connection

        def statement(execute, *args):
            self.count()
            return execute(*args)

        connection.execute_wrappers.append(statement)

    def arm_keys(self) -> None:
        from kept.vault.keystore import keystore

        database = type(keystore().database)
        write = database.write

        @contextmanager
        def writing(this):
            with write(this) as writer:
                yield writer
            self.count()

        database.write = writing

    def arm_batch(self) -> None:
        from kept.vault.adopting import work

        work.seal, work.unseal = self.after(work.seal), self.after(work.unseal)


def main() -> None:
    import django

    django.setup()
    if os.environ.get("KILL"):
        kind, _, number = os.environ["KILL"].partition(":")
        Killer(kind, int(number))
    if sys.argv[1] == "post":
        from kept import promises

        promises.adopt()
    elif sys.argv[1] == "run":
        exec(compile(sys.argv[2], "run", "exec"), {})
    else:
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
