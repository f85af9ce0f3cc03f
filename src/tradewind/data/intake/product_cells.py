"""Several goods in one cell, as AliExpress writes them in 产品信息: one item after the other, each with its labels.

    【1】LED desk lamp (产品属性:颜色:白色) (商家编码:LAMP-01) (产品数量:2 piece) (物流等级&买家选择物流:Standard)

White space is one blank by now. A title may hold brackets of its own, and the number may be missing where there is one
item, so an item is read up to its quantity; what no item accounts for is handed back, never passed over.
"""

from __future__ import annotations

import polars as pl

_OPEN, _CLOSE = "[(（]", "[)）]"
_INSIDE = r"(?:[^()（）]|[(（][^()（）]*[)）])*?"
_UNITS_LABEL = r"(?:产品数量|商品数量|Product Quantity|Quantity)"
_SKU_LABEL = r"(?:商家编码|商品编码|Seller SKU|SKU Code|Merchant Code)"
_OTHER_LABEL = r"(?:产品属性|商品属性|Product Attributes?|Product Properties|Attributes?)"
_NUMBER = r"【\s*\d+\s*】"
_AFTER = rf"(?:\s*{_OPEN}[^()（）:：【】]{{1,60}}[:：]{_INSIDE}{_CLOSE})*"
_ITEM = rf"(?i)(?:{_NUMBER})?.*?{_OPEN}\s*{_UNITS_LABEL}\s*[:：]{_INSIDE}{_CLOSE}{_AFTER}"
_LABEL = rf"{_OPEN}\s*(?:{_UNITS_LABEL}|{_SKU_LABEL}|{_OTHER_LABEL})\s*[:：]"
_TITLE = rf"(?i)^\s*(?:{_NUMBER})?(.*?)(?:{_LABEL}|$)"
_SWALLOWED = rf"(?i){_LABEL}[^【】]*{_CLOSE}\s*{_NUMBER}"
_SHOWN = 200


def items(cells: pl.Series) -> pl.DataFrame:
    """One row per item: `at` (which cell), `title`, `sku`, `units` (text, as written), `unread`.

    `unread` is the first part of the cell that is no item (none of its items can then be trusted with a share of the
    order's money: a cell gives either its items or one row that says what could not be read). An empty cell gives one
    row of nulls.
    """
    numbered = pl.DataFrame({"at": pl.int_range(len(cells), eager=True), "cell": cells})
    found = numbered.select("at", "cell", item=pl.col("cell").str.extract_all(_ITEM))
    rows = found.join(_left_over(found), on="at", how="left", maintain_order="left")
    rows = rows.explode("item", empty_as_null=True, keep_nulls=True)
    rows = rows.select(
        "at",
        title=pl.col("item").str.extract(_TITLE).str.strip_chars(),
        sku=_inside(_SKU_LABEL),
        units=pl.col("item").str.extract(rf"(?i){_UNITS_LABEL}\s*[:：]\s*(\d[\d.,]*)"),
        unread=pl.coalesce(_wrong_item(), "left").str.slice(0, _SHOWN),
    )
    unread = rows.filter(pl.col("unread").is_not_null()).unique("at", keep="first", maintain_order=True)
    if unread.is_empty():
        return rows
    nothing = unread.with_columns(pl.lit(None, pl.String).alias(c) for c in ("title", "sku", "units"))
    return pl.concat([rows.join(unread, on="at", how="anti"), nothing]).sort("at", maintain_order=True)


def _left_over(found: pl.DataFrame) -> pl.DataFrame:
    """What no item of a cell accounts for. Where the items are as long as their cell, nothing is: nearly everywhere."""
    short = pl.col("item").list.eval(pl.element().str.len_bytes()).list.sum() < pl.col("cell").str.len_bytes()
    left = pl.col("cell").str.replace_all(_ITEM, "").str.strip_chars(" ;；,，|")
    return found.filter(short).select("at", left=left).filter(pl.col("left") != "")


def seller_code(cells: pl.Expr) -> pl.Expr:
    """The seller's code a cell about one SKU holds: behind its label, else the cell itself where it is one word."""
    labelled = cells.str.extract(rf"(?i){_SKU_LABEL}\s*[:：]\s*([^\s()（）;；,，]+)")
    return pl.coalesce(labelled, pl.when(~cells.str.contains(r"[\s:：()（）【】;；,，]")).then(cells))


def _inside(label: str) -> pl.Expr:
    inside = pl.col("item").str.extract(rf"(?i){_OPEN}\s*{label}\s*[:：]\s*({_INSIDE})\s*{_CLOSE}").str.strip_chars()
    return pl.when(inside != "").then(inside)


def _wrong_item() -> pl.Expr:
    """An item without a number of pieces, one that swallowed the next because its own quantity is missing, or one
    among several without its running number."""
    item = pl.col("item")
    single = pl.len().over("at") == 1
    number = item.str.extract(r"^\s*【\s*(\d+)\s*】").cast(pl.Int64, strict=False)
    in_order = number == pl.int_range(1, pl.len() + 1).over("at")
    wrong = (
        ~item.str.contains(rf"(?i){_UNITS_LABEL}\s*[:：]\s*\d")
        | item.str.contains(_SWALLOWED)
        | ~(in_order.fill_null(single)).fill_null(False)
    )
    return pl.when(item.is_not_null() & wrong).then(item.str.strip_chars())
