# Chợ Phiên. `make` lists what there is; every target sets itself up.
PORT ?= 8000
FRESH ?= 0
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
RUN := $(BIN)/python

.PHONY: help setup demo check test gallery story translations lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(STAMP) ## create .venv, install Python and front-end packages

$(STAMP): requirements.lock package-lock.json tools/build_assets.py tools/install.py
	@$(PYTHON) tools/install.py
	@touch $(STAMP)

demo: $(STAMP) ## real products with demo accounts on http://127.0.0.1:8000 (PORT=, FRESH=1)
	@$(RUN) tools/demo.py --port $(PORT) $(if $(filter 1,$(FRESH)),--fresh)

check: $(STAMP) ## the quick part of the tests, under 5 minutes
	@$(RUN) tools/run_checks.py quick

test: $(STAMP) ## everything that .ci/run runs
	@$(RUN) tools/run_checks.py full

gallery: $(STAMP) ## screenshots of the key pages into docs/gallery
	@PYTHONPATH=. $(RUN) tools/gallery.py

story: $(STAMP) ## play the main job end to end against its own server
	@$(RUN) -m tests.story

translations: $(STAMP) ## gather the sentences of code and templates into the English catalogue
	@$(RUN) tools/translations.py update

lock: ## pin the newest versions that pyproject.toml allows
	@$(PYTHON) tools/install.py lock

clean: ## remove what the other targets made, except instance/
	rm -rf .venv node_modules shop/static/vendor .cache .mypy_cache .ruff_cache
