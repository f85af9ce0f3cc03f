"""Damaged files are the same for the same seed, so that what was found can be found again."""

from __future__ import annotations

import random

from benchmarks.damaged_files import BOMBS, ON_BYTES, damaged, golden


def test_a_seed_and_a_number_give_the_same_rows_and_damage_and_others_give_others():
    exports = golden()
    names = [damaged(1, number, exports)[0] for number in range(20)]
    assert names == [damaged(1, number, exports)[0] for number in range(20)]
    assert names != [damaged(2, number, exports)[0] for number in range(20)]
    texts = [n for n in range(20) if damaged(1, n, exports)[0].endswith(".csv")]
    assert all(damaged(1, n, exports) == damaged(1, n, exports) for n in texts)


def test_every_layout_with_a_golden_export_in_text_is_damaged():
    assert {"aliexpress-orders", "amazon-settlement", "shopify-orders", "tracking-csv"} <= {
        name for name, _ in golden()
    }


def test_damage_to_bytes_changes_them_and_takes_any_length():
    for change in ON_BYTES:
        assert any(change(b"sku,title\na,b\n", random.Random(seed)) != b"sku,title\na,b\n" for seed in range(5))
        assert isinstance(change(b"", random.Random(1)), bytes)


def test_what_is_built_to_take_much_weighs_little():
    for name, build in BOMBS.items():
        suffix, content = build(random.Random(1))
        assert suffix.startswith("."), name
        assert len(content) < 20_000_000, name
