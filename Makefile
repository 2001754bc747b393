# Everything a newcomer needs: make run, make test. Each does its own set-up.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
ON_DESKTOP := $(BIN)/python -m rapport.app.virtual_desktop --size 1600x1000 --
CODE := desktop resources tests packaging

# For instance: make test ARGS="tests/unit -k outbox", make bench ARGS="--contacts 20000"
ARGS ?=

# For instance: make chaos SEED=1 EDITS=10000 KILLS=200 FAULTS=0.2 (four to eight minutes).
SEED ?= 1
EDITS ?= 1000
KILLS ?= 20
FAULTS ?= 0.2

MAKEFLAGS += --no-print-directory
.PHONY: help setup run test test-window test-below lint format words tour bench chaos lock clean

help:
	@echo "make run      the program with its sandbox; without a display, a tour with screenshots"
	@echo "make test     all checks and tests, on a desktop of their own"
	@echo "make lint     the checks alone"
	@echo "make format   lay the code out as the checks want it"
	@echo "make words    collect the sentences of the program into the catalogues of its translations"
	@echo "make tour     drive the window through the main job: build/tour"
	@echo "make bench    measure: build/bench.json"
	@echo "make chaos    edits through a broken network and kill -9, and the reckoning: build/chaos.json"
	@echo "make lock     lock the requirements of pyproject.toml (UPGRADE=--upgrade: newest versions)"
	@echo "make setup    install what all of these need; they do it themselves"
	@echo "make clean    remove what was built and measured"

setup:
	@test -n "$(PYTHON)" || { echo "Rapport needs Python 3.11 or newer: apt-get install python3"; exit 1; }
	@$(PYTHON) packaging/bootstrap.py

run: setup
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	  exec $(BIN)/rapport --sandbox $(ARGS); \
	else \
	  echo "No display here: taking the tour instead."; \
	  $(BIN)/rapport tour --out build/tour $(ARGS); status=$$?; \
	  echo "The screenshots and tour.json are in $(CURDIR)/build/tour"; exit $$status; \
	fi

# Quickest first, so that a slip shows within seconds.
lint: setup
	$(BIN)/ruff format --check --quiet $(CODE)
	$(BIN)/ruff check --quiet $(CODE)
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

# All tests in two lanes, each on a desktop of its own; what ARGS names in one.
ifeq ($(ARGS),)
test: lint
	@$(MAKE) -j2 --output-sync=target test-window test-below
else
test: lint
	$(ON_DESKTOP) $(BIN)/python -m pytest $(ARGS)
endif

test-window:
	$(ON_DESKTOP) $(BIN)/python -m pytest tests/ui tests/e2e

# Everything else, whatever rooms there will be.
test-below:
	$(ON_DESKTOP) $(BIN)/python -m pytest tests --ignore tests/ui --ignore tests/e2e

format: setup
	$(BIN)/ruff check --fix --quiet $(CODE)
	$(BIN)/ruff format $(CODE)

# What is missing then is written by hand into resources/rapport_resources/locale/*.po.
words: setup
	$(BIN)/python packaging/words.py update

# Both bring their own virtual desktop.
tour: setup
	$(BIN)/rapport tour --out build/tour $(ARGS)

bench: setup
	$(BIN)/rapport bench $(ARGS)

chaos: setup
	$(BIN)/python tests/chaos/run.py --seed $(SEED) --edits $(EDITS) --kills $(KILLS) \
	  --faults $(FAULTS) --out build/chaos.json $(ARGS)

# Hashes, and no addresses: a lock names packages, not the machine that served them.
# run.txt is for those who install the program alone; dev.txt holds the same versions and the tools.
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header \
	--python-version 3.11 $(UPGRADE) pyproject.toml
lock: setup
	$(LOCK) --group dev --output-file packaging/locks/dev.txt
	$(LOCK) --constraint packaging/locks/dev.txt --output-file packaging/locks/run.txt

clean:
	rm -rf build dist
