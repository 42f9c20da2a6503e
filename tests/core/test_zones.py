from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from discord import Locale
from hypothesis import given
from hypothesis import strategies as st

from bot.core.zones import ZoneChoice, other_names, resolve_zone, zones_matching, zones_offered

WINTER = datetime(2026, 2, 10, 0, 14, tzinfo=UTC)
OTHER_NAMES = other_names()
SUMMER = datetime(2026, 7, 10, 0, 14, tzinfo=UTC)
ALL = [choice.zone for choice in zones_matching("", "en-US", WINTER, limit=1000)]


def found(query: str, locale: str = "en-US", now: datetime = WINTER) -> list[str]:
    return [choice.zone for choice in zones_matching(query, locale, now)]


def resolved(text: str, locale: str = "en-US", now: datetime = WINTER) -> str | None:
    return resolve_zone(text, locale, now)


def means(typed_for):
    """Try each text that is typed for a zone."""
    pairs = [(typed, zone) for zone, all_typed in typed_for.items() for typed in all_typed]
    return pytest.mark.parametrize(("query", "zone"), pairs)


def test_a_choice_shows_the_offset_and_the_time_there():
    assert zones_matching("seoul", "en-US", WINTER) == [
        ZoneChoice("Asia/Seoul", "Asia/Seoul (UTC+09:00, 🕒 09:14)")
    ]
    assert zones_matching("st johns", "en-US", WINTER) == [
        ZoneChoice("America/St_Johns", "America/St_Johns (UTC-03:30, 🕒 20:44)")
    ]


def test_the_label_follows_daylight_saving():
    assert zones_matching("new york", "en-US", SUMMER)[0].label == (
        "America/New_York (UTC-04:00, 🕒 20:14)"
    )


@means(
    {
        "Asia/Seoul": ["seoul", "Asia/Seoul", "asia seoul", "서울", "busan"],
        "America/New_York": ["  NEW   york ", "new_york", "뉴욕", "boston"],
        "Asia/Kathmandu": ["kathmandu"],
        "America/Sao_Paulo": ["sao paulo", "São Paulo"],
        "America/St_Johns": ["st johns", "Saint John's"],
        "America/Argentina/Buenos_Aires": ["buenos aires"],
        "Etc/UTC": ["utc"],
        "Europe/Kyiv": ["kiev"],
        "Asia/Kolkata": ["calcutta", "mumbai", "delhi", "bangalore", "दिल्ली", "Nagpur"],
        "America/Los_Angeles": ["US/Pacific", "san francisco", "seattle"],
        "Asia/Tokyo": ["도쿄", "東京", "osaka"],
        "Europe/London": ["런던", "ロンドン", "London"],
        "Europe/Paris": ["파리"],
        "Europe/Berlin": ["베를린", "München", "Muenchen", "munchen"],
        "Europe/Vienna": ["Wien"],
        "Europe/Moscow": ["Moskau"],
        "Europe/Copenhagen": ["København", "kobenhavn"],
        "Europe/Warsaw": ["Łódź"],
        "Europe/Istanbul": ["ıstanbul", "İzmir", "Bursa"],
        "Asia/Shanghai": ["beijing", "shenzhen"],
        "Africa/Cairo": ["Giza"],
        "Europe/Rome": ["milan"],
    }
)
def test_a_whole_name_of_a_city_is_its_zone(query, zone):
    assert found(query)[0] == zone
    assert resolved(query) == zone


@means(
    {
        "Asia/Tokyo": ["japan", "jp"],
        "Asia/Seoul": ["south korea", "Korea (South)", "korea", "대한민국"],
        "Europe/London": ["uk", "gb"],
        "Europe/Berlin": ["Deutschland"],
        "Europe/Oslo": ["norway"],
        "Europe/Istanbul": ["Türkiye"],
        "Africa/Abidjan": ["Côte d’Ivoire"],
        "America/Port_of_Spain": ["trinidad and tobago"],
        "Asia/Yangon": ["burma"],
    }
)
def test_a_country_with_one_clock_is_its_zone(query, zone):
    assert found(query)[0] == zone
    assert resolved(query) == zone


def test_a_country_with_several_clocks_lists_them():
    assert found("united states")[:4] == [
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Los_Angeles",
    ]
    assert resolved("united states") is None
    assert {"Europe/Lisbon", "Atlantic/Azores", "Atlantic/Madeira"} <= set(found("portugal"))
    assert resolved("portugal") is None


