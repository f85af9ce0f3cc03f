import polars as pl
import pytest

from tests.data.intake.exports import imported
from tradewind.data.intake.layouts.amazon_transactions import TRANSACTIONS

EN = {
    "when": "date/time", "statement": "settlement id", "type": "type", "order": "order id", "sku": "sku",
    "words": "description", "site": "marketplace", "sold": "product sales", "fees": "selling fees", "fba": "fba fees",
    "other": "other", "total": "total",
}  # fmt: skip
FR = {
    "when": "date/heure", "statement": "numéro de versement", "type": "type", "order": "numéro de la commande",
    "sku": "sku", "words": "description", "site": "site de vente", "sold": "ventes de produits",
    "fees": "frais de vente", "fba": "Frais Expédié par Amazon", "other": "autre", "total": "total",
}  # fmt: skip
IT = {
    "when": "Data/Ora:", "statement": "Numero pagamento", "type": "Tipo", "order": "Numero ordine", "sku": "SKU",
    "words": "Descrizione", "site": "Marketplace", "sold": "Vendite", "fees": "Commissioni di vendita",
    "fba": "Costi del servizio Logistica di Amazon", "other": "Altro", "total": "totale",
}  # fmt: skip
ES = {
    "when": "fecha y hora", "statement": "identificador de pago", "type": "tipo", "order": "número de pedido",
    "sku": "sku", "words": "descripción", "site": "web de Amazon", "sold": "ventas de productos",
    "fees": "tarifas de venta", "fba": "tarifas de Logística de Amazon", "other": "otro", "total": "total",
}  # fmt: skip
NL = {
    "when": "datum/tijd", "statement": "schikkings-ID", "type": "type", "order": "bestelnummer", "sku": "sku",
    "words": "beschrijving", "site": "marketplace", "sold": "verkoop van producten", "fees": "verkoopkosten",
    "fba": "fba-vergoedingen", "other": "overige", "total": "totaal",
}  # fmt: skip
SE = {
    "when": "datum/tid", "statement": "reglerings-id", "type": "typ", "order": "beställnings-id", "sku": "sku",
    "words": "beskrivning", "site": "marknadsplats", "sold": "försäljning av produkter",
    "fees": "försäljningsavgifter", "fba": "fba-avgifter", "other": "Övrigt", "total": "totalt",
}  # fmt: skip
PL = {
    "when": "data/godzina", "statement": "identyfikator rozliczenia", "type": "typ",
    "order": "identyfikator zamówienia", "sku": "sku", "words": "opis", "site": "rynek", "sold": "sprzedaż produktów",
    "fees": "opłaty za sprzedaż", "fba": "opłaty za fba", "other": "inne", "total": "suma",
}  # fmt: skip
JP = {
    "when": "日付/時間", "statement": "決済番号", "type": "トランザクションの種類", "order": "注文番号", "sku": "SKU",
    "words": "説明", "site": "Amazon 出品サービス", "sold": "商品売上", "fees": "手数料", "fba": "FBA 手数料",
    "other": "その他", "total": "合計",
}  # fmt: skip
SALE = {"type": "Order", "order": "112-1-1", "sku": "LAMP", "site": "amazon.com", "sold": "20", "fees": "-3"}


def _row(head=EN, /, **cells):
    said = {"when": "2026-02-03 10:00:00", "statement": "7", "total": "17"} | cells
    return {head[name]: cell for name, cell in said.items()}


def _read(tmp_path, *rows, words=EN, name="report.csv"):
    return imported(tmp_path, list(words.values()), rows, name=name)


def _booked(made):
    return sorted(made.rows("settlements").select("kind", "amount").rows())


@pytest.mark.parametrize(
    ("words", "sale", "transfer", "site", "currency"),
    [
        (FR, "Commande", "Transfert", "amazon.fr", "EUR"),
        (IT, "Ordine", "Trasferimento", "amazon.it", "EUR"),
        (ES, "Pedido", "Transferir", "amazon.es", "EUR"),
        (NL, "Bestelling", "Overboeking", "amazon.nl", "EUR"),
        (SE, "Beställning", "Överföring", "amazon.se", "SEK"),
        (PL, "Zamówienie", "Przelew", "amazon.pl", "PLN"),
        (JP, "注文", "振込み", "amazon.jp", "JPY"),
    ],
)
def test_the_report_is_read_in_the_language_of_its_marketplace(tmp_path, words, sale, transfer, site, currency):
    sold = _row(words, **SALE | {"type": sale, "site": site})
    paid_out = _row(words, type=transfer, other="-17", total="-17")
    made = _read(tmp_path, sold, paid_out, words=words)
    assert _booked(made) == [("commission", -3.0), ("payout", 17.0), ("sale", 20.0)]
    assert made.rows("settlements")["currency"].unique().to_list() == [currency]
    assert made.notes == {}


