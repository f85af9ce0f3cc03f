"""Is the generated seller a plausible one? His figures beside measured and published ones, written to docs/.

    python -m benchmarks.plausibility [--data DIR] [--docs docs] [--scale small]

Writes docs/plausibility.md (English, then Chinese) and docs/plausibility.svg. `--data`: folder of the public data sets
(Online Retail II, Olist, SCMS); without it those columns say "not measured". Ranges are what a reader may hold the
generator to; no figure is fitted to any one data set.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from tradewind.core.weeks import week_expr

LEVELS = np.linspace(0.02, 0.98, 49)


@dataclass(frozen=True)
class Seen:
    """Figures by name, and curves for the plot: quantiles at LEVELS."""

    figures: dict[str, float]
    curves: dict[str, np.ndarray]


@dataclass(frozen=True)
class Row:
    """`name` of the figure in both languages, its format, which data set it is measured on, and what is published."""

    key: str
    en: str
    zh: str
    form: str
    measured: str
    published_en: str
    published_zh: str


ROWS = (
    Row(
        "zero_share",
        "Weeks without a sale, of SKU x market weeks since launch",
        "上架后零销量的周占比（SKU×市场）",
        "{:.0%}",
        "Online Retail II",
        "74.8 % of months in the car parts set (Hyndman)",
        "汽车配件数据集（Hyndman）：74.8% 的月份为零",
    ),
    Row(
        "dispersion",
        "Variance over mean of weekly units, median pair above 1 a week",
        "周销量的方差除以均值（周均大于 1 的组合，取中位数）",
        "{:.1f}",
        "Online Retail II",
        "-",
        "-",
    ),
    Row(
        "peak_lift",
        "Order lines of the peak week over the mean of the four weeks before",
        "大促周订单行 / 前四周均值",
        "{:.1f}",
        "Olist",
        "-",
        "-",
    ),
    Row(
        "days_spread",
        "Days to the buyer: 90 % quantile over median, by service",
        "妥投天数：90% 分位 / 中位数（按线路）",
        "{:.2f}",
        "Olist",
        "standard lines 10-18 days, economy 20-45 (a seller's guide citing the carrier)",
        "标准线 10–18 天，经济线 20–45 天（卖家指南转引承运商）",
    ),
    Row(
        "late_share",
        "Parcels later than promised",
        "晚于承诺的包裹",
        "{:.1%}",
        "Olist",
        "about 8 % (Olist, whole set; unchecked)",
        "约 8%（Olist 全量，未核实）",
    ),
    Row(
        "lost_share",
        "Parcels that never arrive",
        "丢失的包裹",
        "{:.1%}",
        "",
        "anomalies 2.3 % semi-managed, 5.8 % industry, losses a part of it (seller's guide of 2026-03-01, unverified)",
        "物流异常：半托管 2.3%，行业 5.8%，丢件是其中一部分（2026-03-01 卖家指南，未核实）",
    ),
    Row(
        "returned",
        "Order lines that come back or are refunded",
        "退货或退款的订单行",
        "{:.1%}",
        "Online Retail II",
        "16.5 % of US retail sales in 2022 (tertiary source); the rule pack assumes 3 %",
        "2022 年美国零售 16.5%（间接来源）；规则包假设 3%",
    ),
    Row(
        "supplier_late",
        "Purchases received after the promised day",
        "晚于承诺到货的采购单",
        "{:.0%}",
        "SCMS",
        "-",
        "-",
    ),
    Row(
        "supplier_late_days",
        "Days late, of those that are late (median)",
        "迟到的采购单迟到天数（中位数）",
        "{:.0f}",
        "SCMS",
        "-",
        "-",
    ),
    Row(
        "freight_share",
        "Freight over what buyers pay",
        "运费 / 买家实付",
        "{:.0%}",
        "",
        "15-30 % of total cost, up to 40 % (trade article)",
        "占总成本 15–30%，最高 40%（行业文章）",
    ),
    Row(
        "jit_late",
        "Just-in-time consignments received after they were due",
        "晚于截止时间的 JIT 送仓",
        "{:.1%}",
        "",
        "the rule pack assumes 5 %",
        "规则包假设 5%",
    ),
    Row(
        "rings",
        "Orders of accounts that live off refunds",
        "专门骗退款的账号的订单占比",
        "{:.1%}",
        "",
        "-",
        "-",
    ),
)


APART = (
    "Known to differ: a wholesaler's customers take dozens at a time, which widens the variance of a week; Olist's",
    "figure covers a whole country's sellers and distances, so its days spread wider than one service's from one",
    "warehouse; the seller's goods are cheap and sent singly, so freight weighs more on what buyers pay than on a",
    "shop's total cost.",
)
APART_ZH = (
    "已知差异：批发客户一次买几十件，周方差更大；Olist 涵盖全国卖家和距离，天数分布比单仓单线路更宽；",
    "本卖家的货便宜、单件发货，运费占实付的比例高于占总成本的比例。",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of the public data sets")
    parser.add_argument("--docs", type=Path, default=Path("docs"))
    parser.add_argument("--scale", default="small", choices=["tiny", "small"])
    asked = parser.parse_args()
    ours = generated(asked.scale)
    theirs = measured(asked.data) if asked.data else {}
    (asked.docs / "plausibility.md").write_text(page(ours, theirs, asked.scale), encoding="utf-8")
    plot(ours, theirs, asked.docs / "plausibility.svg")


def generated(scale: str) -> Seen:
    """The figures of the generated seller, from the files and, for rings, the truth."""
    from tradewind.data.simulated.scales import scale_named
    from tradewind.data.simulated.seller import generate

    parts = list(generate(scale_named(scale), seed=7))
    read = {p.name: p.table.with_columns(pl.selectors.enum().cast(pl.String)) for p in parts if not p.is_truth}
    truth = {p.name: p.table for p in parts if p.is_truth}
    lines, parcels, events = read["order_lines"], read["parcels"], read["events"]
    history = truth["rates"].filter(~pl.col("future"))
    delivered = events.filter(pl.col("milestone") == "delivered").select("parcel_id", "happened_at")
    arrived = parcels.join(delivered, on="parcel_id")
    days = _days(arrived, "created_at", "happened_at")
    old = parcels.filter(pl.col("created_at") < parcels["created_at"].max() - timedelta(days=75))
    never = old.join(events.filter(pl.col("milestone") == "lost"), on="parcel_id", how="semi").height / old.height
    bought = read["purchase_orders"].drop_nulls("received_at")
    behind = (bought["received_at"].dt.date() - bought["promised_on"]).dt.total_days()
    rate = read["fx"].group_by("currency").agg(rate=pl.col("rate").mean())
    paid = _in_cny(lines.filter(pl.col("status") != "cancelled"), "paid_amount", rate)
    jit = read["inbounds"].filter(pl.col("mode") == "semi_jit").drop_nulls("received_at")
    ring = lines.join(truth["buyers"], on="buyer_key")["ring"].is_not_null().mean()
    weekly = lines.group_by(week=week_expr("ordered_at")).agg(pl.len()).sort("week")
    peaks = [date(2025, 11, 10)] if scale == "small" else [date(2026, 10, 5)]
    by_pair = history.select("sku", "market", units=pl.col("sold_units"))
    figures = {
        "zero_share": (history["sold_units"] == 0).mean(),
        "dispersion": _dispersion(by_pair),
        "peak_lift": float(np.mean([_lift(weekly, p) for p in peaks])),
        "days_spread": _spread(arrived.with_columns(days=days), "service"),
        "late_share": (arrived["happened_at"] > arrived["promised_at"]).mean(),
        "lost_share": never,
        "returned": read["returns"].height / lines.height,
        "supplier_late": (behind > 0).mean(),
        "supplier_late_days": behind.filter(behind > 0).median(),
        "freight_share": _in_cny(parcels, "freight_amount", rate) / paid,
        "jit_late": (jit["received_at"] > jit["due_at"]).mean(),
        "rings": ring,
    }
    return Seen(
        {k: float(v) for k, v in figures.items()},  # type: ignore[arg-type]
        {
            "units": np.quantile(by_pair.filter(pl.col("units") > 0)["units"].to_numpy(), LEVELS),
            "days": np.quantile(days.to_numpy() / float(np.median(days.to_numpy())), LEVELS),
            "behind": np.quantile(behind.to_numpy(), LEVELS),
            "weekly": weekly["len"].to_numpy()[-104:],
        },
    )


def measured(data: Path) -> dict[str, Seen]:
    """The same figures on the public sets that are there."""
    sets = {"Online Retail II": online_retail, "Olist": olist, "SCMS": scms}
    folders = {"Online Retail II": "online_retail_ii", "Olist": "olist", "SCMS": "scms"}
    return {name: read(data / folders[name]) for name, read in sets.items() if (data / folders[name]).exists()}


def online_retail(folder: Path) -> Seen:
    """Weekly units by product and country since the pair's first sale; credit notes over invoice lines."""
    raw = pl.concat([pl.read_parquet(f) for f in sorted(folder.glob("*.parquet"))]).unique()
    raw = raw.with_columns(pl.col("Invoice", "StockCode").cast(pl.String)).filter(
        pl.col("StockCode").str.contains(r"^\d{5}")
    )
    credit = pl.col("Invoice").str.starts_with("C")
    sales = raw.filter(~credit, pl.col("Quantity") > 0)
    week = pl.col("InvoiceDate").cast(pl.Datetime("us")).dt.truncate("1w").dt.date()
    weekly = sales.group_by("StockCode", "Country", week=week).agg(units=pl.col("Quantity").sum())
    last = weekly["week"].max()
    pairs = weekly.group_by("StockCode", "Country").agg(pl.col("week").min().alias("first"), n=pl.len())
    weeks = (pl.lit(last) - pl.col("first")).dt.total_days() // 7 + 1
    counted = pairs.with_columns(weeks=weeks)
    zero = 1.0 - counted["n"].sum() / counted["weeks"].sum()
    full = counted.select("StockCode", "Country", week=pl.date_ranges("first", pl.lit(last), "1w")).explode("week")
    filled = full.join(weekly, on=["StockCode", "Country", "week"], how="left").with_columns(
        pl.col("units").fill_null(0)
    )
    figures = {
        "zero_share": zero,
        "dispersion": _dispersion(filled.select(sku="StockCode", market="Country", units="units")),
        "returned": raw.filter(credit).height / sales.height,
    }
    return Seen(figures, {"units": np.quantile(weekly["units"].to_numpy(), LEVELS)})


