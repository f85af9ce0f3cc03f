# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: install install-dev demo test check bench clean

install: $(VENV)/.installed

install-dev: $(VENV)/.installed-dev

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	$(BIN)/python -m compileall -q src
	touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev,bench]"
	$(BIN)/python -m compileall -q src
	touch $@ $(VENV)/.installed

demo: install  ## a generated seller, the whole cycle, a report to look at
	$(BIN)/tradewind demo demo

test: install-dev  ## the tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: install-dev  ## what CI runs: linters, types, import rules, tests
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check --no-cache src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(MAKE) test

bench: install-dev  ## the benchmarks; figures go to benchmarks/README.md. DATA=folder of the public data sets
	$(BIN)/python -m benchmarks --data "$(DATA)"

clean:
	rm -rf $(VENV) demo build dist src/*.egg-info .mypy_cache .ruff_cache .hypothesis
