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

SHOP: Final = {"platform": pl.lit("amazon"), "shop": pl.lit("main")}


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
