"""All that is shipped has its licence in one file, and the file is shipped too."""

import re

import pytest

from tests.licences import LICENCES, ROOT, RULE, pins

SHAREABLE = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0"}
"""Licences under which a package may be shipped with what is under the MIT License."""


@pytest.fixture(scope="module")
def told():
    return LICENCES.read_text("utf-8")


def test_each_package_is_named_with_its_version_and_what_it_is_shared_under(told):
    named = re.findall(r"^- ([\w.-]+) ([\w.]+): (.+)$", told, re.MULTILINE)

    assert {name: version for name, version, _ in named} == pins(), "python -m tests.licences"
    for name, _, licence in named:
        assert {*re.split(r" AND | OR |[()]", licence)} - {""} <= SHAREABLE, name


def test_each_package_has_the_text_of_its_licence(told):
    held = re.findall(rf"^{RULE}\n(.+)\n{RULE}\n\n(?=.)", told, re.MULTILINE)

    assert {name for names in held for name in names.split(", ")} == {*pins()}


def test_what_is_not_ours_in_our_own_folders_is_named(told):
    for path in ("data/curriculum.yaml", "bot/core/cities.txt", "bot/pictures/fonts"):
        assert path in told
        assert (ROOT / path).exists()


@pytest.mark.parametrize("file", ["pyproject.toml", "Dockerfile", ".dockerignore"])
def test_the_file_is_shipped(file):
    assert LICENCES.name in (ROOT / file).read_text("utf-8")
