"""The live oracle: random layers and networks, held against torch where it is installed.

`pip install torch` and `python -m pytest tests/live`; without torch every module here is
skipped. NNLINT_LIVE_EXAMPLES sets how many examples each test draws.
"""
