# The project's commands; each readies what it needs. `make` alone lists them.
SHELL := /bin/sh
PYTHON := .venv/bin/python
# One worker more than cores, since tests wait; who is done takes over from who is not.
PARALLEL = -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist worksteal
.DEFAULT_GOAL := help
# .flaskenv names the application, whatever another project left in the shell. Without bytecode
# to find, each worker of the tests compiles all of them anew.
unexport FLASK_APP PYTHONDONTWRITEBYTECODE
.PHONY: help serve test check soak bench validity screenshot lock upgrade sbom clean \
	provision

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: ## migrate and seed the database, then serve on http://127.0.0.1:8000 (HOST, PORT)
	@scripts/venv
	@$(PYTHON) -m flask db upgrade
	@$(PYTHON) -m flask seed --if-empty
	@exec $(PYTHON) -m flask serve

test: provision ## run the tests, those against a real MySQL or MariaDB included
	@$(PYTHON) -m pytest $(PARALLEL)

check: provision ## run ruff, mypy and the tests: what must pass before a commit
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -m pytest $(PARALLEL)

soak: ## run the long tests that the others leave out
	@scripts/provision-cluster
	@$(PYTHON) -m pytest -m soak

bench: ## measure, beside ceilings; writes docs/performance.md (long)
	@scripts/provision-bench
	@$(PYTHON) -m bench

validity: ## score the ranking of transitions on a whole release; writes docs/validity.md
	@scripts/venv
	@$(PYTHON) -m bench.validity

screenshot: provision ## take the pictures of the page in docs/ from the running product
	@$(PYTHON) scripts/screenshot.py

lock: ## pin what the .in files ask for, with hashes; pins that still fit stay
	@scripts/lock

upgrade: ## the same, with the newest releases
	@scripts/lock --upgrade

sbom: ## list what is installed in .venv, in sbom.json (CycloneDX)
	@scripts/venv
	@scripts/aside sbom
	@.venv/sbom/bin/python scripts/sbom.py sbom.json $(PYTHON)

clean: ## remove the virtual environment and caches; the database in instance/ stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov bench/out
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

provision:
	@scripts/provision
