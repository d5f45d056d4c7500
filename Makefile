# Short names for the commands in CONTRIBUTING.md. Nothing here is needed to run Easel.
PYTHON ?= python3
VENV = .venv/bin/python
COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(VENV) -m uv pip compile --quiet \
	--universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links

.PHONY: run test lint format lock

run:
	$(PYTHON) run.py

test:
	$(PYTHON) run.py test

lint:
	$(VENV) -m ruff format --check .
	$(VENV) -m ruff check .
	$(VENV) -m mypy
	$(VENV) -c "from importlinter.cli import lint_imports_command as lint; lint()" --no-logo
	$(VENV) -m djlint --lint --quiet templates

format:
	$(VENV) -m ruff format .
	$(VENV) -m ruff check --fix .

# `make lock UPGRADE=--upgrade` takes the newest versions that pyproject.toml allows.
lock:
	$(COMPILE) $(UPGRADE) requirements/uv.in -o requirements/uv.txt
	$(COMPILE) $(UPGRADE) pyproject.toml -o requirements/run.txt
	$(COMPILE) $(UPGRADE) pyproject.toml --extra test -c requirements/run.txt \
		-o requirements/test.txt
	for list in requirements/clients/*.in; do \
		$(COMPILE) $(UPGRADE) $$list -o $${list%.in}.txt || exit 1; \
	done
