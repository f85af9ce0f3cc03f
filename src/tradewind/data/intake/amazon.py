"""What Amazon's reports have in common: marketplaces, the words for them, and how a warehouse of theirs is named."""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.data.intake.staging import FILE

MARKETPLACES: Final = {
    "amazon.com": ("US", "USD"), "amazon.ca": ("CA", "CAD"), "amazon.com.mx": ("MX", "MXN"),
    "amazon.com.br": ("BR", "BRL"), "amazon.co.uk": ("GB", "GBP"), "amazon.de": ("DE", "EUR"),
    "amazon.fr": ("FR", "EUR"), "amazon.it": ("IT", "EUR"), "amazon.es": ("ES", "EUR"), "amazon.nl": ("NL", "EUR"),
    "amazon.com.be": ("BE", "EUR"), "amazon.ie": ("IE", "EUR"), "amazon.se": ("SE", "SEK"), "amazon.pl": ("PL", "PLN"),
    "amazon.com.tr": ("TR", "TRY"), "amazon.ae": ("AE", "AED"), "amazon.sa": ("SA", "SAR"), "amazon.eg": ("EG", "EGP"),
    "amazon.in": ("IN", "INR"), "amazon.co.jp": ("JP", "JPY"), "amazon.jp": ("JP", "JPY"),
    "amazon.com.au": ("AU", "AUD"), "amazon.sg": ("SG", "SGD"), "amazon.co.za": ("ZA", "ZAR"),
}  # fmt: skip
"""Sales channel or marketplace name -> its country and currency."""

ENCODINGS: Final = ("shift_jis", "cp1252", "cp932")
"""Japanese reports are Shift_JIS, older European ones cp1252; all others UTF-8."""

ORDER_NUMBER: Final = r"[A-Z0-9]\d{2}-(\d{7}-\d{7}|\d{1,2})"
"""Of Amazon's orders; those of other channels begin with a letter (`S01-…`)."""

_SHIPMENT: Final = r"^(?i)FBA[0-9A-Z]{6,}$"

SHOP: Final = {"platform": pl.lit("amazon"), "shop": pl.lit("main")}


_FEE_KINDS: Final = (
    (r"reserve amount|payable to amazon|successful charge|debt ", "adjustment"),
    (r"reimbursement|warehouse_(damage|lost)|missing_from|compensated|free_replacement_refund|safe-t", "adjustment"),
    (r"cost ?of ?advertising|advertis|sponsored|lightning|deal ?fee|coupon|vine", "ads"),
    (
        r"werbekosten|publicit|pubblicit|publicidad|reklam|annons|広告|blitzangebot|vente flash|offerta lampo|flash",
        "ads",
    ),
    (r"facilitator|withheld|low ?value ?goods|\btcs|\btds|tax\b", "tax"),
    (r"storage|lagergebühr|stockage|frais de stock|stoccaggio|almacenamiento|opslag|在庫保管", "storage"),
    (r"inbound|placement", "first_leg"),
    (r"refund ?commission|commission|referral|closing ?fee", "commission"),
    (r"fba|fulfil|removal|disposal|pick ?& ?pack|weight ?(based|handling)|versand durch amazon", "operation_fee"),
    (r"shipping ?label|shippinghb|shipping ?(holdback|chargeback|services)|postage|shipment-fee", "freight"),
    (
        r"subscription|service ?fee|digital ?services|order-fee|abonnement|abbonamento|suscripción|月額登録",
        "service_fee",
    ),
    (r"servicegebühr|frais de service|di servizio|prestación de servicio|servicekosten|注文外料金", "service_fee"),
    (r"adjustment|anpassung|ajuste|modifica|aanpassing|調整", "adjustment"),
    (r"gift ?wrap ?chargeback", "other"),
)
"""In order: the first pattern found in the words beside an amount tells what it was charged for."""


def fee_kind(words: pl.Expr) -> pl.Expr:
    """The kind of settlement (`SETTLEMENT_KINDS`) that the words beside an amount name; null where none is known."""
    plain = words.str.to_lowercase()
    return pl.coalesce(*[pl.when(plain.str.contains(pattern)).then(pl.lit(kind)) for pattern, kind in _FEE_KINDS])


def order_of(column: str) -> pl.Expr:
    """The order a row of money is about: null where an FBA shipment (`FBA15ABCDEF0`) stands in its place."""
    return pl.when(~pl.col(column).str.contains(_SHIPMENT)).then(column)


def shipment_of(column: str) -> pl.Expr:
    """The FBA shipment that stands where an order would; null where it is an order."""
    return pl.when(pl.col(column).str.contains(_SHIPMENT)).then(column)


def channel_market(channel: str) -> pl.Expr:
    """The country of a marketplace's name; of "Non-Amazon DE" (sold elsewhere, sent by Amazon) the one it ends in."""
    named = {name: market for name, (market, _) in MARKETPLACES.items()}
    return pl.coalesce(_lookup(channel, named), pl.col(channel).str.extract(r"^(?i:non-amazon)\s+([A-Z]{2})$"))


def channel_currency(channel: str) -> pl.Expr:
    """The currency a marketplace sells in."""
    return _lookup(channel, {name: currency for name, (_, currency) in MARKETPLACES.items()})


def is_elsewhere(channel: str) -> pl.Expr:
    """True for orders of other shops that Amazon only sends (multi-channel fulfilment)."""
    return pl.col(channel).str.contains(r"^(?i)non-amazon").fill_null(False)


def market_of_file() -> pl.Expr:
    """The country in a file's name, `fba-de 2026-03-01.txt` -> DE: some reports have none. Null where it says none."""
    return (
        pl.col(FILE)
        .str.to_lowercase()
        .str.extract(r"(?:^|[^a-z0-9])fba[-_ ]([a-z]{2})(?:[^a-z0-9]|$)")
        .str.to_uppercase()
    )


def fba_node(market: pl.Expr) -> pl.Expr:
    """Amazon's warehouses of a country are one place: `fba-de`; `fba` where the country is not stated."""
    return pl.concat_str(pl.lit("fba"), pl.concat_str(pl.lit("-"), market.str.to_lowercase()).fill_null(""))


def _lookup(column: str, values: dict[str, str]) -> pl.Expr:
    plain = pl.col(column).str.to_lowercase().str.strip_prefix("www.")
    return plain.replace_strict(list(values), list(values.values()), default=None, return_dtype=pl.String)
