# Two commands from a fresh checkout: `make demo` and `make test`. Both do their own set-up, in .venv.
#
#   PYTHON=python3.12   the interpreter to make .venv with (else the first of python3, python3.13 … 3.11 that is new enough)
#   ARGS='…'            more arguments for the program or for pytest: make demo ARGS=--once, make test ARGS='-k window'
#   WORKERS=4           how many processes run the tests
#   SECONDS=60          how long each target is fuzzed

.POSIX:
.PHONY: help demo test check torture bench fuzz docs lock clean
ARGS =
WORKERS = 4
SECONDS = 60

help: ## this list
	@sed -n 's/^\([a-z]*\):.* ## /  make \1\t/p' Makefile | expand -t 15

demo: ## the daemon on its own servers with sample mail; ARGS=--once: handle it and stop
	@sh packaging/setup demo
	@.venv/bin/mailreader demo $(ARGS)

test: ## all tests, with real servers where the machine allows it
	@sh packaging/setup dev servers
	@.venv/bin/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: ## format, lint, types, import contracts, generated documentation
	@sh packaging/setup dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	.venv/bin/python -m config.document --check
	.venv/bin/python -m mailreader.cli.document --check

torture: ## thousands of faults and hundreds of kills, for an hour or two; can be stopped and gone on with
	@sh packaging/setup dev servers
	@.venv/bin/python -m tests.torture $(ARGS)

bench: ## messages per second: bare fetch, fetch and parse, the whole way; reading alone, and long bodies
	@sh packaging/setup dev servers
	@.venv/bin/python -m tests.bench $(ARGS)

fuzz: ## inputs made up under guidance of coverage, SECONDS a target; ARGS='mime text': these targets alone
	@sh packaging/setup fuzz
	@.venv/bin/python -m tests.fuzz.guided --seconds $(SECONDS) $(ARGS)

docs: ## write the generated documentation again
	@sh packaging/setup dev
	.venv/bin/python -m config.document
	.venv/bin/python -m mailreader.cli.document

lock: ## choose the newest allowed dependencies again: requirements/*.txt
	@sh packaging/setup dev
	@sh packaging/lock

clean: ## remove .venv, caches and what was built
	rm -rf .venv build dist ./*.egg-info reports .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