def olist(folder: Path) -> Seen:
    """Days from hand-over to delivery, lateness by day against the marketplace's date, Black Friday 2017."""
    stamps = ["order_purchase_timestamp", "order_delivered_carrier_date", "order_delivered_customer_date"]
    raw = pl.read_csv(folder / "olist_orders_dataset.csv", infer_schema=False)
    raw = raw.with_columns(
        pl.col(*stamps, "order_estimated_delivery_date").str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
    )
    done = raw.drop_nulls(stamps).filter(pl.col("order_status") == "delivered")
    days = _days(done, stamps[0], stamps[2])
    late = (done[stamps[2]].dt.date() > done["order_estimated_delivery_date"].dt.date()).mean()
    weekly = raw.group_by(week=week_expr(stamps[0])).agg(pl.len()).sort("week")
    figures = {
        "days_spread": float(np.quantile(days.to_numpy(), 0.9) / np.median(days.to_numpy())),
        "late_share": float(late or 0.0),
        "peak_lift": _lift(weekly, date(2017, 11, 20)),
    }
    return Seen(figures, {"days": np.quantile(days.to_numpy() / float(np.median(days.to_numpy())), LEVELS)})


def scms(folder: Path) -> Seen:
    """Delivered against scheduled dates of shipments from vendors."""
    raw = pl.read_csv(next(folder.glob("*.csv")), infer_schema=False, encoding="utf8-lossy")
    planned, came = (
        raw[c].str.to_date("%d-%b-%y", strict=False) for c in ("Scheduled Delivery Date", "Delivered to Client Date")
    )
    behind = (came - planned).dt.total_days().drop_nulls()
    figures = {
        "supplier_late": float((behind > 0).mean() or 0.0),
        "supplier_late_days": behind.filter(behind > 0).median(),
    }
    return Seen(figures, {"behind": np.quantile(behind.to_numpy(), LEVELS)})  # type: ignore[arg-type]


