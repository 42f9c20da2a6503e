"""`python -m tests.licences`: write into one file the licences of all that is shipped.

It unpacks each package of ``requirements.lock``, for Pythons that have different ones, and reads
what it says of itself. The packages are in the image; the wheel has only what is Nextread's own.
"""

import re
import subprocess
import sys
import tempfile
import textwrap
from collections import defaultdict
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import click

ROOT = Path(__file__).parents[1]
LICENCES = ROOT / "THIRD-PARTY-LICENSES.txt"
LOCK = ROOT / "requirements.lock"
PYTHONS = ("3.11", "3.14")
"""Each package of the lock is for one of these at least."""

IN_CLASSIFIERS = {
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
SPELLINGS = {"Apache 2.0": "Apache-2.0", "The MIT License (MIT)": "MIT"}
IS_LICENCE = re.compile(r"(licen[cs]e|copying|notice)[^/]*$", re.IGNORECASE)
RULE = "=" * 80

OURS = """\
Nextread itself is under the MIT License: see LICENSE. This file names all else that is shipped with
it. It is made by `python -m tests.licences`.

With Nextread's own files:

- data/curriculum.yaml, the list "Jump into LLM": its maker's, from the page that it names
- bot/core/cities.txt, the table of cities: from GeoNames, https://www.geonames.org, CC BY 4.0,
  https://creativecommons.org/licenses/by/4.0/; shortened
- bot/pictures/fonts, subsets of Inter and Noto: SIL Open Font License 1.1, whole in OFL.txt there

With the Docker image besides: Debian and Python, whose licences are in /usr/share/doc and in
Python's own folder, and these packages. The text of each licence stands below.
"""


@dataclass(frozen=True)
class Package:
    """``licence``: an SPDX expression. ``texts``: its licences and notices, whole."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]


def pins() -> dict[str, str]:
    """Return the version of each package of the lock."""
    found = re.findall(r"^([\w.-]+)==([^\s;\\]+)", LOCK.read_text("utf-8"), re.MULTILINE)
    return dict(found)


def package_in(info: Path) -> Package:
    """Return what an unpacked package says of itself in its ``.dist-info``."""
    about = message_from_bytes((info / "METADATA").read_bytes())
    files = (file for file in sorted(info.rglob("*")) if IS_LICENCE.search(file.name))
    texts = (file.read_text("utf-8") for file in files if file.is_file())
    kinds = [each.split(" :: ")[-1] for each in about.get_all("Classifier", [])]
    told = (about["License-Expression"] or about["License"] or "").strip().splitlines()
    said = (
        told[0] if told else " AND ".join(IN_CLASSIFIERS[k] for k in kinds if k in IN_CLASSIFIERS)
    )
    name = re.sub(r"[-_.]+", "-", about["Name"]).lower()
    plain = (textwrap.dedent(text).strip() for text in texts)
    return Package(name, about["Version"], SPELLINGS.get(said, said), tuple(plain))


def packages() -> list[Package]:
    """Return every package of the lock, by name."""
    found = {}
    for python in PYTHONS:
        with tempfile.TemporaryDirectory() as folder:
            to = ("--target", folder, "--python-version", python, "--no-deps", "--require-hashes")
            uv = (sys.executable, "-m", "uv", "pip", "install", "--quiet", *to, "-r", str(LOCK))
            subprocess.run(uv, check=True)
            for package in map(package_in, Path(folder).glob("*.dist-info")):
                found[package.name] = package
    return [found[name] for name in sorted(found)]


def told(found: list[Package]) -> str:
    """Return the file's text; a text that several packages share stands once."""
    holders = defaultdict(list)
    for package in found:
        for text in package.texts:
            holders[text].append(package.name)
    lines = [f"- {each.name} {each.version}: {each.licence}" for each in found]
    texts = [f"{RULE}\n{', '.join(names)}\n{RULE}\n\n{text}\n" for text, names in holders.items()]
    return "\n".join([OURS, *lines, "", *texts])


@click.command()
def main() -> None:
    """Write THIRD-PARTY-LICENSES.txt anew."""
    found = packages()
    if missing := pins().keys() - {each.name for each in found}:
        raise click.ClickException(f"not for {' or '.join(PYTHONS)}: {', '.join(sorted(missing))}")
    LICENCES.write_text(told(found), "utf-8")
    click.echo(f"{LICENCES.name}: {len(found)} packages, {LICENCES.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
