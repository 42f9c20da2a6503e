"""The command line of the measurements: ``python -m tests.bench search``."""

import click

from tests.bench.crowd import crowd
from tests.bench.due import due
from tests.bench.groups import groups
from tests.bench.imports import imports
from tests.bench.interactions import growing, interactions
from tests.bench.links import links
from tests.bench.lists import lists
from tests.bench.moving import moving
from tests.bench.pictures import pictures
from tests.bench.rush import rush
from tests.bench.search_table import search
from tests.bench.shards import shards


@click.group()
def main():
    """Measure the bot. Compare only figures of one run: machines differ."""


main.add_command(search)
main.add_command(groups)
main.add_command(due)
main.add_command(crowd)
main.add_command(interactions)
main.add_command(lists)
main.add_command(imports)
main.add_command(links)
main.add_command(pictures)
main.add_command(moving)
main.add_command(rush)
main.add_command(shards)
main.add_command(growing)

if __name__ == "__main__":
    main()
