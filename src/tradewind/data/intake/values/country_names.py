"""Names of countries beyond those of the Unicode locale data: formal ones, everyday ones, their own and Chinese ones.

English formal names of the usual make ("Kingdom of Spain", "Iran, Islamic Republic of") need no line here: `plainer`
takes them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

ALIASES: Final = {
    "EIRE": "IE", "USA": "US", "U.S.A.": "US", "U.S.": "US", "America": "US",
    "United States of America": "US", "UK": "GB", "U.K.": "GB", "Great Britain": "GB", "Britain": "GB",
    "United Kingdom of Great Britain and Northern Ireland": "GB",
    "England": "GB", "Scotland": "GB", "Wales": "GB", "Northern Ireland": "GB", "RSA": "ZA", "UAE": "AE", "KSA": "SA",
    "Korea": "KR", "South Korea": "KR", "Korea South": "KR", "S. Korea": "KR", "Korea, Rep.": "KR", "ROK": "KR",
    "Korea (South)": "KR", "North Korea": "KP", "Korea North": "KP", "Korea (North)": "KP", "DPRK": "KP",
    "Democratic People's Republic of Korea": "KP",
    "Russia": "RU", "Russian Federation": "RU", "Czech Republic": "CZ", "Holland": "NL",
    "Viet Nam": "VN", "Turkey": "TR", "Turkiye": "TR", "Macedonia": "MK", "Hong Kong": "HK", "Hongkong": "HK",
    "The former Yugoslav Republic of Macedonia": "MK",
    "Hong Kong SAR": "HK", "Macau": "MO", "Macao": "MO", "Macau SAR": "MO", "Taiwan": "TW", "Taiwan, China": "TW",
    "Taiwan, Province of China": "TW", "Republic of China": "TW",
    "Mainland China": "CN", "China (Mainland)": "CN", "PRC": "CN", "P.R. China": "CN", "Ivory Coast": "CI",
    "Cape Verde": "CV", "Swaziland": "SZ", "Burma": "MM", "Slovak Republic": "SK",
    "Brunei Darussalam": "BN", "Bosnia": "BA", "Palestine": "PS", "Kosovo": "XK", "EL": "GR", "Hellenic Republic": "GR",
    "Lao People's Democratic Republic": "LA", "Lao PDR": "LA", "Syrian Arab Republic": "SY", "Holy See": "VA",
    "Vatican": "VA", "Republic of the Congo": "CG", "Republic of Congo": "CG", "Congo": "CG",
    "Democratic Republic of the Congo": "CD", "Democratic Republic of Congo": "CD", "DR Congo": "CD", "DRC": "CD",
    "French Republic": "FR", "Italian Republic": "IT", "Portuguese Republic": "PT", "Swiss Confederation": "CH",
    "Argentine Republic": "AR", "United Mexican States": "MX", "Gabonese Republic": "GA", "Togolese Republic": "TG",
    "Kyrgyz Republic": "KG", "Dominican Rep.": "DO", "Falkland Islands (Malvinas)": "FK",
    "Saint Martin (French part)": "MF", "Sint Maarten (Dutch part)": "SX", "East Timor": "TL",
    "Brasil": "BR", "España": "ES", "Deutschland": "DE", "Italia": "IT", "Polska": "PL", "Schweiz": "CH",
    "Österreich": "AT", "México": "MX", "Россия": "RU", "Беларусь": "BY", "Казахстан": "KZ", "Україна": "UA",
    "日本国": "JP", "대한민국": "KR", "한국": "KR",
    "香港": "HK", "澳门": "MO", "台湾": "TW", "中国台湾": "TW", "中国大陆": "CN", "中国内地": "CN", "大陆": "CN",
    "中华人民共和国": "CN", "中國": "CN", "韩国": "KR", "南韩": "KR", "大韩民国": "KR", "韓國": "KR", "大韓民國": "KR",
    "朝鲜": "KP", "北朝鲜": "KP", "朝鲜民主主义人民共和国": "KP", "英國": "GB", "联合王国": "GB", "大不列颠": "GB",
    "大不列颠及北爱尔兰联合王国": "GB", "英格兰": "GB", "苏格兰": "GB", "威尔士": "GB", "北爱尔兰": "GB",
    "美国": "US", "美國": "US", "美利坚合众国": "US", "法兰西共和国": "FR", "法國": "FR", "德意志联邦共和国": "DE",
    "德國": "DE", "意大利共和国": "IT", "西班牙王国": "ES", "葡萄牙共和国": "PT", "荷兰王国": "NL", "比利时王国": "BE",
    "波兰共和国": "PL", "捷克共和国": "CZ", "斯洛伐克共和国": "SK", "希腊共和国": "GR", "奥地利共和国": "AT",
    "瑞士联邦": "CH", "瑞典王国": "SE", "挪威王国": "NO", "丹麦王国": "DK", "芬兰共和国": "FI", "爱尔兰共和国": "IE",
    "俄国": "RU", "俄罗斯联邦": "RU", "白俄罗斯共和国": "BY", "哈萨克斯坦共和国": "KZ", "土耳其共和国": "TR",
    "沙特": "SA", "沙特阿拉伯王国": "SA", "阿联酋": "AE", "以色列国": "IL", "科威特国": "KW", "卡塔尔国": "QA",
    "巴西联邦共和国": "BR", "墨西哥合众国": "MX", "智利共和国": "CL", "秘鲁共和国": "PE", "哥伦比亚共和国": "CO",
    "阿根廷共和国": "AR", "澳大利亚联邦": "AU", "澳洲": "AU", "纽西兰": "NZ", "印度共和国": "IN",
    "印度尼西亚共和国": "ID", "印尼": "ID", "泰王国": "TH", "越南社会主义共和国": "VN", "菲律宾共和国": "PH",
    "新加坡共和国": "SG", "南非共和国": "ZA", "埃及": "EG", "阿拉伯埃及共和国": "EG", "蒙古国": "MN",
}  # fmt: skip

_MAKE = (
    r"federal|federative|federated|democratic|socialist|people'?s|islamic|bolivarian|plurinational|united|arab|"
    r"hashemite|eastern|co-?operative|independent|oriental|hellenic"
)
_FORM = r"republic|rep\.?|kingdom|states?|principality|grand duchy|sultanate|commonwealth|union|nation"
_FORMAL = re.compile(rf"^(?:(?:{_MAKE}) )*(?:{_FORM}) of (?:the )?", re.IGNORECASE)

_PLATFORM = (
    r"amazon|ebay|shopee|lazada|aliexpress|temu|tik ?tok(?: shop)?|etsy|walmart|allegro|ozon|shein|mercado ?li[bv]re|"
    r"亚马逊|速卖通|虾皮|来赞达|沃尔玛|美客多"
)
_DOMAIN = re.compile(rf"^(?:https?://)?(?:www\.)?(?:{_PLATFORM})\.(?:com?\.)?([a-z]{{2}})/?$", re.IGNORECASE)
_HOME_DOMAIN = re.compile(r"^(?:https?://)?(?:www\.)?(?:amazon|ebay|walmart)\.com/?$", re.IGNORECASE)
_SITE = re.compile(
    rf"^(?:(?:{_PLATFORM})[ \-_:：]*)?(.+?)[ \-_]*(?:站点?|市场|\bsite|\bmarketplace|\bstore)$", re.IGNORECASE
)
_BEFORE = re.compile(
    rf"^(?:{_PLATFORM})[ \-_:：]+(.+)$|^(?:亚马逊|速卖通|虾皮|来赞达|沃尔玛|美客多)(.+)$", re.IGNORECASE
)
_TWICE = re.compile(r"^(.+?) ?[-–/|·,，] ?(.+)$")


def of_site(name: str) -> Iterator[tuple[str, str | None]]:
    """The country in the name of a platform's site: "西班牙站", "amazon.co.uk", "ES site", and in one said twice.

    >>> [form for form, _ in of_site("亚马逊西班牙站")][0], [form for form, _ in of_site("Amazon.com.mx")]
    ('西班牙', ['mx'])
    """
    if domain := _DOMAIN.match(name):
        yield domain[1], None
    if _HOME_DOMAIN.match(name):
        yield "US", None
    if site := _SITE.match(name):
        yield site[1], None
    if before := _BEFORE.match(name):
        yield before[1] or before[2], None
    if twice := _TWICE.match(name):
        yield twice[1], twice[2]


def plainer(name: str) -> Iterator[tuple[str, str | None]]:
    """Simpler forms of an English name to look up in turn, each with another name that must mean the same country.

    "Iran, Islamic Republic of" -> "Islamic Republic of Iran" -> "Iran"; "United Kingdom (UK)" -> "United Kingdom",
    if "UK" is the same.

    >>> [form for form, _ in plainer("Iran, Islamic Republic of")]
    ['Iran, Islamic Republic of', 'Islamic Republic of Iran', 'Iran']
    """
    yield name, None
    if bracketed := re.fullmatch(r"(.+?)\s*[(（](.+)[)）]", name):
        yield bracketed[1], bracketed[2]
    comma = re.sub(r" ?[(（](.+ of(?: the)?)[)）]$", r", \1", name)
    turned = re.sub(r"^(.+?), (.+)$", r"\2 \1", comma)
    if turned != name:
        yield turned, None
    bare = re.sub(r"^the ", "", turned.strip(), flags=re.IGNORECASE)
    if bare != turned:
        yield bare, None
    if (core := _FORMAL.sub("", bare)) != bare:
        yield core, None
