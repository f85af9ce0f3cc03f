"""Amounts agree with each other: settlements with orders, refunds and fines, payouts with what they pay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tests.data.simulated.test_seller import read
from tradewind.data.simulated import write_seller
from tradewind.data.simulated.scales import scale_named
from tradewind.data.simulated.seller import generate

KIND = pl.col("kind").cast(pl.String)


def test_the_sales_settled_of_an_order_are_what_its_lines_paid(tiny: Path) -> None:
    sales = read(tiny, "settlements").filter(KIND == "sale")
    paid = read(tiny, "order_lines").filter(pl.col("order_id").is_in(sales["order_id"].implode()))
    both = (
        sales.group_by("order_id")
        .agg(pl.col("amount").sum())
        .join(paid.group_by("order_id").agg(pl.col("paid_amount").sum()), on="order_id", how="full")
    )
    assert both.height > 250
    assert (both["amount"] - both["paid_amount"]).abs().max() < 0.005


def test_every_order_sent_is_settled_or_pending_and_no_cancelled_one(tiny: Path) -> None:
    lines = read(tiny, "order_lines").filter(pl.col("status").cast(pl.String).is_in(["shipped", "delivered"]))
    settled = read(tiny, "settlements").filter(KIND == "sale")
    assert set(settled["order_id"]) == set(lines["order_id"])
    assert {"pending", "settled"} == set(settled["status"].cast(pl.String))


def test_refunds_settled_are_the_returns_refunds(tiny: Path) -> None:
    refunds = read(tiny, "settlements").filter(KIND == "refund").select("settlement_id", "amount")
    claims = read(tiny, "returns").select(settlement_id="return_id", refund="refund_amount")
    both = refunds.join(claims, on="settlement_id")
    assert both.height == refunds.height > 5
    assert (both["amount"] + both["refund"]).abs().max() < 0.005


def test_payouts_are_the_sums_of_what_was_settled_before(tiny: Path) -> None:
    rows = read(tiny, "settlements").filter(pl.col("status").cast(pl.String) == "settled")
    payouts = rows.filter(KIND == "payout")
    last = payouts["settled_at"].max()
    made_of = rows.filter(KIND != "payout", pl.col("settled_at").dt.truncate("1w") < last.replace(hour=0))
    assert payouts.height > 10
    by = ["market", "currency"]
    sums = made_of.group_by(by).agg(pl.col("amount").sum()).sort(by)
    paid = payouts.group_by(by).agg(pl.col("amount").sum()).sort(by)
    assert (sums["amount"] - paid["amount"]).abs().max() < 0.02


def test_semi_managed_orders_pay_service_and_operation_fee_others_commission(tiny: Path) -> None:
    rows = read(tiny, "settlements").join(
        read(tiny, "order_lines").select("order_id", pl.col("mode").cast(pl.String)).unique("order_id"), on="order_id"
    )
    kinds = {m: set(rows.filter(mode=m)["kind"].cast(pl.String)) for m in ("semi_stocked", "semi_jit", "pop")}
    for mode in ("semi_stocked", "semi_jit"):
        assert {"sale", "service_fee", "operation_fee", "freight"} <= kinds[mode]
        assert "commission" not in kinds[mode]
    assert {"sale", "commission"} <= kinds["pop"]
    assert "operation_fee" not in kinds["pop"]


def test_consignments_that_came_late_are_fined_three_yuan_an_order_and_a_few_that_did_not(tiny: Path) -> None:
    inbounds = read(tiny, "inbounds").filter(pl.col("inbound_id").str.starts_with("JIT"))
    late = set(inbounds.filter(pl.col("received_at") > pl.col("due_at"))["inbound_id"])
    fined = read(tiny, "fines").filter(KIND == "late_inbound")
    assert late <= set(fined["inbound_id"])
    assert len(set(fined["inbound_id"]) - late) < 0.06 * inbounds.height
    assert 0 < len(late) < 0.35 * inbounds.height
    assert (fined["amount"] % 3.0 == 0).all()


def test_units_put_away_in_a_warehouse_are_what_came_on_its_shelf() -> None:
    tables = {p.name: p.table for p in generate(scale_named("tiny"), 7) if not p.is_truth}
    moves = tables["inbounds"].filter(pl.col("mode").cast(pl.String) == "semi_stocked")
    stock = tables["stock"].filter(node="HZ-PREFERRED").sort("taken_at")
    lines = tables["order_lines"].filter(pl.col("sku") == "SKU-001", pl.col("cancelled_at").is_null())
    sold = lines["units"].sum()
    gone = stock["available_units"][0] + moves["put_away_units"].sum() - stock["available_units"][-1]
    assert moves["put_away_units"].sum() > 0
    assert gone == sold


def test_purchases_received_are_ordered_units_with_the_rejected_told(tiny: Path) -> None:
    bought = read(tiny, "purchase_orders").drop_nulls("received_at")
    assert bought.height > 3
    assert (bought["received_units"] == bought["units"]).all()
    assert (bought["rejected_units"] <= bought["units"]).all()
    assert (bought["shipped_at"] > bought["ordered_at"]).all()


def test_every_buyer_looked_before_he_bought(tiny: Path) -> None:
    traffic = read(tiny, "traffic").filter(pl.col("channel").cast(pl.String) == "organic")
    lines = read(tiny, "order_lines").with_columns(on_date=pl.col("ordered_at").dt.date())
    bought = lines.group_by("sku", "market", "on_date").agg(buyers=pl.len())
    both = bought.join(traffic, on=["sku", "market", "on_date"], how="left")
    assert both["visitors"].null_count() == 0
    for less, more in (("buyers", "carts"), ("buyers", "visitors"), ("visitors", "clicks"), ("clicks", "impressions")):
        assert (both[less] <= both[more]).all()


def test_what_was_damaged_is_told_and_the_late_file_overlaps(tmp_path: Path, tiny: Path) -> None:
    files = write_seller(tmp_path / "damaged", "tiny", damaged=True)
    first, late = (
        pl.read_csv(files.folder / f"{f}.csv", infer_schema=False) for f in ("order_lines", "order_lines-late")
    )
    said = pl.concat([pl.read_parquet(f) for f in files.truth_folder.glob("damage-*.parquet")])
    assert {"order_lines", "order_lines-late", "stock", "parcels", "returns", "purchase_orders"} == set(said["file"])
    whole = set(read(tiny, "order_lines")["order_id"])
    assert len(whole - set(first["order_id"]) - set(late["order_id"])) <= 2
    assert len(set(first["order_id"]) & set(late["order_id"])) > 5
    wrong = said.filter(file="order_lines", column="ordered_at").row(0, named=True)
    assert first["ordered_at"][wrong["row"] - 2] == "31/02/2026" != wrong["before"]


@pytest.fixture(scope="module")
def small() -> dict[str, pl.DataFrame]:
    return {("truth " if p.is_truth else "") + p.name: p.table for p in generate(scale_named("small"), 11)}


def test_rings_claim_far_more_often(small: dict[str, pl.DataFrame]) -> None:
    lines = small["order_lines"].join(small["truth buyers"], on="buyer_key")
    claimed = lines.join(small["returns"].select("order_id", "sku"), on=["order_id", "sku"], how="semi")
    ring = pl.col("ring").is_not_null()
    odds = [claimed.filter(r).height / lines.filter(r).height for r in (ring, ~ring)]
    assert 0.002 < lines.filter(ring).height / lines.height < 0.012
    assert odds[0] > 5 * odds[1]


def test_suppliers_are_late_and_reject_as_their_law_says(small: dict[str, pl.DataFrame]) -> None:
    bought = small["purchase_orders"].drop_nulls("received_at").filter(pl.col("ordered_at").dt.year() >= 2025)
    late = (bought["received_at"].dt.date() > bought["promised_on"]).mean()
    rejected = bought["rejected_units"].sum() / bought["units"].sum()
    true = (
        bought.join(small["truth suppliers"], on="supplier")
        .select((pl.col("units") * pl.col("reject_odds")).sum() / pl.col("units").sum())
        .item()
    )
    assert 0.1 < late < 0.7
    assert rejected == pytest.approx(true, rel=0.15)


def test_twin_packs_and_platform_skus_are_described(small: dict[str, pl.DataFrame]) -> None:
    own = set(small["products"]["sku"])
    named = small["order_lines"].filter(~pl.col("sku").is_in(list(own)))
    twin = named.filter(pl.col("sku").is_in(small["bundles"]["bundle_sku"].implode()))
    assert 0 < twin.height < named.height < 0.02 * small["order_lines"].height
    assert named.join(small["listings"], on="listing_id", how="anti").is_empty()


def test_the_last_mile_abroad_is_what_the_carrier_bills_for_it() -> None:
    nodes = ("YIWU-STORE", "HZ-PREFERRED", "ES-OVERSEAS")
    scale = replace(scale_named("tiny"), skus=12, markets=("ES", "FR"), nodes=nodes, weekly_rates=())
    tables = {p.name: p.table for p in generate(scale, 7) if not p.is_truth}
    charged = tables["settlements"].filter(KIND == "last_mile").select("order_id", "amount", "currency")
    both = charged.join(tables["parcels"], on=["order_id", "currency"])
    assert both.height == charged.height > 20
    assert (both["amount"] + both["freight_amount"]).abs().max() < 0.005