def page(ours: Seen, theirs: dict[str, Seen], scale: str) -> str:
    """The page in both languages."""
    return "\n".join([*_part(ours, theirs, scale, "en"), "", *_part(ours, theirs, scale, "zh"), ""])


def _part(ours: Seen, theirs: dict[str, Seen], scale: str, lang: str) -> list[str]:
    chinese = lang == "zh"
    none = "未测量" if chinese else "not measured"
    rows = []
    for row in ROWS:
        there = theirs.get(row.measured)
        value = (
            f"{row.form.format(there.figures[row.key])} ({row.measured})" if there else (none if row.measured else "-")
        )
        name, published = (row.zh, row.published_zh) if chinese else (row.en, row.published_en)
        rows.append(f"| {name} | {row.form.format(ours.figures[row.key])} | {value} | {published} |")
    if chinese:
        head = [
            "# 生成的卖家可信吗",
            "",
            f"`python -m benchmarks.plausibility` 生成本页：规模 `{scale}`，种子 7。公开数据集不随产品分发。",
            "没有任何数字是按某个数据集拟合的：Olist 是巴西国内平台，Online Retail II 是英国批发商，SCMS 是援助药品，",
            "只看量级，不是目标。Olist 样本约含 24% 的订单。",
            "",
            "| 指标 | 生成的卖家 | 公开数据实测 | 已发表 |",
        ]
    else:
        head = [
            "# Is the generated seller a plausible one?",
            "",
            f"Written by `python -m benchmarks.plausibility`: scale `{scale}`, seed 7. The public data sets are not",
            "part of the product. No figure is fitted to one of them: Olist is a Brazilian marketplace, Online Retail",
            "II a British wholesaler, SCMS health goods for aid. They tell the order of size, not the target. The",
            "Olist sample holds about 24 % of the orders.",
            "",
            "| figure | generated | measured | published |",
        ]
    return [*head, "|---|---|---|---|", *rows, "", *(APART_ZH if chinese else APART), "", "![](plausibility.svg)"]