def test_two_zones_of_a_country_with_the_same_clock_are_one():
    assert found("germany")[:2] == ["Europe/Berlin", "Europe/Busingen"]
    assert resolved("germany") == "Europe/Berlin"


def test_zones_that_agree_only_until_the_clocks_change_are_two():
    assert {"America/Denver", "America/Phoenix"} <= set(found("mst"))
    assert resolved("mst") is None


@pytest.mark.parametrize(
    ("query", "zones"),
    [
        ("san jose", {"America/Los_Angeles", "America/Costa_Rica"}),
        ("georgia", {"America/New_York", "Asia/Tbilisi"}),
        ("la", {"America/Los_Angeles", "Asia/Vientiane"}),
        ("barcelona", {"Europe/Madrid", "America/Caracas"}),
        ("Hyderabad", {"Asia/Kolkata", "Asia/Karachi"}),
        ("cordoba", {"Europe/Madrid", "America/Argentina/Cordoba"}),
    ],
)
def test_a_name_of_two_places_is_left_to_choose(query, zones):
    assert zones <= set(found(query))
    assert resolved(query) is None


@pytest.mark.parametrize(
    "query",
    ["utc+9", "UTC +09:00", "gmt+9", "+9", "+0900", "＋９", "UTC9", "+9h", "Etc/GMT-9", "GMT+9 ()"],
)
def test_an_offset_lists_the_zones_that_have_it_now(query):
    assert found(query, "ko")[:2] == ["Asia/Seoul", "Asia/Tokyo"]
    assert "Asia/Shanghai" not in found(query)
    assert resolved(query) is None


@pytest.mark.parametrize(
    ("query", "zone"),
    [
        ("+05:45", "Asia/Kathmandu"),
        ("utc+5:45", "Asia/Kathmandu"),
        ("-330", "America/St_Johns"),
        ("utc−3.5", "America/St_Johns"),
    ],
)
def test_an_offset_that_one_zone_has_is_that_zone(query, zone):
    assert found(query) == [zone]
    assert resolved(query) == zone


def test_an_offset_means_what_clocks_show_at_that_time_of_the_year():
    assert "America/New_York" in found("gmt-5", now=WINTER)
    assert "America/New_York" not in found("gmt-5", now=SUMMER)
    assert "America/New_York" in found("gmt-4", now=SUMMER)


@pytest.mark.parametrize("minus", "-\u2010\u2011\u2012\u2013\u2014\u2212\uff0d")
def test_a_negative_offset_lists_the_west_whatever_its_minus(minus):
    assert found(f"gmt{minus}3", "pt-BR")[0] == "America/Sao_Paulo"


@means(
    {
        "Asia/Seoul": [
            "GMT+9 (Seoul)",
            "(GMT+09:00) Korean Standard Time - Seoul",
            "KST (UTC+9)",
            "KST+9",
            "Asia/Seoul (UTC+09:00, 🕒 09:14)",
        ],
        "Asia/Tokyo": ["(UTC+09:00) Osaka, Sapporo, Tokyo"],
        "Asia/Shanghai": ["CST (UTC+8)"],
        "America/New_York": ["(GMT-05:00) New York", "(UTC-05:00) Eastern Time (US & Canada)"],
        "Europe/Berlin": ["(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"],
    }
)
def test_an_offset_beside_a_name_only_helps_to_tell_which_is_meant(query, zone):
    assert resolved(query) == zone


def test_in_summer_the_name_beside_a_winters_offset_is_right():
    assert resolved("(GMT-05:00) New York", now=SUMMER) == "America/New_York"
    assert found("GMT+9 (xqzv)", "ko") == found("GMT+9", "ko")


@means(
    {
        "Asia/Seoul": ["Korea Standard Time", "Seoul time", "한국 시간", "한국시간", "한국 표준시"],
        "Europe/Berlin": [
            "W. Europe Standard Time",
            "Central European Summer Time",
            "CET/CEST",
            "time in Berlin",
            "MEZ",
            "deutsche Zeit",
        ],
        "Europe/Paris": ["Romance Daylight Time", "heure de Paris"],
        "America/Los_Angeles": ["Pacific Standard Time"],
        "America/Tijuana": ["Pacific Standard Time (Mexico)", "Pacific Daylight Time (Mexico)"],
        "America/Phoenix": ["US Mountain Standard Time"],
        "Europe/Samara": ["Russia Time Zone 3"],
        "Asia/Bangkok": ["SE Asia Standard Time"],
        "Asia/Shanghai": ["China Standard Time", "北京时间"],
        "America/New_York": ["Eastern Time", "EST5EDT"],
        "Asia/Tokyo": ["日本時間"],
        "Europe/Moscow": ["московское время"],
        "Europe/Madrid": ["hora de Madrid"],
    }
)
def test_a_time_by_its_name_is_its_zone(query, zone):
    assert resolved(query) == zone


