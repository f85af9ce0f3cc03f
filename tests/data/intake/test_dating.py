import os
import zipfile
from datetime import UTC, datetime

import pytest

from tradewind.data.intake.dating import moment_of
from tradewind.data.intake.files import File
from tradewind.data.intake.paths import expand


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("stock 2026-03-01.csv", "2026-03-01 23:59:59"),
        ("stock_20260301_1830.csv", "2026-03-01 18:30:00"),
        ("库存2026年03月01日.csv", "2026-03-01 23:59:59"),
        ("export-2026-03-01T18-30-15.txt", "2026-03-01 18:30:15"),
    ],
)
def test_a_date_in_the_name_is_the_end_of_that_day_or_the_time_beside_it(tmp_path, name, moment):
    assert moment_of(File(tmp_path / name, None, name)) == moment


def test_without_a_date_in_the_name_the_file_is_as_old_as_its_last_change(tmp_path):
    path = tmp_path / "stock 20269999.csv"
    path.write_text("x")
    os.utime(path, (1_772_366_400, 1_772_366_400))
    assert moment_of(File(path, None, path.name)) == "2026-03-01 12:00:00+00:00"


def test_in_a_zip_the_member_says_when_it_was_written(tmp_path):
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("stock.csv", (2026, 3, 1, 12, 0, 0)), "sku\nA\n")
    assert moment_of(expand(path)[0][0]) == "2026-03-01 12:00:00+00:00"
    assert datetime.fromisoformat(moment_of(expand(path)[0][0])) == datetime(2026, 3, 1, 12, tzinfo=UTC)