def plot(ours: Seen, theirs: dict[str, Seen], path: Path) -> None:
    """Four panels: a week's units, days to the buyer, suppliers' lateness, orders over two years."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "tradewind"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 2, figsize=(10, 6.5), layout="constrained")
    panels = (
        ("units", "Units in a week with a sale", "Online Retail II", "log"),
        ("days", "Days to the buyer over their median", "Olist", "linear"),
        ("behind", "Days behind the promise, purchases", "SCMS", "linear"),
    )
    for axis, (key, title, other, scale) in zip(axes.ravel(), panels, strict=False):
        axis.plot(ours.curves[key], LEVELS, label="generated")
        if other in theirs:
            axis.plot(theirs[other].curves[key], LEVELS, label=other, linestyle="--")
        axis.set(title=title, xscale=scale, ylabel="share up to")
        axis.legend(frameon=False)
    weekly = axes.ravel()[3]
    weekly.plot(ours.curves["weekly"])
    weekly.set(title="Order lines a week, generated", xlabel="week", ylim=(0, None))
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _days(frame: pl.DataFrame, start: str, end: str) -> pl.Series:
    return frame.select((pl.col(end) - pl.col(start)).dt.total_seconds() / 86_400).to_series()


def _spread(parcels: pl.DataFrame, by: str) -> float:
    """90 % quantile over median of days, the mean over services weighted by parcels."""
    each = parcels.group_by(by).agg(n=pl.len(), q=pl.col("days").quantile(0.9) / pl.col("days").median())
    return float((each["n"] * each["q"]).sum() / each["n"].sum())


def _dispersion(weekly: pl.DataFrame) -> float:
    pairs = weekly.group_by("sku", "market").agg(mean=pl.col("units").mean(), var=pl.col("units").var(), n=pl.len())
    busy = pairs.filter(pl.col("mean") > 1, pl.col("n") >= 26)
    return float(busy.select((pl.col("var") / pl.col("mean")).median()).item() or np.nan)


def _lift(weekly: pl.DataFrame, peak: date) -> float:
    count = dict(weekly.iter_rows())
    return float(count[peak] / np.mean([count[peak - timedelta(weeks=k)] for k in range(1, 5)]))


def _in_cny(frame: pl.DataFrame, amount: str, rate: pl.DataFrame) -> float:
    joined = frame.join(rate, on="currency", how="left")
    return float(joined.select((pl.col(amount) * pl.col("rate").fill_null(1.0)).sum()).item())


if __name__ == "__main__":
    main()
