"""What nnlint costs, held against what else does such work: `python -m benchmarks`."""
