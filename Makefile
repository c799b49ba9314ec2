# Two commands: "make run" and "make test". "make help" lists the rest.
# Paths are relative on purpose: make cannot name a target in a folder with a space in it.
VENV ?= .venv
PY = "$(VENV)/bin/python"
export PYTHON

.PHONY: help run demo test bench sweep lint texts lock env env-dev parts
.DEFAULT_GOAL := help

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-6s %s\n", $$1, $$2}' Makefile

# exec: the application itself gets the signal that stops make.
run: env ## Start Tocsin on http://127.0.0.1:5000
	@exec $(PY) app.py $(ARGS)

demo: env ## Start it with a fictional company; no mail leaves
	@exec $(PY) app.py --demo $(ARGS)

# ARGS goes to pytest: make test ARGS="-k story"
test: lint parts ## Install what the tests need, check the source, run every test
	@$(PY) -m pytest -n auto --maxprocesses 4 $(ARGS)

# ARGS=--quick for a look; ARGS="sending reporters" for some of it. See benchmarks/README.md.
bench: env-dev ## Measure speed and memory against other programs
	@.ci/bench "$(VENV)"
	@$(PY) -m benchmarks $(ARGS)

sweep: env-dev ## Kill workers and doors at each system call; count what is lost or doubled
	@.ci/bench "$(VENV)"
	@$(PY) -m benchmarks.sweep $(ARGS)

lint: env-dev ## The checks of the source alone
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m ruff check --quiet .
	@$(PY) -m mypy --no-error-summary
	@$(PY) -m djlint templates --lint --quiet

texts: env ## Bring the French texts up to the source, and list what is to be translated
	@$(PY) .ci/texts

lock: ## Write requirements*.txt again; ARGS=--upgrade for newer versions
	@.ci/lock $(ARGS)

env:
	@.ci/venv requirements.txt "$(VENV)"

env-dev:
	@.ci/venv requirements-dev.txt "$(VENV)"

parts:
	@.ci/parts
