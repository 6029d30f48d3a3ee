# Two commands do everything: make run, make test. `make help` lists the rest.
.DELETE_ON_ERROR:
.SUFFIXES:
PYTHON ?= python3
CHROMIUM ?=
TOOL_PORT ?= 8000
LMS_PORT ?= 8001
WORKERS ?= 2
export PYTHON CHROMIUM
BIN := .venv/bin

.PHONY: help run install test lint translations pictures bench chaos fuzz moodle browsers evidence lock dev-install browser

help:  ## this list
	@sed -nE 's/^([a-z-]+):.*  ## (.*)/make \1	\2/p' Makefile | expand -t 16

run: install  ## build the packages, start the tool and the practice LMS
	@$(BIN)/python config/dev/run.py --tool-port $(TOOL_PORT) --lms-port $(LMS_PORT)

install:  ## the environment alone, in .venv/
	@config/dev/install.sh requirements.lock

test: dev-install browser tests/node/node_modules/.done .venv-xblock/.done  ## the whole suite
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

lint: dev-install tests/node/node_modules/.done  ## ruff, mypy, import-linter, and the player's types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/node tests/node/node_modules/typescript/bin/tsc -p content/player/tsconfig.json

translations: dev-install  ## collect the interface's texts, bring its catalogues up to date, compile them
	$(BIN)/python config/dev/translations.py

pictures: dev-install browser  ## take the pictures of docs/authoring.md anew
	$(BIN)/python -m tests.pictures

bench: dev-install  ## speed and memory, as ratios measured in one run
	$(BIN)/python -m tests.bench $(ARGS)

chaos: dev-install  ## a thousand scores while processes die and the platform fails
	CHAOS_SCORES=1000 $(BIN)/python -m pytest tests/chaos $(ARGS)

fuzz: dev-install  ## twenty thousand mutilated packages a kind; crashes are kept in var/fuzz
	mkdir -p var/fuzz
	FUZZ_EXAMPLES=20000 FUZZ_KEEP=var/fuzz $(BIN)/python -m pytest tests/hostile/scorm_builder -k crashes $(ARGS)

moodle: dev-install browser  ## drive a Moodle: make moodle URL=… USER=… PASSWORD=…
	$(BIN)/python -m tests.moodle --url "$(URL)" --user "$(USER)" --password "$(PASSWORD)" $(ARGS)

dev-install:
	@config/dev/install.sh requirements-dev.lock

browser:
	@config/dev/browsers.sh

# The npm that comes as a wheel, so that a machine needs no Node.js of its own.
tests/node/node_modules/.done: tests/node/package-lock.json | dev-install
	@echo "Installing the tests' JavaScript packages …" >&2
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --prefix tests/node --ignore-scripts --no-audit --no-fund --loglevel=error || \
		{ echo "The tests' JavaScript packages could not be installed: see above. Is the network there?" >&2; exit 1; }
	@touch $@

# An LTI platform that we did not write, in an environment of its own.
.venv-xblock/.done: tests/xblock_platform/requirements.txt | dev-install
	@echo "Installing lti-consumer-xblock for the tests …" >&2
	@rm -rf .venv-xblock && $(BIN)/python -m venv .venv-xblock
	@.venv-xblock/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $< || \
		{ echo "lti-consumer-xblock could not be installed: see above. Is the network there?" >&2; exit 1; }
	@touch $@

COMPILE := $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header pyproject.toml --extra lti --extra postgresql --extra celery --group build

browsers: dev-install tests/node/node_modules/.done  ## launches in Firefox and WebKit, Debian's own
	@config/dev/browsers.sh others
	$(BIN)/python -m pytest tests/other_browsers $(ARGS)

evidence: dev-install  ## the LTI certification's rows and further refusals, with a log of evidence in tests/reports
	$(BIN)/python -m pytest tests/conformance -m row --evidence tests/reports/certification $(ARGS)

lock: dev-install  ## write the lock files anew, with hashes and no addresses; ARGS=--upgrade takes newer releases
	$(COMPILE) $(ARGS) -o requirements.lock
	$(COMPILE) $(ARGS) --group dev -c requirements.lock -o requirements-dev.lock
