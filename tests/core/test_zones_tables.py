import subprocess
import sys
from datetime import UTC, datetime
from importlib.resources import files
from itertools import pairwise

import pytest

from bot.core.zones import (
    all_names,
    as_typed,
    cities,
    plain_name,
    resolve_zone,
    zone_countries,
    zones_matching,
)

NOW = datetime(2026, 2, 10, tzinfo=UTC)
CITIES = sorted(cities(), reverse=True)
LARGEST = [city for city in CITIES if city[0] >= CITIES[299][0]]
OF_TWO_PLACES = {
    *("Barcelona", "Birmingham", "Córdoba", "Hyderabad", "Mérida", "San Jose", "Valencia"),
    *("Kochi", "Newcastle", "Portland", "Victoria", "Washington"),
}
"""A large city each, which a name alone does not tell from another."""


def test_the_table_is_whole_and_says_whose_it_is():
    text = files("bot.core").joinpath("cities.txt").read_text(encoding="utf-8")
    zones = [line.split()[0] for line in text.splitlines() if not line.startswith("#")]

    assert "GeoNames" in text.partition("Africa/")[0]
    assert "CC BY 4.0" in text.partition("Africa/")[0]
    assert 1900 < len(CITIES) < 2100
    assert min(people for people, *_ in CITIES) == 3
    assert set(zones) <= set(zone_countries())
    assert all(one < other for one, other in pairwise(zones))


def test_each_of_the_largest_cities_is_its_zone_with_accents_or_without():
    assert len(LARGEST) >= 300
    for _, name, zone in LARGEST:
        for typed in (name, plain_name(name)):
            fits = [choice.zone for choice in zones_matching(typed, "en-US", NOW)]
            resolved = resolve_zone(typed, "en-US", NOW)
            if name in OF_TWO_PLACES:
                assert zone in fits, name
                assert resolved is None, name
            else:
                assert resolved == zone, name


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Kinshasa", "Africa/Kinshasa"),
        ("Lubumbashi", "Africa/Lubumbashi"),
        ("Chongqing", "Asia/Shanghai"),
        ("urumqi", "Asia/Urumqi"),
        ("Surat", "Asia/Kolkata"),
        ("Chittagong", "Asia/Dhaka"),
        ("Faisalabad", "Asia/Karachi"),
        ("Mosul", "Asia/Baghdad"),
        ("basra", "Asia/Baghdad"),
        ("Mecca", "Asia/Riyadh"),
        ("Kumasi", "Africa/Accra"),
        ("Ouagadougou", "Africa/Ouagadougou"),
        ("Port Harcourt", "Africa/Lagos"),
        ("Medan", "Asia/Jakarta"),
        ("Makassar", "Asia/Makassar"),
        ("Haiphong", "Asia/Ho_Chi_Minh"),
        ("Da Nang", "Asia/Ho_Chi_Minh"),
        ("Phnom Penh", "Asia/Phnom_Penh"),
        ("Novosibirsk", "Asia/Novosibirsk"),
        ("Yekaterinburg", "Asia/Yekaterinburg"),
        ("Almaty", "Asia/Almaty"),
        ("Medellin", "America/Bogota"),
        ("Maracaibo", "America/Caracas"),
        ("Belem", "America/Belem"),
        ("Goiânia", "America/Sao_Paulo"),
        ("Manaus", "America/Manaus"),
        ("Monterrey", "America/Monterrey"),
        ("Ciudad Juarez", "America/Ciudad_Juarez"),
        ("Rosario", "America/Argentina/Cordoba"),
        ("Calgary", "America/Edmonton"),
        ("Indianapolis", "America/Indiana/Indianapolis"),
        ("El Paso", "America/Denver"),
        ("Gdańsk", "Europe/Warsaw"),
        ("gothenburg", "Europe/Stockholm"),
        ("Adelaide", "Australia/Adelaide"),
    ],
)
def test_a_city_that_a_person_looked_up_is_where_it_lies(typed, zone):
    assert resolve_zone(typed, "en-US", NOW) == zone


def test_a_name_is_found_by_each_of_its_words_and_by_nothing_else():
    for wanted in ("york", "new y", "s", "ka", "서"):
        expected = {
            zone
            for name, zones in all_names().items()
            for zone in zones
            if name.startswith(wanted) or f" {wanted}" in name
        }
        assert set(as_typed(wanted)) == expected


def test_the_table_is_not_read_before_somebody_types():
    code = "import bot.core.zones as index\nprint(index.cities.cache_info().currsize)"

    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert asked.stdout.strip() == "0"
