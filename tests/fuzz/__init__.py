"""Fuzzing: inputs bred by coverage, and random specs, held against what must always be so.

`python -m tests.fuzz --seconds 600` breeds inputs (`pip install -e '.[fuzz]'`). What it bred
before lies in `corpus/`, what ever broke something in `found/`; `tests/test_fuzz_corpus.py`
runs both without the fuzzer. `specs.py` draws whole specs for `tests/test_fuzz_specs.py`.
"""
