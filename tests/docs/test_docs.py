"""The documents keep up with the product: every command and layout is in them, every link leads somewhere."""

import re
import shlex
from pathlib import Path

import pytest

import tradewind as tw
from tradewind.app.cli.line import parsed
from tradewind.app.usecases import USE_CASES

ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / "docs" / "guide" / f"{lang}.md" for lang in ("en", "zh")]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda p: p.stem)
@pytest.mark.parametrize("use_case", USE_CASES, ids=lambda u: u.name)
def test_every_command_is_in_the_guide(guide, use_case):
    assert f"`tradewind {use_case.name}" in guide.read_text(encoding="utf-8")


@pytest.mark.parametrize("guide", GUIDES, ids=lambda p: p.stem)
def test_every_line_of_the_guide_can_be_asked(guide):
    lines = re.findall(r"(?:`|^    )tradewind ([^`\n#]*)", guide.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) > 50
    for line in lines:
        assert parsed(shlex.split(line)), line


@pytest.mark.parametrize("page", [ROOT / "README.md", *GUIDES], ids=lambda p: p.stem)
def test_every_question_in_python_is_answered(page, planned):
    ws = tw.Workspace(planned)
    asked = re.findall(
        r"^    (ws\.(?!import_file|run\()\S.*?)(?:\s+#.*)?$", page.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(asked) >= 3
    for line in asked:
        assert eval(line, {"ws": ws}) is not None, line


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


def test_the_glossary_has_one_word_per_concept_in_both_languages():
    rows = [line.split("|")[1:3] for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()]
    words = [(english.strip(), chinese.strip()) for english, chinese in (r for r in rows if len(r) == 2)][2:]
    assert len(words) > 50
    for side in zip(*words, strict=True):
        assert [w for w in set(side) if w and side.count(w) > 1] == []
