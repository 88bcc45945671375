# Everything on a fresh machine with Python >= 3.10 and a C compiler:
#   make demo   a published network end to end, from its equation strings
#   make test   the test suite
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: demo test quick lint bench examples clean

demo: $(VENV)/.demo
	$(BIN)/ranvier demo

test: $(VENV)/.test
	$(BIN)/python -m pytest -q -n auto -m "not long"
	$(BIN)/python -m pytest -q -n auto -m long

quick: $(VENV)/.test
	$(BIN)/python -m pytest -q -n auto -m "not long"

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.test
	$(BIN)/python -m benchmarks

examples: $(VENV)/.test
	for script in examples/*.py; do $(BIN)/python $$script || exit 1; done

# A stamp per set of extras; a change of the packaging files or of the engine's C installs again.
SOURCES := pyproject.toml setup.py $(wildcard runtime/engine/*.pyx runtime/engine/*.pxi runtime/engine/*.c runtime/engine/*.h templates/*.h)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(BIN)/python $(SOURCES)
	$(BIN)/python -m pip install -q -e ".[plot,progress]"
	touch $@

$(VENV)/.test: $(BIN)/python $(SOURCES)
	$(BIN)/python -m pip install -q -e ".[test]"
	$(BIN)/python -m pip install -q nest-simulator || echo "NEST cannot be installed here: what runs beside it is skipped"
	touch $@

$(VENV)/.dev: $(BIN)/python $(SOURCES)
	$(BIN)/python -m pip install -q -e ".[test,dev]"
	touch $@

clean:
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	rm -f runtime/*.so runtime/engine/_bridge.c runtime/engine/_mathlib.c
