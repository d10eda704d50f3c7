# Everything is done by d2lbook and pytest; this file only sets them up and calls them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MXNET_PACKAGES := libgomp1 libquadmath0
DEBIAN_PACKAGES := $(shell cat tests/debian-packages.txt)

.PHONY: book serve test check fuzz lock clean
.DEFAULT_GOAL := book

book: $(VENV)/.tool  ## build the notebooks, the pages and the PDFs into _build/
	@! PATH="$$PATH:/sbin" command -v ldconfig >/dev/null || \
	[ $$(PATH="$$PATH:/sbin" ldconfig -p | grep -cE 'libgomp\.so\.1|libquadmath\.so\.0') -ge 2 ] || \
	{ echo "MXNet needs two of Debian's packages; run: apt-get install $(MXNET_PACKAGES)"; exit 1; }
	$(BIN)/d2lbook build all

serve: $(VENV)/.tool  ## show the book in a browser, following every save
	$(BIN)/d2lbook serve --open

test: $(VENV)/.tests check  ## check the code and run all tests
	@dpkg-query -W $(DEBIAN_PACKAGES) >/dev/null 2>&1 || echo "Tests that need them are skipped \
	unless these are installed: apt-get install $(DEBIAN_PACKAGES)"
	$(BIN)/d2lbook env
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(VENV)/.tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

fuzz: $(VENV)/.tests  ## look for texts that break the reader, for FUZZ_SECONDS (60)
	$(BIN)/python -m tests.fuzzing

lock: $(VENV)/.tool  ## lock the environments anew: envs/TAB.in -> envs/TAB.txt
	$(BIN)/d2lbook env lock

clean: $(VENV)/.tool  ## remove what was built
	$(BIN)/d2lbook clear

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV) || (rm -rf $(VENV); echo "run: apt-get install python3-venv"; exit 1)

$(VENV)/.tool: builder/pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable builder
	@touch $@

$(VENV)/.tests: tests/requirements.txt $(VENV)/.tool
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement tests/requirements.txt
	@touch $@
