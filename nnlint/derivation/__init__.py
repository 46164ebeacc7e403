"""A network's numbers, step by step: the formula, the numbers put in, the result.

Nothing is counted here: every result is the graph's own, and a formula is shown only where
its numbers come to that result. `steps` and `sums` are the derivation as data; `network` and
`layer` write it out.
"""
