"""What trackers' exports hold that is easily lost or read wrongly."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import polars as pl
import pytest

from tests.data.intake.reading import read, written
from tradewind.core.tables import MILESTONES
from tradewind.data.intake import detect
from tradewind.data.intake.layouts.tracking_upu import _is_s10
from tradewind.data.intake.milestones import NO_SCAN, milestones_of, plain_code

VOCABULARIES = ("17track", "aftership", "upu", "cainiao", "track123", "trackingmore", "kuaidi100", "words")


def cainiao(*steps: dict, number: str = "LP1") -> str:
    return json.dumps({"module": [{"mailNo": number, "mailNoSource": "AE", "detailList": list(steps)}]})


def step(code: str, time: int = 1_773_320_700_000) -> dict:
    return {"time": time, "timeStr": "2026-03-12 21:05:00", "timeZone": "GMT+1", "actionCode": code}


def found(path, *columns: str) -> list[tuple]:
    return read(path).rows("events").select(columns or ("milestone", "code")).rows()


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_every_code_of_a_vocabulary_means_a_milestone_or_no_scan(vocabulary):
    assert set(milestones_of(vocabulary).values()) <= {*MILESTONES, NO_SCAN}


def test_a_pickup_points_signature_is_no_delivery_and_a_buyers_is():
    meant = milestones_of("cainiao")
    assert {meant[plain_code(c)] for c in ("GTMS_STA_SIGNED", "GSTA_SIGN", "STA_SIGN")} == {"at_pickup_point"}
    assert {meant[plain_code(c)] for c in ("GSTA_BUYER_SIGN", "GTMS_SIGNED")} == {"delivered"}
    assert meant[plain_code("SIGNED")] == "received_at_hub"


def test_cainiaos_milliseconds_are_the_moment_whatever_the_zone_beside_them_says(tmp_path):
    path = written(tmp_path, cainiao(step("GTMS_SIGNED")), "answer.json")
    assert found(path, "parcel_id", "happened_at") == [("LP1", datetime(2026, 3, 12, 13, 5, tzinfo=UTC))]


def test_without_milliseconds_cainiaos_clock_is_that_of_beijing(tmp_path):
    content = cainiao({"timeStr": "2026-03-12 21:05:00", "timeZone": "GMT+1", "actionCode": "GTMS_SIGNED"})
    assert found(written(tmp_path, content, "answer.json"), "happened_at") == [
        (datetime(2026, 3, 12, 13, 5, tzinfo=UTC),)
    ]


def test_the_full_width_underscore_is_an_underscore(tmp_path):
    path = written(tmp_path, cainiao(step("CC_TRANS＿START")), "answer.json")
    assert found(path) == [("in_transit", "CC_TRANS_START")]
    assert read(path).notes == {}


def test_unknown_codes_are_kept_with_their_code_and_counted(tmp_path):
    path = written(tmp_path, cainiao(step("SC_TELEPORT"), step("SC_TELEPORT_FAILURE", 1_773_330_000_000)), "a.json")
    assert sorted(found(path)) == [("exception", "SC_TELEPORT_FAILURE"), ("in_transit", "SC_TELEPORT")]
    assert read(path).notes == {"scan_code_unknown": 2}


def test_a_number_cainiao_does_not_know_is_told_and_no_error(tmp_path):
    path = written(tmp_path, cainiao(), "answer.json")
    assert [s.layout for s in detect(path)] == ["tracking-cainiao"]
    assert read(path).notes == {"number_not_found": 1}
    assert read(path).rows("events").is_empty()


def test_two_codes_of_one_milestone_at_one_moment_are_one_scan_and_counted(tmp_path):
    path = written(tmp_path, cainiao(step("SC_INBOUND_SUCCESS"), step("SC_SIGN_IN_SUCCESS")), "answer.json")
    assert found(path) == [("received_at_hub", "SC_INBOUND_SUCCESS")]
    assert read(path).notes == {"scan_same_moment": 1}


def test_the_web_list_is_read_from_a_workbook_too(tmp_path):
    list_ = {"运单号": ["LP00112233445566"], "包裹状态": ["已签收"], "最新事件时间": ["2026-03-15 10:00"]}
    pl.DataFrame(list_).write_excel(tmp_path / "export.xlsx")
    assert [s.layout for s in detect(tmp_path / "export.xlsx")] == ["tracking-17track"]
    assert found(tmp_path / "export.xlsx", "milestone", "happened_at") == [
        ("delivered", datetime(2026, 3, 15, 2, tzinfo=UTC))
    ]


def test_a_sub_status_beats_the_status_and_an_unknown_one_is_kept_beside_it(tmp_path):
    head = "Tracking Number,Package Status,Sub Status,Latest Event Time\n"
    rows = "A1,Exception,Exception_Returned,2026-03-15 10:00\nA2,Delivered,Delivered_Later,2026-03-15 10:00\n"
    path = written(tmp_path, head + rows)
    assert found(path) == [("returned", "Exception_Returned"), ("delivered", "Delivered_Later")]
    assert read(path).notes == {"scan_code_unknown": 1}


@pytest.mark.parametrize(
    ("number", "good"),
    [("RB123456785GB", True), ("rb123456785gb", True), ("RB123456784GB", False), ("RB12345678GB", False)],
)
def test_the_ninth_figure_of_an_s10_number_checks_the_others(number, good):
    assert pl.DataFrame({"n": [number]}).select(_is_s10(pl.col("n"))).item() is good


@pytest.mark.parametrize("number", ["RR000000000CN", "RR000000021CN", "RR473124829GB"])
def test_check_figures_at_the_edges_of_the_rule(number):
    total = sum(int(c) * w for c, w in zip(number[2:10], (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    check = {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)
    right = f"{number[:10]}{check}{number[11:]}"
    assert pl.DataFrame({"n": [right]}).select(_is_s10(pl.col("n"))).item()


def test_times_in_a_list_of_scans_follow_the_zone_beside_them_else_beijing(tmp_path):
    rows = (
        "A1,2026-03-12 21:05,Delivered,GMT+1\nA2,2026-03-12 21:05,Delivered,\nA3,2026-03-12T21:05Z,Delivered,+03:00\n"
    )
    path = written(tmp_path, "Tracking number,Time,Status,Time zone\n" + rows)
    assert [at.hour for (at,) in found(path, "happened_at")] == [20, 13, 21]


def test_a_scan_list_is_no_table_of_tradewinds_own_nor_the_other_way_round(tmp_path):
    own = "platform,shop,parcel_id,milestone,happened_at\naliexpress,main,p1,delivered,2026-03-12 10:00\n"
    theirs = "运单号,时间,状态\nLP1,2026-03-12 10:00,已签收\n"
    assert [s.layout for s in detect(written(tmp_path, own, "own.csv"))] == ["tradewind"]
    assert [s.layout for s in detect(written(tmp_path, theirs, "theirs.csv"))] == ["tracking-csv"]


def test_a_trackers_file_adds_to_what_is_known_and_takes_nothing_away(tmp_path):
    (source,) = detect(written(tmp_path, "运单号,时间,状态\nLP1,2026-03-12 10:00,已签收\n"))
    assert source.merge


def test_the_order_of_steps_does_not_matter(tmp_path):
    steps = [
        step("GTMS_SIGNED", 1_773_320_700_000),
        step("LH_DEPART", 1_772_900_000_000),
        step("SC_X", 1_772_800_000_000),
    ]
    one = found(written(tmp_path, cainiao(*steps), "a.json"))
    assert one == found(written(tmp_path, cainiao(*reversed(steps)), "b.json"))


def test_codes_are_written_as_their_source_writes_them():
    style = {"cainiao": r"^[A-Z]+(_[A-Z]+)*$", "upu": r"^E[MDX][A-Z]$", "kuaidi100": r"^\d+$"}
    for name, pattern in style.items():
        assert all(re.match(pattern, code.upper()) for code in milestones_of(name))