def test_an_offset_that_nobody_has_finds_nothing():
    assert found("utc+3:17") == []
    assert resolved("utc+3:17") is None


@pytest.mark.parametrize(
    ("query", "zones"),
    [
        ("KST", {"Asia/Seoul"}),
        ("CET", {"Europe/Berlin", "Europe/Paris", "Africa/Tunis"}),
        ("pst", {"America/Los_Angeles", "Asia/Manila"}),
        ("CST", {"America/Chicago", "Asia/Shanghai"}),
        ("IST", {"Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"}),
        ("bst", {"Europe/London", "Asia/Dhaka"}),
    ],
)
def test_a_short_name_lists_all_that_it_means(query, zones):
    assert zones <= set(found(query))
    assert (resolved(query) is None) == (len(zones) > 1)


def test_a_short_name_of_many_zones_begins_with_the_servers_own():
    assert found("cet", "de")[:2] == ["Europe/Berlin", "Europe/Vienna"]
    assert found("cet", "pl")[0] == "Europe/Warsaw"
    assert resolved("mez", "fr") == "Europe/Paris"


@pytest.mark.parametrize(
    ("query", "zone"),
    [
        ("seol", "Asia/Seoul"),
        ("berln", "Europe/Berlin"),
        ("tokoy", "Asia/Tokyo"),
        ("new yrok", "America/New_York"),
        ("san fransico", "America/Los_Angeles"),
        ("kathmandoo", "Asia/Kathmandu"),
        ("germny", "Europe/Berlin"),
    ],
)
def test_a_typo_is_understood_but_never_taken_for_clear(query, zone):
    assert found(query)[0] == zone
    assert resolved(query) is None


@pytest.mark.parametrize("typed", ["my time", "My timezone", "my local time", "in my time"])
def test_a_readers_own_time_is_not_malaysias(typed):
    assert resolved(typed) is None
    assert resolved("my") == "Asia/Kuala_Lumpur"


def test_what_is_much_farther_off_than_the_nearest_name_is_left_out():
    assert found("melborne") == ["Australia/Melbourne"]
    assert found("cracao") == ["America/Curacao"]
    assert found("porland")[:2] == ["America/New_York", "America/Los_Angeles"]


def test_what_is_like_nothing_finds_nothing():
    for nonsense in ("xyzzy", "-", "?!", "1234567", "q" * 4000, "a," * 3000):
        assert found(nonsense) == []
        assert resolved(nonsense) is None


def test_the_beginning_of_a_name_is_enough_to_find_it_but_not_to_settle_it():
    assert found("new yo") == ["America/New_York"]
    assert resolved("new yo") is None


def test_a_whole_name_comes_before_a_beginning_and_that_before_a_middle():
    assert found("mos")[0] == "Europe/Moscow"
    assert "America/New_York" in found("york")
    assert {"Australia/Melbourne", "America/Vancouver"} < set(found("victoria")[:3])
    assert found("de")[:2] == ["Europe/Berlin", "Europe/Busingen"]
    assert "America/Denver" in found("de")


def test_a_later_word_of_a_name_is_found():
    assert found("aires") == ["America/Argentina/Buenos_Aires"]
    assert found("eastern")[:2] == ["America/New_York", "America/Toronto"]


@means(
    {
        "Asia/Seoul": ["Seoul, KR", "Seoul – Korea", "서울 대한민국"],
        "Europe/Paris": ["Paris France"],
        "America/Toronto": ["London, Canada", "London Ontario"],
        "Asia/Karachi": ["Hyderabad (Pakistan)"],
        "America/Argentina/Cordoba": ["Cordoba Argentina"],
        "America/New_York": ["Portland, Maine"],
        "America/Los_Angeles": ["Portland, OR", "San Jose, CA"],
        "America/Costa_Rica": ["San José, Costa Rica"],
        "Europe/Berlin": ["Heilbronn, Germany"],
    }
)
def test_the_country_or_state_beside_a_city_tells_which_is_meant(query, zone):
    assert found(query)[0] == zone
    assert resolved(query) == zone


