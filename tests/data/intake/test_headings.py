import pytest

from tradewind.data.intake.fields import code, text, whole
from tradewind.data.intake.headings import match, plain
from tradewind.data.intake.layout import Feed, layouts

FEED = Feed(
    "orders", (code("order_id", "订单号", "Order No."), whole("units", "Qty"), text("title", "产品信息")), ("order_id",)
)


@pytest.mark.parametrize("heading", [" order_no ", "ORDER NO", "Ｏrder（No.）", "[Order] no", "order\nno"])
def test_white_space_brackets_underscores_case_and_full_width_forms_do_not_matter(heading):
    assert plain(heading) == plain("Order No.")


def test_columns_are_found_by_name_not_by_place():
    assert match(["Qty", "x", "订单号"], FEED).columns == {"order_id": 2, "units": 0}


def test_what_is_missing_is_named():
    found = match(["订单号", "产品信息"], FEED)
    assert [f.name for f in found.missing] == ["units"]
    assert not found.complete


def test_every_file_in_the_folder_of_layouts_is_known():
    assert set(layouts()) >= {"tradewind", "uci-online-retail", "olist", "fixes"}


FOREIGN_LISTS = {
    "fee preview": "sku fnsku asin amazon-store product-name brand your-price item-package-weight currency",
    "reimbursements": "approval-date reimbursement-id sku fnsku product-name condition amount-total",
    "reserved stock": "sku fnsku asin product-name reserved_qty program",
    "orders of a marketplace": "Order_ID Order_Status Seller_SKU Product_Name Quantity Created_Time Zipcode",
    "orders of a shop": "Order_Number Order_Date SKU Name Quantity Item_Cost Email_(Billing)",
    "a stock list": "SKU 商品名称 库存",
    "a purchase list": "SKU 品名 数量 进货价 供应商",
    "stock with its cost": "SKU 商品名称 可用库存 成本",
}


@pytest.mark.parametrize("headings", FOREIGN_LISTS.values(), ids=FOREIGN_LISTS)
def test_a_list_of_something_else_is_not_taken_for_products(headings):
    row = [heading.replace("_", " ") for heading in headings.split()]
    assert not [feed.name for layout in layouts().values() for feed in layout.feeds if match(row, feed).sure]


@pytest.mark.parametrize(
    "headings",
    [["SKU", "成本"], ["sku", "title"], ["货号", "品名", "克重", "颜色", "备注"], ["sku", "hs_code", "colour"]],
)
def test_products_are_told_by_what_only_they_have_or_by_nothing_else_being_there(headings):
    products = layouts()["tradewind"].feed("products")
    assert match(headings, products).sure


def test_a_list_of_goods_with_a_quantity_names_the_heading_that_says_otherwise():
    found = match(["SKU", "成本", "数量"], layouts()["tradewind"].feed("products"))
    assert (found.complete, found.sure, found.foreign) == (True, False, ("数量",))
