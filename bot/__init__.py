"""Nextread: what to read next, and why, for people who study together on Discord."""

import zoneinfo

# The machine's time zone tables are often years old, and PYTHONTZPATH may name any: only those of
# the `tzdata` package count. Here, for this runs before every other module of ours.
zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
