"""`python -m tests.image FOLDER`: build the image by its own steps where no container engine is.

It runs the instructions of the Dockerfile in an empty Debian root that ``debootstrap`` makes, tells
how large it is, and starts what was built with a read-only root and one volume. It needs root
rights, Debian's ``debootstrap``, and what ``pip`` needs to download packages.
"""

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click

from tests.licences import ROOT

RELEASE = "bookworm"
BASE = ("python3", "python3-venv", "python-is-python3", "ca-certificates")
"""Stands in for the image `python:3.11-slim`: Debian's own Python 3.11."""

HANDED_ON = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "PIP_", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
BORROWED = ("/proc", "/dev", "/etc/resolv.conf", "/etc/hosts", "/etc/xdg", "/etc/ssl/certs")
"""What a step needs of this machine, to download packages as it does."""


def instructions() -> Iterator[tuple[str, list[str], str]]:
    """Yield each instruction of the Dockerfile: its word, its words, and the rest as it stands."""
    for line in (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", "").splitlines():
        word, _, rest = line.partition(" ")
        if word and not word.startswith("#"):
            yield word, shlex.split(rest), rest


def size(folder: Path) -> int:
    """Return how many bytes the files in a folder take."""
    told = subprocess.run(("du", "-sbx", folder), check=True, capture_output=True, text=True)
    return int(told.stdout.split()[0])


class Stage:
    """A stage of the build: a root of its own, and what its instructions set."""

    def __init__(self, root: Path, base: Path) -> None:
        self.root, self.workdir = root, "/"
        self.env = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}
        subprocess.run(("cp", "-a", base, root), check=True)

    def within(self, path: str) -> Path:
        """Return where a path of the stage is on this machine."""
        inside = path if path.startswith("/") else f"{self.workdir}/{path}"
        return self.root / inside.lstrip("/")

    def run(self, command: str) -> None:
        """Run a RUN instruction: with the network of this machine, and its settings of pip."""
        borrowed = {k: v for k, v in os.environ.items() if k.upper().startswith(HANDED_ON)}
        there = shlex.quote(f"cd {self.workdir} && {command}")
        script = f"{self._mounted(*BORROWED)} && exec chroot {self.root} /bin/sh -c {there}"
        asked = ("unshare", "--mount", "/bin/sh", "-c", script)
        subprocess.run(asked, check=True, env={**borrowed, **self.env})

    def _mounted(self, *paths: str) -> str:
        """Return the commands that show paths of this machine in the stage, where they are."""
        there = [path for path in paths if Path(path).exists()]
        return " && ".join(f"mount --bind {path} {self.root}{path}" for path in there)

    def copy(self, sources: list[Path], to: str) -> None:
        """Copy files, and what is in folders, as COPY does."""
        target = self.within(to)
        for source in sources:
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True, symlinks=True,
                                ignore=shutil.ignore_patterns("__pycache__"))  # fmt: skip
            else:
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)

    def start(
        self, *command: str, volume: Path, env: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as Docker would: read-only, as the image's user, with one volume."""
        drop = "setpriv --reuid=10001 --regid=10001 --clear-groups --no-new-privs"
        inside = f"exec chroot {self.root} {drop} --bounding-set=-all {shlex.join(command)}"
        script = (
            f"mount --bind {self.root} {self.root} && mount -o remount,ro,bind {self.root}"
            f" && mount --bind {volume} {self.root}/data && mount -t tmpfs tmpfs {self.root}/tmp"  # noqa: S108
            f" && {self._mounted('/proc', '/dev')} && {inside}"
        )
        asked = ("unshare", "--mount", "/bin/sh", "-c", script)
        return subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60,
                              env={**self.env, **env})  # fmt: skip


def built(folder: Path, base: Path) -> Stage:
    """Follow the Dockerfile and return its last stage."""
    stages: dict[str, Stage] = {}
    stage: Stage | None = None
    for word, words, rest in instructions():
        if word == "FROM":
            name = words[2] if "AS" in words else "last"
            stage = stages[name] = Stage(folder / name, base)
            continue
        if stage is None:
            raise click.ClickException("The Dockerfile begins with no FROM.")
        match word:
            case "RUN":
                stage.run(rest)
            case "WORKDIR":
                stage.workdir = words[0]
                stage.within(".").mkdir(parents=True, exist_ok=True)
            case "COPY" if words[0].startswith("--from="):
                origin = stages[words[0].removeprefix("--from=")]
                stage.copy([origin.within(each) for each in words[1:-1]], words[-1])
            case "COPY":
                stage.copy([ROOT / each for each in words[:-1]], words[-1])
            case "ENV":
                expanded = (each.replace("$PATH", stage.env["PATH"]) for each in words)
                stage.env |= dict(each.split("=", 1) for each in expanded)
            case "USER" | "VOLUME" | "STOPSIGNAL" | "HEALTHCHECK" | "CMD":
                pass  # what is started below
            case _:
                raise click.ClickException(f"No way to do {word} here yet.")
    return stages["last"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=False))
def main(folder: Path) -> None:
    """Build the image in FOLDER, which must not be there yet, and start what was built."""
    base, volume = folder / "base", folder / "volume"
    folder.mkdir(parents=True)
    made = ("debootstrap", "--variant=minbase", f"--include={','.join(BASE)}", RELEASE, base)
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
    for each in map(Path, BORROWED):  # something has to be there for them to be shown on
        shown = base / each.relative_to("/")
        if each.is_dir():
            shown.mkdir(parents=True, exist_ok=True)
        else:
            shown.touch()
    stage = built(folder, base)
    volume.mkdir()
    os.chown(volume, 10001, 10001)
    whole, below, venv = size(stage.root), size(base), size(stage.within("/opt/nextread"))
    click.echo(f"Debian and Python: {below // 10**6} MB; with Nextread: {whole // 10**6} MB")
    click.echo(f"of that its packages and itself: {venv // 10**6} MB")
    commands = (("check",), ("run",), ("backup", "/data/copy.db"), ("health",))
    for command in commands:  # "run" makes its tables, then finds that the token is none
        done = stage.start("nextread", *command, volume=volume, env={"DISCORD_TOKEN": "none"})
        last = (done.stdout + done.stderr).strip().splitlines()[-1:]
        click.echo(json.dumps({"command": command, "code": done.returncode, "last line": last}))
    files = sorted(each.name for each in volume.iterdir())
    click.echo(f"written, on the volume alone: {', '.join(files)}")


if __name__ == "__main__":
    main()
