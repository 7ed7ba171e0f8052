PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check -c constraints.txt

SIZES ?= 10000,100000
TEXTS ?=
NAME ?= texts
PEERS ?= .venv-peers

.PHONY: run test check check-wheel check-milvus check-browser torture screenshots walk snapshots readme bench bench-peers setup clean

# Opens the app on the sample; without a terminal it answers the questions on standard input.
run: $(VENV)/ready
	@$(BIN)/pullquote sample

test: $(VENV)/ready-dev
	@$(BIN)/python -m pytest

check: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

# Installs the wheel into an empty environment and asks it a question from another folder.
check-wheel: $(VENV)/ready-dev
	$(BIN)/python -m pytest -m wheel

# Holds the Milvus engine to the contract of all engines, on Milvus Lite.
check-milvus: $(VENV)/ready-dev
	$(BIN)/python -m pytest -m milvus

# Asks a question in Chromium, which must be installed, and looks at what the page fetches.
check-browser: $(VENV)/ready-dev
	@$(PIP) -e '.[browser]' </dev/null
	$(BIN)/python -m pytest -m browser

# Kills a thousand writers, lets eight readers watch a writer, tries changes in many orders, and lets
# every write fail; hours.
torture: $(VENV)/ready-dev
	$(BIN)/python -m tests.index.torture --rounds 1000 --minutes 10 --orders 200
	$(BIN)/python -m tests.index.faulty_disk --every 1

# Draws the pictures of the documentation anew; then look at them.
screenshots: $(VENV)/ready-dev
	$(BIN)/python docs/screenshots/make.py

# Walks through the app in tmux and prints each screen.
walk: $(VENV)/ready-dev
	@PYTHON=$(BIN)/python sh docs/screenshots/walk.sh

# Takes new pictures of the screens as right; look at them before committing.
snapshots: $(VENV)/ready-dev
	$(BIN)/python -m pytest tests/terminal --snapshot-update

# Writes into the README what its tested commands print now.
readme: $(VENV)/ready-dev
	$(BIN)/python -m tests.test_docs

# Measures, and shows it in docs/benchmarks.md: SIZES in passages, TEXTS a folder instead of prose.
bench: $(VENV)/ready
	$(BIN)/python -m benchmarks.bench --sizes $(SIZES) --peers $(PEERS)/bin/python \
		$(if $(TEXTS),--texts $(TEXTS) --name $(NAME))
	$(BIN)/python -m benchmarks.page

# Other engines, to be measured beside; they need versions of their own of what we share with them.
bench-peers: $(PEERS)/ready

setup: $(VENV)/ready-dev

clean:
	rm -rf $(VENV) build dist

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Pullquote needs Python 3.11 or newer: make PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV)

# pip must not read the questions that are piped to "make run".
$(VENV)/ready: pyproject.toml constraints.txt | $(BIN)/pip
	@echo "Setting up in $(VENV): once, a few minutes." >&2
	@$(PIP) -e . </dev/null >&2
	@touch $@

$(VENV)/ready-dev: pyproject.toml constraints.txt | $(BIN)/pip
	@echo "Setting up for development in $(VENV): once, a few minutes." >&2
	@$(PIP) -e '.[dev]' </dev/null >&2
	@touch $(VENV)/ready $@

$(PEERS)/ready: benchmarks/peers-requirements.txt
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --no-input --disable-pip-version-check -r $<
	@touch $@