def test_what_was_paid_out_is_a_payout_and_what_came_back_from_the_bank_takes_it_back(tmp_path):
    site = {"site": "amazon.com"}
    paid = _row(type="Transfer", other="-1,009.23", total="-1,009.23", **site)
    returned = _row(type="Transfer", other="1,009.23", total="1,009.23", **site)
    assert _booked(_read(tmp_path, paid, returned)) == [("payout", -1009.23), ("payout", 1009.23)]


def test_a_refund_gives_back_the_price_and_gets_back_the_commission(tmp_path):
    made = _read(tmp_path, _row(**SALE | {"type": "Refund", "sold": "-20", "fees": "2.4", "total": "-17.6"}))
    assert _booked(made) == [("commission", 2.4), ("refund", -20.0)]


def test_a_row_that_names_no_marketplace_takes_the_currency_of_its_statement(tmp_path):
    sold = _row(**SALE | {"site": "amazon.ca"})
    fee = _row(type="Service Fee", words="Subscription", other="-10", total="-10")
    other = _row(**SALE | {"site": "amazon.com.mx", "statement": "8"})
    made = _read(tmp_path, sold, fee, other).rows("settlements").filter(pl.col("settlement_id").str.starts_with("7/"))
    assert sorted(made.select("kind", "currency", "market").rows()) == [
        ("commission", "CAD", "CA"), ("sale", "CAD", "CA"), ("service_fee", "CAD", "CA"),
    ]  # fmt: skip


def test_a_report_that_names_no_marketplace_at_all_leaves_its_currency_to_be_told(tmp_path):
    made = _read(tmp_path, _row(type="Transfer", other="-17", total="-17"))
    assert [problem[1:] for problem in made.problems] == [("marketplace", None, "currency_missing")]


def test_a_statement_is_replaced_by_the_day_of_the_marketplaces_own_clock(tmp_path):
    evening = _row(**SALE | {"when": "2026-02-01 07:59:00"})
    morning = _row(**SALE | {"when": "2026-02-01 08:00:00"})
    made = _read(tmp_path, evening, morning).rows("settlements")
    assert sorted(made["settlement_id"].unique()) == ["7/2026-01-31", "7/2026-02-01"]


@pytest.mark.parametrize(
    ("transaction", "words", "kind"),
    [
        ("Service Fee", "Cost of Advertising", "ads"),
        ("Servicegebühr", "Werbekosten", "ads"),
        ("Frais de service", "Prix de la publicité", "ads"),
        ("注文外料金", "月額登録料", "service_fee"),
        ("FBA Inventory Fee", "FBA storage fee", "storage"),
        ("Versand durch Amazon Lagergebühr", "", "storage"),
        ("FBA Inventory Fee", "FBA Removal Order: Disposal Fee", "operation_fee"),
        ("Adjustment", "FBA Inventory Reimbursement - Lost:Warehouse", "adjustment"),
        ("Modifica", "Altro", "adjustment"),
        ("Debt", "Debt adjustment", "adjustment"),
        ("never seen", "", "other"),
    ],
)
def test_what_stands_under_other_is_what_the_words_of_the_row_say(tmp_path, transaction, words, kind):
    made = _read(tmp_path, _row(type=transaction, words=words, site="amazon.com", other="-4", total="-4"))
    assert _booked(made) == [(kind, -4.0)]


def test_the_title_of_goods_never_tells_what_an_amount_was_for(tmp_path):
    made = _read(tmp_path, _row(**SALE | {"words": "Storage box, advertised", "other": "-1", "total": "16"}))
    assert ("other", -1.0) in _booked(made)


def test_a_row_with_money_in_a_column_that_is_not_read_is_counted(tmp_path):
    made = _read(tmp_path, _row(**SALE | {"total": "16.5"}))
    assert made.notes == {"row_differs_from_total": 1}


def test_every_heading_belongs_to_one_column_only():
    headings = [heading.casefold() for field in TRANSACTIONS.fields for heading in field.headings]
    assert sorted(h for h in headings if headings.count(h) > 1) == []


def test_the_letters_of_the_american_clock_tell_the_time(tmp_path):
    winter = _row(**SALE | {"when": "Jan 1, 2026 12:03:05 AM PST"})
    summer = _row(**SALE | {"when": "Jul 1, 2026 12:03:05 AM PDT"})
    made = _read(tmp_path, winter, summer).rows("settlements")
    assert [str(at) for at in sorted(made["settled_at"].unique())] == [
        "2026-01-01 08:03:05+00:00", "2026-07-01 07:03:05+00:00",
    ]  # fmt: skip
    assert sorted(made["settlement_id"].unique()) == ["7/2026-01-01", "7/2026-07-01"]
