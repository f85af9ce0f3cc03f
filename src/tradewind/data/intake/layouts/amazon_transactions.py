"""Amazon's date range report of payments (monthly unified transactions): a row a transaction, a column a kind of money.

One layout for the languages of ten marketplaces; headings of the older report (25 columns) and the newer one (29 and
more) are both here. Decisions, each with a test:
- every amount of a row becomes a settlement of its own, signed as Amazon has it (positive to the seller);
- a transfer takes what was paid out off the balance, so it is negative; as a payout it is positive;
- the currency stands in no column: it is that of the marketplace, of a row that names none (a transfer, a fee for the
  shop) that of its statement, else the file's only one;
- a report cuts statements at the ends of its range, so what it replaces is a statement's day
  (`23000000001/2026-01-01`), as the marketplace's own clock has it: reports whose ranges touch or overlap fit together.
  The settlement report (V2) of the same time holds the same money under the statement's own number: take one of both;
- a transaction that is deferred is pending.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.data.intake.amazon import (
    ENCODINGS,
    SHOP,
    channel_currency,
    channel_market,
    fee_kind,
    order_of,
    shipment_of,
)
from tradewind.data.intake.fields import code, moment, money, text
from tradewind.data.intake.layout import Feed, Layout, Note, Output, Variant

_AMOUNTS: Final = {
    "product sales": (
        "sale", "product sales", "Umsätze", "Produktverkäufe", "ventes de produits", "Vendite", "Vendite prodotti",
        "Vendite di prodotti", "ventas de productos", "verkoop van producten", "productverkoop",
        "försäljning av produkter", "sprzedaż produktów", "商品売上",
    ),
    "product sales tax": (
        "tax", "product sales tax", "Produktumsatzsteuer", "Umsatzsteuer auf Produktverkäufe",
        "Taxes sur la vente des produits", "imposta sulle vendite dei prodotti", "imposte vendita prodotti",
        "impuesto de ventas de productos", "商品の売上税",
    ),
    "shipping credits": (
        "shipping_income", "shipping credits", "postage credits", "Gutschrift für Versandkosten",
        "Gutschriften für Versandkosten", "crédits d'expédition", "Accrediti per le spedizioni", "accrediti spedizione",
        "abonos de envío", "créditos de envío", "Verzendtegoeden", "verzendtegoed", "fraktkrediter",
        "noty kredytowe za wysyłkę", "配送料",
    ),
    "shipping credits tax": (
        "tax", "shipping credits tax", "Steuer auf Versandgutschrift", "taxe sur les crédits d'expédition",
        "imposta accrediti per le spedizioni", "impuestos por abonos de envío", "impuesto de abono de envío",
        "配送料の税金",
    ),
    "gift wrap credits": (
        "sale", "gift wrap credits", "giftwrap credits", "Gutschrift für Geschenkverpackung",
        "Gutschriften für Geschenkverpackung", "crédits sur l'emballage cadeau", "crédits d'emballage-cadeau",
        "Accrediti per confezioni regalo", "accrediti confezione regalo", "abonos de envoltorio para regalo",
        "créditos por envoltorio de regalo", "kredietpunten cadeauverpakking", "cadeauverpakking tegoed",
        "krediter för presentinslagning", "środki na pokrycie pakowania na prezent", "ギフト包装手数料",
    ),
    "gift wrap credits tax": (
        "tax", "giftwrap credits tax", "gift wrap credits tax", "Steuer auf Geschenkverpackungsgutschriften",
        "Taxes sur les crédits cadeaux", "imposta sui crediti confezione regalo",
        "impuestos por abonos de envoltorio para regalo", "impuesto de créditos de envoltura",
        "ギフト包装クレジットの税金",
    ),
    "regulatory fee": ("tax", "regulatory fee", "Tarifa reglamentaria"),
    "tax on regulatory fee": ("tax", "tax on regulatory fee", "Impuesto sobre tarifa reglamentaria"),
    "promotional rebates": (
        "sale", "promotional rebates", "Rabatte aus Werbeaktionen", "Aktionsrabatte", "Rabais promotionnels",
        "Total des réductions", "Sconti promozionali", "devoluciones promocionales", "descuentos promocionales",
        "rebajas promocionales", "promotiekortingen", "kampanjrabatter", "rabaty promocyjne", "プロモーション割引額",
    ),
    "promotional rebates tax": (
        "tax", "promotional rebates tax", "Steuer auf Aktionsrabatte", "Taxes sur les remises promotionnelles",
        "imposta sugli sconti promozionali", "impuestos de descuentos por promociones",
        "impuesto de reembolsos promocionales", "プロモーション割引の税金",
    ),
    "cost of points": ("sale", "Amazonポイントの費用"),
    "sales tax collected": (
        "tax", "sales tax collected", "taxe de ventes prélevée", "geïnde omzetbelasting", "Inkasserad moms",
        "pobrany podatek od sprzedaży",
    ),
    "marketplace withheld tax": (
        "tax", "marketplace withheld tax", "marketplace facilitator tax", "Einbehaltene Steuer auf Marketplace",
        "Taxes retenues sur le site de vente", "Taxe Marketplace Facilitator", "trattenuta IVA del marketplace",
        "impuesto retenido en el sitio web", "impuesto de retenciones en la plataforma",
        "Belasting voor marketplace-facilitator", "Skatt för marknadsplatsförmedlare",
        "podatek od transakcji marketplace facilitator", "源泉徴収税を伴うマーケットプレイス",
    ),
    "selling fees": (
        "commission", "selling fees", "Verkaufsgebühren", "frais de vente", "Commissioni di vendita",
        "tarifas de venta", "verkoopkosten", "försäljningsavgifter", "opłaty za sprzedaż", "手数料",
    ),
    "fba fees": (
        "operation_fee", "fba fees", "Gebühren zu Versand durch Amazon", "Versand durch Amazon Gebühren",
        "Frais Expédié par Amazon", "Frais pour le service Expédié par Amazon",
        "Costi del servizio Logistica di Amazon", "Tariffe Logistica di Amazon", "tarifas de Logística de Amazon",
        "tarifas FBA", "fba-vergoedingen", "FBA-kosten", "FBA-avgifter", "opłaty za FBA", "FBA 手数料",
    ),
    "other transaction fees": (
        "other", "other transaction fees", "Andere Transaktionsgebühren", "autres frais de transaction",
        "Altri costi relativi alle transazioni", "tarifas de otras transacciones", "tarifas de otra transacción",
        "overige transactiekosten", "övriga transaktionsavgifter", "inne opłaty transakcyjne",
        "トランザクションに関するその他の手数料",
    ),
    "other": (
        "other", "other", "Andere", "autre", "autres", "altro", "otro", "overige", "overig", "övrigt", "inne", "その他",
    ),
}  # fmt: skip
"""Column of money -> its kind, then every heading seen for it. `other` is told by the words, where nothing was sold."""

_PRICES: Final = ("product sales", "shipping credits", "gift wrap credits", "promotional rebates", "cost of points")
_NEEDED: Final = ("product sales", "selling fees", "fba fees")
_GIVEN_BACK: Final = (
    r"refund|chargeback|a-to-z|retrocharge|erstattung|wiedereinzug|remboursement|rimborso|reembolso|terugbetaling"
    r"|återbetalning|zwrot|返金"
)
_SOLD: Final = r"^(order|bestellung|commande|ordine|pedido|bestelling|beställning|zamówienie|注文)$"
_TRANSFER: Final = (
    r"^(transfer|übertrag|transfert|trasferimento|transferir|transferencia|overboeking|overdracht|överföring|przelew"
    r"|振込み?|振り込み)$"
)
_SETTLED: Final = ("released", "freigegeben", "libérée", "liberada", "rilasciata", "vrijgegeven", "frisläppt")
_PENDING: Final = ("deferred", "zurückgestellt", "différée", "diferida", "aplazada", "differita", "uitgesteld")
_ZONES: Final = {
    "US": "America/Los_Angeles", "CA": "America/Los_Angeles", "MX": "America/Los_Angeles", "JP": "Asia/Tokyo",
    "AU": "Australia/Sydney",
}  # fmt: skip
"""The clock a marketplace's report is cut by; Europe's is UTC."""

_type = pl.col("transaction").str.to_lowercase()
_is_transfer = _type.str.contains(_TRANSFER).fill_null(False)
_is_back = _type.str.contains(_GIVEN_BACK).fill_null(False)
_is_trade = (_is_back | _type.str.contains(_SOLD)).fill_null(False)
_wording = pl.concat_str("transaction", pl.when(~_is_trade).then("description"), separator=" / ", ignore_nulls=True)
_state = pl.col("state").str.to_lowercase()


def _of_statement(own: pl.Expr) -> pl.Expr:
    """What a row's marketplace says, else what its statement's other rows say."""
    return pl.coalesce(own, own.drop_nulls().first().over("settlement_id"))


_market = _of_statement(channel_market("marketplace"))
_own_currency = channel_currency("marketplace")
_currencies = _own_currency.drop_nulls().unique()
_currency = pl.coalesce(_of_statement(_own_currency), pl.when(_currencies.len() == 1).then(_currencies.sort().first()))


def _day() -> pl.Expr:
    """The day of the marketplace's own clock that a row belongs to."""
    days = [
        pl.when(_market == market).then(pl.col("settled_at").dt.convert_time_zone(zone).dt.date())
        for market, zone in _ZONES.items()
    ]
    return pl.coalesce(*days, pl.col("settled_at").dt.date())


