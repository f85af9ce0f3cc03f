"""Listings and bundles that contradict themselves wait for a correction; the rest loads."""

from __future__ import annotations

from tests.data.intake.reading import read, written


def test_a_listing_with_two_skus_waits_and_says_so(tmp_path):
    table = "platform,shop,listing_id,sku\nx,y,1005,LAMP\nx,y,1005,MUG\nx,z,1005,MUG\nx,y,1006,MUG\nx,y,1006,MUG\n"
    got = read(written(tmp_path, table, "listings.csv"))
    assert got.problems == [(2, "sku", "LAMP", "listing_twice"), (3, "sku", "MUG", "listing_twice")]
    assert got.rows("listings").select("shop", "listing_id").rows() == [("y", "1006"), ("z", "1005")]


def test_a_bundle_that_contains_itself_waits_and_says_so(tmp_path):
    got = read(written(tmp_path, "bundle_sku,sku,units\nSET,LAMP,1\nSET,SET,2\nDUO,LAMP,0\n", "bundles.csv"))
    assert got.problems == [(3, "sku", "SET", "bundle_in_itself"), (4, "units", "0", "units_not_positive")]
    assert got.rows("bundles").select("bundle_sku", "sku").rows() == [("SET", "LAMP")]


def test_traffic_is_known_when_its_day_is_over(tmp_path):
    table = "platform,shop,sku,market,on_date,channel,visitors\nx,y,LAMP,ES,2026-03-01,ads,7\n"
    known = read(written(tmp_path, table, "traffic.csv")).rows("traffic")["known_at"]
    assert known.dt.to_string("%Y-%m-%d %H:%M").to_list() == ["2026-03-02 00:00"]
