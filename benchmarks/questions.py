"""Questions about a kept plan: what each costs as a whole process, and how long it takes within one that runs.

    python -m benchmarks.questions --demo tradewind-demo/shop [--large FOLDER]

Bars: processor seconds of a whole process (user and system, the terminal's door), and the p95 of the same question
asked again and again in one process (use case and plain data, as a server answers). The workspaces must have a plan
made from all that is in them by this version. The sources are compiled first, as an installation leaves them.
Whoever measures beside other work measures that work too.
"""

from __future__ import annotations

import argparse
import compileall
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import measured, report

# {sku} and {market} stand for the goods and the country that a workspace has sold most lines of.
QUESTIONS = {
    "actions": [],
    "show": ["orders", "--limit", "5"],
    "quote": ["--sku", "{sku}", "--market", "{market}", "--mode", "semi_jit", "--price", "12.90"],
    "modes": ["--sku", "{sku}"],
    "margin": [],
    "margin --actual": [],
    "fines": [],
    "cash": [],
    "shop-health": [],
    "savings": [],
    "scenario": ["freight_up_20"],
}
REPEATS = 5
ROUNDS = 20


@dataclass(frozen=True)
class Bars:
    """Processor seconds of a whole process, of `scenario`, and milliseconds within a running one."""

    question_s: float
    scenario_s: float
    p95_ms: float

    def seconds(self, question: str) -> float:
        return self.scenario_s if question == "scenario" else self.question_s


BARS = {"demo": Bars(1.2, 3.0, 150), "large": Bars(3.0, 10.0, 400)}


def questions(workspace: Path) -> dict[str, list[str]]:
    import tradewind as tw

    sold = tw.Workspace(workspace).table("order_lines").select("sku", "market")
    sku, market = sold.group_by("sku", "market").len().sort("len", "sku", "market", descending=True).row(0)[:2]
    return {question: [part.format(sku=sku, market=market) for part in given] for question, given in QUESTIONS.items()}


def processor_seconds(workspace: Path, question: str, given: list[str]) -> float:
    """Of the quickest of a few processes that answer the question in the terminal: other work can only add to it."""
    command = [sys.executable, "-c", "import sys; from tradewind.app.cli import main; sys.exit(main())"]
    command += [*question.split(), *given, "-w", str(workspace), "--lang", "en"]
    return min(_spent(command) for _ in range(REPEATS))


def _spent(command: list[str]) -> float:
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")
    return used.ru_utime + used.ru_stime


def answered_again(workspace: Path, question: str, given: list[str]) -> dict[str, float]:
    """The p95 of the same question in one process, what was read kept: milliseconds by the clock, and of processor."""
    from tradewind.app.cli.line import parsed
    from tradewind.app.usecases.context import Context
    from tradewind.app.usecases.request import read
    from tradewind.app.wording import as_data

    asked: Any = parsed([*question.split(), *given])
    request, context = read(asked.use_case.request, asked.given), Context(workspace)
    spent = []
    for _ in range(ROUNDS + 1):
        begun, used = time.perf_counter(), time.process_time()
        as_data(asked.use_case.function(context, request), "en")
        spent.append((time.perf_counter() - begun, time.process_time() - used))
    clock, processor = zip(*spent[1:], strict=True)
    return {"p95_ms": _p95(clock), "p95_processor_ms": _p95(processor)}


def _p95(seconds: tuple[float, ...]) -> float:
    return 1000 * sorted(seconds)[max(0, round(0.95 * len(seconds)) - 1)]


def compile_sources() -> None:
    """Byte code beside the sources: where Python may not write it, each process would compile all of them anew."""
    import tradewind

    compileall.compile_dir(next(iter(tradewind.__path__)), quiet=2)


def rows(scale: str, workspace: Path) -> list[dict[str, Any]]:
    bars = BARS[scale]
    out = []
    for question, given in questions(workspace).items():
        seconds = processor_seconds(workspace, question, given)
        again = measured(answered_again, workspace, question, given).result
        bar_ms = None if question == "scenario" else bars.p95_ms
        out.append(
            {
                "workspace": scale,
                "question": " ".join([question, *given]),
                "processor_s": round(seconds, 2),
                "bar_s": bars.seconds(question),
                **{name: round(value) for name, value in again.items()},
                "bar_ms": bar_ms,
                "met": seconds <= bars.seconds(question) and (bar_ms is None or again["p95_ms"] <= bar_ms),
            }
        )
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demo", type=Path, help="workspace of `tradewind demo`")
    parser.add_argument("--large", type=Path, help="workspace of 10,000 SKUs (see whole_cycle)")
    given = parser.parse_args()
    if given.demo is None and given.large is None:
        parser.error("name a workspace: --demo FOLDER or --large FOLDER")
    compile_sources()
    for scale, workspace in (("demo", given.demo), ("large", given.large)):
        if workspace is not None:
            report("questions", rows(scale, workspace))


if __name__ == "__main__":
    main()
