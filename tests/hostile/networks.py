"""Networks without end, and numbers without bound."""

from __future__ import annotations

from tests.hostile.case import MARK, ROW, Case, clean, text

PARAMS = 4 * 4 + 4


def computed(name: str, expression: str, codes: str = "NN114", variables: str = "d: 4") -> Case:
    layer = f"{{type: Linear, out_features: ¦{expression}}}"
    whole = f"{MARK}vars: {{{variables}}}\nlayers: [{layer}]\n"
    return text(f"expression: {name}", codes, whole)


def comes_to(name: str, expression: str, size: int) -> Case:
    whole = f"{MARK}vars: {{d: 4}}\nlayers: [{{type: Linear, out_features: {expression}}}]\n"
    return clean(f"expression: {name}", whole, 4 * size + size)


def with_blocks(name: str, codes: str, blocks: str, layers: str = "{block: a}") -> Case:
    return text(f"blocks: {name}", codes, f"{MARK}blocks:\n{blocks}layers: [{layers}]\n")


def nested_repeat(name: str, copies: int, levels: int) -> Case:
    """Copies of copies, each with the same 20 parameters; a budget of a thousand is broken."""
    part = f"[{{type: Sequential, repeat: {copies}, layers: "
    layers = part * levels + f"[{ROW}, ReLU]" + "}]" * levels
    whole = f"{MARK}layers: {layers}\nbudget: {{params: ¦1k, size: 1 MB}}\n"
    made = text(f"repeat: {name}", "NN901", whole, exits=3)
    return made._replace(params=PARAMS * copies**levels)


def doubling(levels: int) -> str:
    """b16 is 2^16 rows and 2^16 - 1 uses; a second one, in b17, passes 200,000."""
    uses = [f"{{block: b{n}}}" for n in range(levels)]
    blocks = "".join(
        f"  b{n + 1}: {{layers: [{use}, {'¦' if n == 16 else ''}{use}]}}\n"
        for n, use in enumerate(uses)
    )
    return f"{MARK}blocks:\n  b0: {{layers: [{ROW}]}}\n{blocks}layers: [{{block: b{levels}}}]\n"


SHADOWS = f"""{MARK}vars: {{d: 4, e: 3}}
variants: {{v: {{d: 5}}}}
blocks:
  a: {{args: {{d: required, e: 6}}, layers: [{{type: Linear, out_features: $d*$e}}]}}
layers: [{{block: a, d: 2*$d*$e}}]
"""
"""Outside, d is 4 and e is 3, so that d inside is 24; e inside is 6."""

CASES = (
    with_blocks("itself", "NN123", "  a: {layers: [{block: ¦a}]}\n"),
    with_blocks("each other", "NN123",
                "  a: {layers: [{block: b}]}\n  b: {layers: [{block: ¦a}]}\n"),
    with_blocks("through three", "NN123",
                "  a: {layers: [{block: b}]}\n  b: {layers: [{block: c}]}\n"
                "  c: {layers: [{block: ¦a}]}\n"),
    # the sixtieth part uses one that lies too deep, long before the circle closes
    with_blocks("through a thousand", "NN123 NN210",
                "".join(f"  {'a' if n == 0 else f'b{n}'}: {{layers: [{'¦' if n == 59 else ''}"
                        f"{{block: b{n + 1}}}]}}\n" for n in range(1000))
                + "  b1000: {layers: [{block: a}]}\n"),
    with_blocks("itself in a residual", "NN123",
                "  a: {layers: [{type: Residual, body: [{block: ¦a}]}]}\n"),
    with_blocks("itself thousands of times", "NN015 NN123",
                "  a: {layers: [{block: ¦a}" + ", {block: a}" * 3_000 + "]}\n"),
    with_blocks("one that is not there", "NN122", f"  a: {{layers: [{ROW}]}}\n",
                "{block: ¦b}, {block: a}"),
    text("blocks: doubled 40 deep", "NN209", doubling(40)),
    clean("repeat: 10^18",
          f"{MARK}layers: [{{type: Linear, out_features: 4, act: ReLU, repeat: {10**18}}}]\n",
          PARAMS * 10**18),
    nested_repeat("10^9, 40 deep", 10**9, 40),
    nested_repeat("10^18, 40 deep", 10**18, 40),
    text("repeat: beyond 2^63", "NN107",
         f"{MARK}layers: [{{type: Linear, out_features: 4, repeat: ¦{10**19}}}]\n"),
    text("repeat: that grows", "NN209",
         f"{MARK}layers:\n  - ¦{{type: Linear, out_features: $in+1, act: ReLU, "
         f"repeat: {10**18}}}\n"),
    computed("10,000 brackets", "(" * 10_000 + "$d" + ")" * 10_000),
    computed("400 brackets", "(" * 400 + "$d" + ")" * 400),
    computed("10,000 minus signs", "'" + "-" * 10_000 + "$d'"),
    comes_to("900 minus signs", "'" + "-" * 900 + "$d'", 4),
    computed("a long chain", "$d" + " + $d" * 10_000),
    comes_to("a chain", "$d" + "+$d" * 300, 301 * 4),
    computed("a long product", "$b" + "*$b" * 300, variables=f"b: {10**18}"),
    computed("beyond 2^63 - 1", "$b*2", variables=f"b: {2**62}"),
    comes_to("2^63 and back", f"$d * {2**62} // {2**62}", 4),
    computed("division by zero", "$d / 0"),
    computed("floor division by zero", "$d // ($d - $d)"),
    computed("a remainder", "$d / 3"),
    computed("towering powers", "$d ** $d ** $d ** $d"),
    computed("other languages", "'${d}'"),
    computed("Python", "__import__('os').system('id') + $d"),
    computed("nothing but signs", "'$ + $d'"),
    computed("an endless name", "$d*$" + "d" * 1_000_000),
    computed("a name that is not there", "$e + $d", "NN115"),
    computed("a text", "$d + 1", variables="d: four"),
    computed("a truth value", "$d + 1", variables="d: true"),
    text("vars: itself", "NN115",
         f"{MARK}vars: {{d: ¦$d}}\nlayers: [{{type: Linear, out_features: $d}}]\n"),
    text("vars: in a circle", "NN115",
         f"{MARK}vars: {{a: ¦$b, b: $c, c: $a}}\n"
         "layers: [{type: Linear, out_features: $a}]\n"),
    text("vars: that double", "NN114",
         f"{MARK}vars:\n  v0: 1\n" + "".join(
             f"  v{n}: {'¦' if n == 63 else ''}$v{n - 1} + $v{n - 1}\n" for n in range(1, 64))
         + "layers: [{type: Linear, out_features: $v63}]\n"),
    clean("vars: shadowed by arguments", SHADOWS, 4 * 144 + 144),
    text("sizes: a weight beyond all disks", "NN901",
         f"nnlint: 1\ninput: [{2**63 - 1}]\n"
         f"layers: [{{type: Linear, out_features: {2**63 - 1}}}]\n"
         "budget: {params: ¦1k}\n", exits=3)._replace(params=(2**63 - 1) * 2**63),
)  # fmt: skip
