import polars as pl
import pytest

from tradewind.data.intake.values.countries import code_of, read_country


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("EIRE", "IE"), ("USA", "US"), ("UK", "GB"), ("RSA", "ZA"),
        ("United Kingdom", "GB"), ("gbr", "GB"), ("es", "ES"), ("Korea", "KR"),
        ("Hong Kong", "HK"), ("Czech Republic", "CZ"), ("巴西", "BR"), ("美国", "US"),
        ("中国香港", "HK"), ("Türkiye", "TR"), ("Turkey", "TR"), ("Côte d'Ivoire", "CI"),
        ("Russian Federation", "RU"), ("ZZ", "ZZ"), ("Untied Kingdom", None), ("EU", None),
        ("Europe", None),
        ("South Korea", "KR"), ("Korea, Republic of", "KR"), ("Korea (Republic of)", "KR"), ("大韩民国", "KR"),
        ("韩国", "KR"), ("韓國", "KR"), ("Korea, Democratic People's Republic of", "KP"), ("Korea (North)", "KP"),
        ("英国", "GB"), ("United Kingdom (GB)", "GB"), ("the United Kingdom", "GB"), ("The United States", "US"),
        ("中华人民共和国", "CN"), ("People's Republic of China", "CN"), ("China (Mainland)", "CN"),
        ("Republic of China", "TW"), ("Taiwan, Province of China", "TW"), ("中国台湾", "TW"),
        ("Iran, Islamic Republic of", "IR"), ("Tanzania, United Republic of", "TZ"), ("Kingdom of Spain", "ES"),
        ("Federal Republic of Germany", "DE"), ("Moldova, Republic of", "MD"), ("Gambia, The", "GM"),
        ("Congo, The Democratic Republic of the", "CD"), ("Virgin Islands, U.S.", "VI"), ("美國", "US"),
        ("Spain (France)", None), ("Germany, Berlin", None), ("Republic of Cats", None),
    ],
)  # fmt: skip
def test_countries_by_code_and_by_name_in_english_and_chinese(name, code):
    assert code_of(name) == code


def test_a_name_nobody_knows_is_refused_with_the_nearest_one():
    read = read_country(pl.Series(["Spain", "Germny", "Atlantis", None]), {})
    assert read.value.to_list() == ["ES", None, None, None]
    assert read.problem.to_list() == [None, "country_unknown", "country_unknown", None]
    assert read.suggestion.to_list()[1] == "DE"


def test_a_source_may_have_names_of_its_own():
    assert read_country(pl.Series(["West Indies"]), {"West Indies": "ZZ"}).value.to_list() == ["ZZ"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("西班牙站", "ES"),
        ("加拿大站点", "CA"),
        ("亚马逊德国站", "DE"),
        ("amazon.de", "DE"),
        ("Amazon.co.uk", "GB"),
        ("www.amazon.com.mx", "MX"),
        ("Amazon.com", "US"),
        ("shopee.co.id", "ID"),
        ("TikTok Shop UK", "GB"),
        ("ES site", "ES"),
        ("SG", "SG"),
        ("DE - Germany", "DE"),
        ("美国/US", "US"),
        ("欧洲站", None),
        ("US-Mexico", None),
        ("shopee.com", None),
        ("Non-Amazon", None),
        ("Guinea-Bissau", "GW"),
    ],
)
def test_a_platforms_site_is_the_country_in_its_name(name, code):
    assert code_of(name) == code
