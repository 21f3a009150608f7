# `make` alone lists what there is to do. Needs GNU make and Python 3.11 or newer, nothing else.

# The Python that .venv was made with, when there is one; PYTHON=python3.12 chooses another.
PYTHON ?= $(shell test -x .venv/bin/python && echo .venv/bin/python || echo python3)
ARGS ?=

VENV_PYTHON := .venv/bin/python
NO_PYTHON = There is no $(PYTHON) here, and Startcall needs Python 3.11 or newer. Install it, or name yours, for example: \
    make run PYTHON=python3.12
SETUP = { command -v $(PYTHON) >/dev/null || { echo "$(NO_PYTHON)" >&2; exit 2; }; } && $(PYTHON) -m scripts.setup

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run setup test durability bench fuzz soak check fix languages docs lock sbom clean

help: ## List these targets
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F '\t' '{printf "  make %-10s %s\n", $$1, $$2}'

run: ## Start Startcall: in your Slack workspace when .env has its tokens, else in a local Slack
	@$(SETUP) && exec $(VENV_PYTHON) -m scripts.start $(ARGS)

setup: ## Install the packages for development into .venv (the other targets do it when needed)
	@$(SETUP) --dev

test: setup ## Run every gate and every test, as CI does (ARGS="tests/unit -x" for some of the tests)
	@$(VENV_PYTHON) -m scripts.browser
	@$(VENV_PYTHON) -m scripts.check
	@$(VENV_PYTHON) -m pytest -n 2 --dist worksteal $(ARGS)

durability: setup ## Print what is kept under failure (ARGS="--long --database postgres": long form, PostgreSQL alone)
	@$(VENV_PYTHON) -m scripts.durability $(ARGS)

bench: setup ## Measure how fast it is, beside its references (ARGS="ack --quick": one alone, in a few seconds)
	@$(VENV_PYTHON) -m benchmarks $(ARGS)

fuzz: setup ## Search for 16 minutes for something that breaks what reads requests
	@$(VENV_PYTHON) -m pytest tests/attack/test_fuzz.py --long -n 0 -s $(ARGS)

soak: setup ## Start and end calls for an hour, and print what grew (ARGS="--minutes 5 --per-s 10")
	@$(VENV_PYTHON) -m tests.attack.soak $(ARGS)

check: setup ## Run every gate: format, lint, imports, types, dead code, dependencies, spelling, licences, workflows
	@$(VENV_PYTHON) -m scripts.check

fix: setup ## Format the code and mend what the linter can mend by itself
	@$(VENV_PYTHON) -m ruff check --fix-only --quiet . && $(VENV_PYTHON) -m ruff format .

languages: setup ## Gather every sentence for people, and bring the catalogues of all languages up to date
	@$(VENV_PYTHON) -m scripts.languages

docs: setup ## Build the documentation as a site in test-output/site, and check its links
	@$(VENV_PYTHON) -m scripts.site

lock: setup ## Pin the newest packages that go together in requirements.txt and requirements-dev.txt
	@$(VENV_PYTHON) -m scripts.lock

sbom: setup ## Write build/startcall.cdx.json: the packages Startcall runs on, their licences, and what needs what
	@$(VENV_PYTHON) -m scripts.sbom

clean: ## Remove everything that can be made again; data and .env stay
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build test-output
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