def test_what_is_known_of_a_city_and_its_state_is_offered_where_they_do_not_agree():
    assert set(found("Naples, Florida")) == {"Europe/Rome", "America/New_York", "America/Chicago"}
    assert resolved("Naples, Florida") is None
    assert found("Springfield, Illinois") == ["America/Chicago"]
    assert resolved("Springfield, Illinois") is None


@pytest.mark.parametrize(
    ("locale", "first"),
    [
        ("ko", ["Asia/Seoul"]),
        ("ja", ["Asia/Tokyo"]),
        ("de", ["Europe/Berlin"]),
        ("pt-BR", ["America/Sao_Paulo"]),
        ("en-US", ["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"]),
        ("en-GB", ["Europe/London"]),
        ("es-ES", ["Europe/Madrid"]),
        ("es-419", ["America/Mexico_City"]),
        ("sv-SE", ["Europe/Stockholm"]),
        ("zh-TW", ["Asia/Taipei"]),
        ("zh-CN", ["Asia/Shanghai"]),
        ("xx", ["America/New_York", "America/Los_Angeles"]),
    ],
)
def test_an_empty_query_begins_with_the_servers_own_zones(locale, first):
    choices = found("", locale)

    assert choices[: len(first)] == first
    assert len(choices) == len(set(choices)) == 25
    assert "Etc/UTC" in choices
    assert found("   ", locale) == choices
    assert resolved("", locale) is None


@pytest.mark.parametrize("locale", [locale.value for locale in Locale])
def test_every_locale_of_discord_has_zones_of_its_own(locale):
    own = OTHER_NAMES["locales"].get(locale) or OTHER_NAMES["locales"][locale.partition("-")[0]]

    assert found("", locale)[0] == own.split()[0]


def test_every_zone_of_the_tables_can_be_chosen():
    tables = [
        *OTHER_NAMES["locales"].values(),
        *OTHER_NAMES["abbreviations"].values(),
        *OTHER_NAMES["cities"],
        OTHER_NAMES["popular"],
    ]
    tables += [*OTHER_NAMES["standard_times"], *OTHER_NAMES["states"]]

    assert {zone for zones in tables for zone in zones.split()} <= set(ALL)


def test_every_name_of_the_tables_finds_its_zone_first_or_is_left_to_choose():
    for zone, names in OTHER_NAMES["cities"].items():
        for name in names.split(","):
            assert zone in found(name), name
    for code, names in OTHER_NAMES["countries"].items():
        for name in names.split(","):
            assert found(name)[0] in found(code), name


def test_every_zone_can_be_loaded_and_is_found_by_its_own_name():
    assert len(ALL) > 400
    for zone in ALL:
        assert ZoneInfo(zone).key == zone
        assert resolved(zone) == zone
        assert resolved(zone.lower().replace("_", " ")) == zone


def test_only_present_names_are_offered():
    odd = ("posix/", "right/", "SystemV/", "US/", "Etc/GMT")

    assert "Etc/UTC" in ALL
    assert not [zone for zone in ALL if zone.startswith(odd) or "/" not in zone]
    assert {"Europe/Kiev", "Asia/Calcutta", "America/Buenos_Aires"}.isdisjoint(ALL)


def test_something_is_always_offered():
    for typed in ("xqzv", "", "utc+3:17"):
        choices, fits = zones_offered(typed, "ko", WINTER)
        assert [choice.zone for choice in choices] == found("", "ko")
        assert not fits
    seoul = zones_matching("seoul", "ko", WINTER)
    assert zones_offered("seol", "ko", WINTER) == (seoul, True)


def test_no_more_are_returned_than_asked_for():
    assert len(found("america")) == 25
    assert len(zones_matching("america", "en-US", WINTER, limit=3)) == 3


texts = st.text(max_size=40) | st.sampled_from(ALL).map(lambda zone: zone[3:-1])


@given(texts, st.sampled_from(sorted(OTHER_NAMES["locales"])))
def test_whatever_is_typed_gives_choices_that_discord_can_show(text, locale):
    choices = zones_matching(text, locale, WINTER)

    assert len(choices) <= 25
    assert len({choice.zone for choice in choices}) == len(choices)
    assert all(choice.zone in ALL and 1 <= len(choice.label) <= 100 for choice in choices)


@given(texts, st.sampled_from(sorted(OTHER_NAMES["locales"])))
def test_what_is_clear_is_also_the_first_choice(text, locale):
    clear = resolve_zone(text, locale, WINTER)

    assert clear is None or clear == zones_matching(text, locale, WINTER)[0].zone
