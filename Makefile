# Everything the project does, by name. `make help` lists it.
#
# Needs GNU make and a POSIX shell. Recipes use relative paths only, so a folder with spaces in its
# name works; what has a mind of its own lives in scripts/.

SHELL := /bin/sh
BIN := .venv/bin
# nbgrader starts other tools of its environment (alembic, jupyter) by name.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# The Python that builds .venv: found by itself (3.11 to 3.13), or chosen with PYTHON=python3.12.
PYTHON ?=
# cpu or gpu: which build of TensorFlow .venv gets. Without it: the one that it has, at first cpu.
TENSORFLOW ?=
# More arguments for the tool behind a target: make test ARGS="-k pets".
ARGS ?=

# Files of tests are shared out between three processes, the longest first (tests/conftest.py): two
# cores have enough to do with that, since many tests wait. ARGS="-n 0" runs them in one process, for a debugger.
PYTEST := $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: help environment sandbox demo test test-all versions coverage lint lab docs bench release solutions \
        prove calibrate wheels lock clean

help:  ## List the targets
	@echo 'make TARGET [PYTHON=python3.12] [TENSORFLOW=gpu] [ARGS="..."]'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' Makefile

environment:  ## Build or refresh .venv from requirements.lock (others call it first)
	@PYTHON='$(PYTHON)' TENSORFLOW='$(TENSORFLOW)' sh scripts/environment.sh

sandbox:  ## Install bubblewrap, which grading runs students' code in, where it is missing
	@sh scripts/sandbox.sh

demo: environment sandbox  ## Release, grade a class of eight and show the grades, in build/demo/
	@$(BIN)/pawmark demo $(ARGS)

test: environment sandbox  ## Run the tests, but for the slow ones
	@$(PYTEST) -m "not slow" --durations=10 $(ARGS)

test-all: environment sandbox  ## Run every test, the slow ones too
	@$(PYTEST) $(ARGS)

# Each takes 2 GB of disk while it lasts, and the network: so they are among the slow ones.
versions: environment  ## Install as a student does, the oldest versions and the newest, and try them
	@$(BIN)/python -m pytest tests/house/test_versions.py -k "oldest or newest" $(ARGS)

# Of all of them: CI measures the many short ones, since measuring makes tests slower by half.
coverage: environment sandbox  ## Run the tests and show which lines they reach (build/coverage/)
	@COVER_ALL_TESTS=1 $(PYTEST) -m "not slow" --cov=pawmark --cov-branch --cov-report=term \
	  --cov-report=html:build/coverage $(ARGS)

lint: environment  ## Check style, notebooks, walls between rooms, types and dependencies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python scripts/check_notebooks.py source
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/deptry src
	@$(BIN)/deptry src --config packaging/grader/pyproject.toml

lab: environment  ## Open the released notebooks in JupyterLab, as students do
	@$(BIN)/pawmark lab $(ARGS)

docs: environment  ## Build the documentation site in build/docs/
	@$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs $(ARGS)
	@echo "open build/docs/index.html"

# Alternates stock nbgrader with Pawmark on the same submissions; ARGS=--help lists the choices.
bench: environment sandbox  ## Time grading beside stock nbgrader (takes long; ARGS=--quick)
	@$(BIN)/python -m benchmarks $(ARGS)

release: environment  ## Write release/ again: what students get
	@$(BIN)/pawmark release $(ARGS)

solutions: environment sandbox  ## Write solutions/ again: the reference, run, with its figures
	@$(BIN)/pawmark solutions $(ARGS)

prove: environment  ## Prove the checks of exercises that have changed, write docs/proof.md
	@$(BIN)/python -m pawmark.authoring.prove $(ARGS)

calibrate: environment  ## Measure the bars of the training checks again (takes long)
	@$(BIN)/pawmark calibrate $(ARGS)

wheels: environment  ## Build what `pip install pawmark` and its extra `grader` install, in dist/
	@$(BIN)/python -m hatchling build -t wheel -d dist
	@cd packaging/grader && ../../$(BIN)/python -m hatchling build -t wheel -d ../../dist

COMPILE = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --quiet

# Of both halves at once. Keeps the versions that still fit; ARGS=--upgrade takes the newest of all.
# Then what a graphics card needs beside that, in the same versions.
lock: environment  ## Resolve both locks again from both pyproject.toml (needs the network)
	@$(COMPILE) pyproject.toml packaging/grader/pyproject.toml packaging/tensorflow/cpu.txt \
	  --override packaging/tensorflow/overrides.txt --excludes packaging/excludes.txt \
	  --extra dev --extra validate --extra cluster --no-emit-package pawmark \
	  --no-emit-package pawmark-grader $(ARGS) -o requirements.lock
	@$(COMPILE) packaging/tensorflow/gpu.txt --constraint requirements.lock $(ARGS) \
	  -o requirements-gpu.lock

clean:  ## Remove what was built; keeps .venv, the gradebook and what was handed in
	@rm -rf build dist .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .coverage .hypothesis .nbgrader.log
	@find . -path ./.venv -prune -o -path ./.git -prune -o -type d \
	  \( -name __pycache__ -o -name .ipynb_checkpoints -o -name '*.egg-info' \) \
	  -prune -exec rm -rf {} +
