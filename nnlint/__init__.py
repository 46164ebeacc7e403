"""nnlint, the linter for neural-network architectures written in YAML."""

__version__ = "0.1.0"
HOME = "https://github.com/nnlint/nnlint"