def _amount(name: str, kind: str) -> Variant:
    said: pl.Expr = pl.lit(kind)
    if name in _PRICES:
        said = pl.when(_is_back).then(pl.lit("refund")).otherwise(said)
    elif name in ("other", "other transaction fees"):
        said = pl.when(_is_trade).then(said).otherwise(pl.coalesce(fee_kind(_wording), said))
    words = pl.concat_str(_wording, pl.lit(name), shipment_of("order_id"), separator=" / ", ignore_nulls=True)
    return Variant({"kind": said, "amount": pl.col(name), "description": words}, ~_is_transfer & (pl.col(name) != 0))


_sum = pl.sum_horizontal(pl.col(name).fill_null(0.0) for name in _AMOUNTS)

TRANSACTIONS = Feed(
    "transactions",
    fields=(
        moment(
            "settled_at", "date/time", "Datum/Uhrzeit", "Datum/Zeit", "date/heure", "Data/Ora:", "fecha y hora",
            "fecha/hora", "datum/tijd", "datum/tid", "data/godzina", "日付/時間", "日付/時刻",
        ),
        code(
            "settlement_id", "settlement id", "Abrechnungsnummer", "numéro de versement", "Identifiant du paiement",
            "Numero pagamento", "identificador de pago", "Id. de liquidación", "schikkings-ID", "reglerings-id",
            "identyfikator rozliczenia", "決済番号",
        ),
        text("transaction", "type", "Typ", "tipo", "トランザクションの種類", required=True),
        code(
            "order_id", "order id", "Bestellnummer", "numéro de la commande", "Numero ordine", "número de pedido",
            "Id. del pedido", "bestelnummer", "beställnings-id", "identyfikator zamówienia", "注文番号",
        ),
        code("sku", "sku"),
        text(
            "description", "description", "Beschreibung", "Descrizione", "descripción", "beschrijving", "beskrivning",
            "opis", "説明",
        ),
        text(
            "marketplace", "marketplace", "site de vente", "web de Amazon", "rynek", "marknadsplats",
            "Amazon 出品サービス",
        ),
        *(money(name, *headings, required=name in _NEEDED) for name, (_, *headings) in _AMOUNTS.items()),
        money("total", "total", "Gesamt", "Summe", "totale", "totaal", "totalt", "suma", "合計"),
        text(
            "state", "transaction status", "Transaktionsstatus", "Statut de la transaction",
            "Stato della transazione", "Estado de la transacción", "Transactiestatus", "status transakcji",
        ),
    ),
    group=("settlement_id",),
    repeats=True,
    notes=(
        Note("row_differs_from_total", (_sum - pl.col("total")).abs() > 0.005),
        Note("settlement_status_unknown", ~_state.is_in([*_SETTLED, *_PENDING])),
    ),
)  # fmt: skip

LAYOUT = Layout(
    name="amazon-transactions",
    feeds=(TRANSACTIONS,),
    outputs=(
        Output(
            "settlements",
            "transactions",
            columns={
                **SHOP,
                "settlement_id": pl.concat_str("settlement_id", pl.lit("/"), _day().cast(pl.String)),
                "order_id": order_of("order_id"),
                "market": _market,
                "currency": _currency,
                "status": pl.when(_state.is_null() | _state.is_in(_SETTLED))
                .then(pl.lit("settled"))
                .when(_state.is_in(_PENDING))
                .then(pl.lit("pending")),
            },
            variants=(
                Variant(
                    {"kind": pl.lit("payout"), "amount": -pl.col("total"), "description": pl.col("transaction")},
                    _is_transfer & (pl.col("total") != 0),
                ),
                *(_amount(name, kind) for name, (kind, *_) in _AMOUNTS.items()),
            ),
        ),
    ),
    encodings=ENCODINGS,
)
