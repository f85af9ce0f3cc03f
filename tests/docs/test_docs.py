"""The documents keep up with the product: every command and layout is in them, every link leads somewhere."""

import re
from pathlib import Path

import pytest

from tradewind.app.commands import COMMANDS

ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / "docs" / "guide" / f"{lang}.md" for lang in ("en", "zh")]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda p: p.stem)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
def test_every_command_is_in_the_guide(guide, command):
    assert f"`tradewind {command.name}" in guide.read_text(encoding="utf-8")


@pytest.mark.parametrize("guide", GUIDES, ids=lambda p: p.stem)
def test_the_guide_names_no_command_or_option_that_is_not_there(guide):
    known = {c.name: {o.flag for o in c.options} | {"--json", "--lang", "--workspace", "-w"} for c in COMMANDS}
    for name, rest in re.findall(
        r"(?:`|^    )tradewind ([a-z-]+)([^`\n#]*)", guide.read_text(encoding="utf-8"), re.MULTILINE
    ):
        assert name in known
        assert set(re.findall(r"--[a-z-]+", rest)) <= known[name], name


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_layout_has_its_page(lang):
    layouts = (ROOT / "src" / "tradewind" / "data" / "intake" / "layouts").glob("*.py")
    names = {f.stem.replace("_", "-") for f in layouts} - {"--init--", "fixes"}
    assert names == {f.stem for f in (ROOT / "docs" / "sources" / lang).glob("*.md")}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target
