# What a newcomer types. Every target makes .venv by itself, from python3 alone, and again when the lock changed.
PYTHON ?= python3
export ROUNDS WINDOW VILLAGES
PROJECTS := core plugins/waste plugins/cctv_registry plugins/kartu_cerdas plugins/mail
READY := .venv/ready
SOURCES := core plugins tests benchmarks

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz proof clients check bench bench-peers format schema lock lock-peers

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 13

demo: $(READY)  ## serve invented data at http://127.0.0.1:8000 (WANTILAN_PORT=… for another port)
	@.venv/bin/wantilan demo

test: $(READY)  ## run every test, on SQLite and on PostgreSQL
	.venv/bin/python -m pytest -n 2

proof: $(READY)  ## long proofs: a pooler, a replica, crashes; minutes, and pgbouncer must be installed
	.venv/bin/python -m pytest -n 0 tests/proof

fuzz: $(READY)  ## ask N random operations (SEED: which) of both databases and of a reference interpreter
	FUZZ_N=$(or $(N),2000) FUZZ_SEED=$(or $(SEED),1) .venv/bin/python -m pytest -n 2 tests/fuzz -k every_answer

clients: $(READY)  ## the real graphql-ws, graphql-sse, urql and Apollo Client against a server; node and npm must be there
	.venv/bin/python -m pytest -n 0 tests/clients

check: $(READY)  ## style, types, import contracts, schema snapshot
	.venv/bin/ruff check $(SOURCES)
	.venv/bin/ruff format --check $(SOURCES)
	.venv/bin/mypy core/wantilan plugins/waste/wantilan_waste plugins/cctv_registry/wantilan_cctv_registry plugins/kartu_cerdas/wantilan_kartu_cerdas plugins/mail/wantilan_mail benchmarks
	.venv/bin/lint-imports --no-cache
	.venv/bin/wantilan schema --check schema

bench: $(READY)  ## ours against hand-written SQL and ordinary Strawberry (ROUNDS=3 WINDOW=1 VILLAGES=20 for a quick look)
	.venv/bin/python -m benchmarks
	.venv/bin/python -m benchmarks search

bench-peers: $(READY)  ## measure against PostGraphile 5 and Mercurius from npm, on one PostgreSQL
	@.venv/bin/python -m benchmarks.peers

format: $(READY)  ## rewrite the sources in house style
	.venv/bin/ruff check --fix $(SOURCES)
	.venv/bin/ruff format $(SOURCES)

schema: $(READY)  ## renew schema/*.graphql
	.venv/bin/wantilan schema --write schema

lock: $(READY)  ## renew requirements.lock (pins and hashes, no URL)
	.venv/bin/python -m pip install --quiet uv
	.venv/bin/uv lock --quiet --upgrade
	.venv/bin/uv export --quiet --all-packages --no-emit-workspace --no-emit-project --no-header --no-annotate --output-file requirements.lock

lock-peers: $(READY)  ## renew package-lock.json of the peers and of the clients (versions and hashes, no URL)
	.venv/bin/python -m benchmarks.npm benchmarks/peers tests/clients

$(READY): requirements.lock core/pyproject.toml $(wildcard plugins/*/pyproject.toml)
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(addprefix -e ,$(PROJECTS))
	@touch $(READY)
