# `make` alone lists what there is to do. Windows without make: see README.md.
PYTHON ?= python3
BIN := .venv/bin
ROUND ?=
# Compiled modules are kept, as for anybody who has not asked Python not to: every kernel and test process reads them.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help env report release lab test check attack hygiene bench rates demo fuzz sweep picture lock clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'

env: ## install the locked packages into .venv (only when missing or stale)
	@$(PYTHON) install.py

report: env ## read the newest round (or ROUND=name), compute, write the report
	@$(BIN)/fachdialog report $(ROUND)

release: env ## release ROUND=name: its report without the mark Entwurf
	@$(BIN)/fachdialog release $(ROUND)

lab: env ## open JupyterLab on the notebooks
	@$(BIN)/jupyter lab notebooks --ContentsManager.pre_save_hook=analysis_utils.run.one_page.without_outputs

test: env ## all tests
	@$(BIN)/python -m pytest -n auto

check: env ## lint, formatting, types, notebooks without outputs
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/nbstripout --keep-id --verify notebooks/*.ipynb

attack: env ## play the outside reader against the estimates of all rounds
	@$(BIN)/python tests/disclosure/attack_rounds.py

hygiene: ## refuse notebook outputs and private files that git would take
	@$(BIN)/python .ci/hygiene.py

bench: env ## time reading, estimating and reporting
	@$(BIN)/python tests/bench.py

rates: env ## simulate how often comparisons of rounds err (a thousand pairs per case, a quarter of an hour on two cores)
	@$(BIN)/python tests/compare/error_rates.py

demo: env ## rehearse a second round with invented answers, in the folder demo/
	@rm -rf demo && $(BIN)/python tests/demo/second_round.py project demo
	@$(BIN)/fachdialog new-round fachdialog-2 --from fachdialog-1 --export demo/export.xlsx --data demo/data
	@$(BIN)/python tests/demo/second_round.py edit demo
	@$(BIN)/fachdialog report fachdialog-1 fachdialog-2 --data demo/data --reports demo/reports
	@$(BIN)/fachdialog compare fachdialog-1 fachdialog-2 --data demo/data --reports demo/reports

fuzz: env ## read a hundred thousand damaged exports (FACHDIALOG_SEED chooses which)
	@FACHDIALOG_MUTATIONS=$${FACHDIALOG_MUTATIONS:-100000} $(BIN)/python -m pytest -n auto tests/ingest/test_fuzz.py

sweep: env ## report 200 rounds that nobody has sent yet (FACHDIALOG_SEED: the first; FACHDIALOG_ROUNDS: how many; an hour)
	@$(BIN)/python tests/sweep.py

picture: report ## renew the example report and the pictures in the README
	@cp reports/fachdialog-1/bericht.html docs/example-report.html
	@cp reports/fachdialog-1/figures/rangfolge_fokusbereiche.svg docs/ranking.svg
	@chromium --headless --no-sandbox --hide-scrollbars --virtual-time-budget=4000 --window-size=1280,720 \
	  --screenshot=docs/report.png reports/fachdialog-1/index.html

lock: ## renew requirements.lock (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --extra dev --overrides lock-overrides.txt --no-emit-index-url --no-emit-find-links \
	  --upgrade pyproject.toml -o requirements.lock

clean: ## delete generated tables and reports of all rounds
	git clean -fdXq data/processed reports
