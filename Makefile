# Two commands for a newcomer: `make run` and `make test`. Everything else serves the people who work here.
PYTHON ?= python3
INDUSTRY ?= manufacturing
SIDE ?= public
VENV := .venv
BIN := $(VENV)/bin
# People of the census worlds come from a package that needs other versions than this project.
WORLDS := .venv-worlds
UV_VERSION := 0.9.11
# Optional extras of pyproject.toml, each with a lock of its own: requirements-<extra>.lock.
EXTRAS := bench spark
export CREDENTIAL_PIPELINE_HOME ?= $(CURDIR)/data
export DAGSTER_HOME ?= $(CREDENTIAL_PIPELINE_HOME)/dagster
export GX_ANALYTICS_ENABLED := false
export PYTHONWARNINGS := ignore

.PHONY: run test test-cluster coverage install install-spark ui check docs bench bench-linkage shell format lock clean

run: install  ## Simulate the pilot if there are no feeds, run every hop, print the headline table and the report's path.
	@$(BIN)/credential-pipeline run --simulate-if-empty $(INDUSTRY)

test-cluster: install $(VENV)/.extra-spark  ## Both linkage hops on a Spark cluster of several processes; many minutes on two cores.
	@SPARK_CLUSTER=1 $(BIN)/python -m pytest -n 0 tests/pipeline/test_spark_cluster.py

test: install  ## The whole test suite, in memory where /dev/shm has room.
	@$(BIN)/python -m pytest -n 2 --dist loadscope

coverage: install  ## Branch coverage of the domain by its own tests; below 90 % it fails.
	@$(BIN)/python -m pytest -n 2 --dist loadscope --cov --cov-report=term --cov-fail-under=90 tests/domain

install: $(VENV)/.installed  ## The environment only, from the lock.

$(VENV)/.installed: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.extra-%: requirements-%.lock $(VENV)/.installed
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r $<
	@touch $@

install-spark: install $(VENV)/.extra-spark  ## PySpark for industries with `engine: spark`; Java 17 comes from the system.
	@command -v java >/dev/null || echo "Java is missing: install a headless Java 17 or newer (Debian: openjdk-17-jre-headless)."

ui: install  ## Dagster's web page and daemon on loopback, with the three code locations.
	@$(BIN)/credential-pipeline ui

check: install docs  ## Lint, types, import rules, registry, definitions, documentation.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/credential-pipeline registry check
	env -u DAGSTER_HOME $(BIN)/dagster definitions validate -w workspace.yaml --log-level warning

docs: install  ## The documentation as a site in docs/_build/html; a warning or a dead link is an error.
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --nitpicky -b html docs docs/_build/html

bench: install  ## Time, memory and accuracy at the pilot's full size.
	@$(BIN)/python -m tests.bench

bench-linkage: install $(VENV)/.extra-bench  ## Accuracy, time and memory of the linkage beside other methods; ARGS="--full" for all sizes.
	@$(MAKE) --no-print-directory $(WORLDS)/.installed || echo "The census worlds' environment cannot be installed here; going on without them."
	@$(BIN)/python -W ignore -m tests.bench.linking --census-python $(WORLDS)/bin/python $(ARGS)

$(WORLDS)/.installed: requirements-worlds.lock $(VENV)/.installed
	@test -x $(WORLDS)/bin/python || $(BIN)/python -m venv $(WORLDS)
	@$(BIN)/uv pip install --quiet --python $(WORLDS)/bin/python --require-hashes --compile-bytecode -r $<
	@touch $@

shell: install  ## DuckDB over the current versions of one side, read-only: SIDE=clearinghouse, enclave or public.
	@$(BIN)/credential-pipeline shell --side $(SIDE)

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate pyproject.toml

lock:  ## Rewrite the locks after a change of dependencies.
	$(COMPILE) --extra dev -o requirements.lock
	for extra in $(EXTRAS); do $(COMPILE) --extra $$extra -c requirements.lock -o requirements-$$extra.lock || exit 1; done
	echo "pseudopeople==1.3.1" | $(filter-out pyproject.toml,$(COMPILE)) - -o requirements-worlds.lock

clean:  ## Remove the environment; data stays.
	rm -rf $(VENV) $(WORLDS)
