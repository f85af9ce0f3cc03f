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
