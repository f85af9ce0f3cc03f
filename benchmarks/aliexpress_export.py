"""Import an AliExpress export of orders: a workbook with all goods of an order in one cell.

    python -m benchmarks.aliexpress_export [--orders 200000]

Bar: 200,000 orders from XLSX into a workspace <= 20 s: lines, parcels and hand-overs, validated and idempotent. Beside
it calamine through pandas, and fastexcel, read the same cells and do nothing with them.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.measure import measured, report

HEADINGS = (
    "订单号", "订单状态", "负责人(业务员)", "买家名称", "下单时间", "付款时间", "产品总金额", "物流费用",
    "订单金额", "满立减",
    "产品信息\n（双击单元格展开所有产品信息！）", "订单备注", "收货地址", "收货人名称", "收货国家",
    "州/省", "城市", "地址", "邮编",
    "联系电话", "手机", "买家选择物流", "发货期限", "实际发货物流:运单号", "发货时间", "确认收货时间",
)  # fmt: skip
STATUSES = ("等待您发货", "等待买家收货", "等待买家收货", "订单结束")
COUNTRIES = ("Spain", "France", "Poland", "Saudi Arabia", "Brazil", "United States")
SERVICE = "AliExpress Standard Shipping"


def write_export(path: Path, orders: int) -> None:
    """`orders` invented orders, one to three items each, as the Seller Center writes them."""
    import xlsxwriter

    draw = np.random.default_rng(7).integers(0, 2**31, orders).tolist()
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet("订单")
    sheet.write_row(0, 0, HEADINGS)
    for number, chance in enumerate(draw):
        sheet.write_row(number + 1, 0, _order(number, chance))
    book.close()


def _order(number: int, chance: int) -> list[str]:
    ordered = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=number * 2)
    paid, sent = ordered + timedelta(hours=1), ordered + timedelta(days=2)
    status = STATUSES[chance % 4]
    items = [(f"SKU-{(chance >> i) % 5000:05}", 1 + (chance >> i) % 3) for i in range(1 + chance % 3)]
    cents = sum(units for _, units in items) * (200 + chance % 3000)
    goods = "\n".join(
        f"【{i}】Storage box for kitchen and bathroom, foldable (large)\n(产品属性:颜色:白色 发货地:中国)\n"
        f"(商家编码:{sku})\n(产品数量:{units} piece)\n(物流等级&买家选择物流:{SERVICE})"
        for i, (sku, units) in enumerate(items, start=1)
    )
    left = status != STATUSES[0]
    return [
        str(8_190_000_000_000_000 + number), status, "li", f"buyer{chance % 90_000}", _said(ordered), _said(paid),
        f"US ${cents / 100:.2f}", "US $1.99", f"US ${(cents + 199) / 100:.2f}", "", goods, "", "street 1, town",
        f"Name {chance % 90_000}", COUNTRIES[chance % 6], "Province", "Town", "street 1", f"{chance % 90_000:05}", "",
        f"6{chance % 10**8:08}", SERVICE, "", f"{SERVICE}:LP{number:014}" if left else "", _said(sent) if left else "",
        _said(sent + timedelta(days=12)) if status == STATUSES[3] else "",
    ]  # fmt: skip


def _said(moment: datetime) -> str:
    return moment.strftime("%Y.%m.%d %H:%M")


def import_export(workspace: Path, file: Path) -> dict[str, int]:
    import tradewind as tw

    rows = {one.table: one.rows_new for one in tw.Workspace(workspace).import_file(file)}
    return rows | {"cpu_seconds": round(time.process_time())}


def pandas_calamine(file: Path) -> int:
    import pandas as pd

    return len(pd.read_excel(file, engine="calamine", dtype=str))


def fastexcel_only(file: Path) -> int:
    import fastexcel

    return fastexcel.read_excel(file).load_sheet(0, dtypes="string").to_polars().height


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=200_000)
    orders = parser.parse_args().orders
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "orders.xlsx"
        write_export(file, orders)
        from tradewind.app.workspace import Workspace

        Workspace.create(Path(place) / "shop", currency="USD")
        ours = measured(import_export, Path(place) / "shop", file)
        again = measured(import_export, Path(place) / "shop", file)
        alone = measured(fastexcel_only, file)
        rows: list[dict[str, object]] = [
            {"case": f"{orders:,} orders, first import", **_figures(ours.seconds, ours.peak_mib), "rows": ours.result},
            {"case": "the same file again", **_figures(again.seconds, again.peak_mib)},
            {"case": "fastexcel, reading alone", **_figures(alone.seconds, alone.peak_mib), "rows": alone.result},
        ]
        try:
            pandas = measured(pandas_calamine, file)
            rows.append({"case": "pandas with calamine, reading alone", **_figures(pandas.seconds, pandas.peak_mib)})
        except ImportError:
            rows.append({"case": "pandas with calamine: python-calamine is not installed"})
        report("aliexpress_export", [row | {"file_mib": round(file.stat().st_size / 2**20, 1)} for row in rows])


def _figures(seconds: float, peak_mib: float) -> dict[str, object]:
    return {"seconds": round(seconds, 2), "peak_mib": round(peak_mib)}


if __name__ == "__main__":
    main()
