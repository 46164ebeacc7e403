"""Mutation of nnlint's own code: small mistakes put into it, and which no test notices.

tests/mutation breaks specs and asks whether the rules see it; this breaks the rules, the
counting and the wiring, and asks whether the tests do.
"""
