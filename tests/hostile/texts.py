"""What a file may hold: bytes that are no text, YAML that is none, no end of either."""

from __future__ import annotations

from tests.hostile.case import MARK, ROW, Case, clean, holding, raw, refused, text

LONG = 5_000_000
ERRORS = 50_000
ENTRIES = ERRORS // 2
"""Of a map: each is two nodes, a key and its value."""
"""In one file: each costs some time, and there is no end of telling them."""
GOOD = f"{MARK}layers: [{ROW}]\n"
PARAMS = 4 * 4 + 4
NO_SPEC = "not a spec: no line begins with `nnlint:`"


def linear(value: str, codes: str) -> Case:
    """A Linear with that for a size."""
    whole = f"{MARK}layers: [{{type: Linear, out_features: ¦{value}}}]\n"
    return text(f"size {value[:20]} ({len(value)})", codes, whole)


def valued(key: str, codes: str) -> Case:
    """A key that is no name, in a layer."""
    whole = f"{MARK}layers: [{{type: Linear, out_features: 4, ¦{key}: 1}}]\n"
    return text(f"key {key}", codes, whole)


def merging(value: str) -> Case:
    """A merge of what is no map; `¦` stands before that."""
    whole = f"{MARK}layers: [{{type: Linear, out_features: 4, <<: {value}}}]\n"
    return text(f"merge of {value}", "NN013", whole)


def tagged(value: str) -> Case:
    return text(f"tag {value}", "NN011", f"{MARK}name: ¦{value}\nlayers: [{ROW}]\n")


def control(char: str) -> Case:
    whole = f"{MARK}layers: [{ROW}] # ¦{char}\n"
    return text(f"U+{ord(char):04X}", "NN003", whole)


BYTES = (
    *map(control, "\x00\x01\x08\x0b\x0c\x1b\x7f\x80\x9b\x9f\ufffe\uffff\ufeff"),
    text("many NULs", "NN003", f"{MARK}layers: [¦{chr(0) * 1000}]\n"),
    text("Latin-1", "NN001", f"{MARK}name: caf¦é\nlayers: [{ROW}]\n", "latin-1"),
    clean("UTF-8 with a byte order mark", GOOD.encode("utf-8-sig"), PARAMS),
    raw("UTF-16-LE", "NN001", b"\xff\xfe" + GOOD.encode("utf-16-le"), 1, 1),
    raw("UTF-16-BE", "NN001", b"\xfe\xff" + GOOD.encode("utf-16-be"), 1, 1),
    raw("UTF-32-LE", "NN001", b"\xff\xfe\0\0" + GOOD.encode("utf-32-le"), 1, 1),
    # the two NULs of this mark are text, as far as UTF-8 goes
    raw("UTF-32-BE", "NN001", b"\0\0\xfe\xff" + GOOD.encode("utf-32-be"), 1, 3),
    # without a mark they are ASCII with NULs between: behind the `n`, or before it
    raw("UTF-16-LE, no mark", "NN003", GOOD.encode("utf-16-le"), 1, 2),
    raw("UTF-16-BE, no mark", "NN003", GOOD.encode("utf-16-be"), 1, 1),
    raw("UTF-32-LE, no mark", "NN003", GOOD.encode("utf-32-le"), 1, 2),
    raw("UTF-32-BE, no mark", "NN003", GOOD.encode("utf-32-be"), 1, 1),
    raw("raw surrogate", "NN001", MARK.encode() + b"name: \xed\xa0\x80\n", 3, 7),
    raw("surrogate pair, CESU-8", "NN001", MARK.encode() + b"#\xed\xa0\xbd\xed\xb8\x80", 3, 2),
    raw("overlong slash", "NN001", MARK.encode() + b"name: a\xc0\xaf\n", 3, 8),
    raw("beyond Unicode", "NN001", MARK.encode() + b"\xf4\x90\x80\x80", 3, 1),
    raw("half a character at the end", "NN001", MARK.encode() + b"# \xe6\xbc", 3, 3),
    refused("EBCDIC", NO_SPEC, holding(GOOD.encode("cp500"))),
    text("escaped surrogate", "NN002", f'{MARK}name: "a¦\\ud800"\nlayers: [{ROW}]\n'),
    refused("empty", NO_SPEC, holding(b"")),
    refused("only a comment", NO_SPEC, holding(b"# nnlint: 1\n")),
    refused("only a scalar", NO_SPEC, holding(b"nnlint\n")),
    refused("only a list", NO_SPEC, holding(b"- nnlint: 1\n")),
    refused("only a byte order mark", NO_SPEC, holding(b"\xef\xbb\xbf")),
    refused("only NULs", NO_SPEC, holding(b"\0" * 100_000)),
    refused("only line breaks", NO_SPEC, holding(b"\n" * 1_000_000)),
    text("only the marker", "NN102 NN105", "¦nnlint:"),
    text("no layers", "NN102", f"¦{MARK}"),
    text("a text that looks like the marker", "NN101", "¦nnlint:1\n"),
    text("a list that holds the marker", "NN101", "¦[\nnnlint: 1]\n"),
    text("the marker in a quoted text", "NN101", '¦"\nnnlint: 1"\n'),
    clean("CR LF", GOOD.replace("\n", "\r\n"), PARAMS),
    clean("CR", GOOD.replace("\n", "\r"), PARAMS),
    text("CR LF and a mistake", "NN120", f"{MARK}layers:\n  - ¦Linaer\n".replace("\n", "\r\n")),
    text("CR and a mistake", "NN120", f"{MARK}layers:\n  - ¦Linaer\n".replace("\n", "\r")),
)  # fmt: skip
YAML = (
    text("tab for an indent", "NN002", f"{MARK}layers:\n¦\t- ReLU\n"),
    text("tab behind a dash", "NN002", f"{MARK}layers:\n  -¦\t- ReLU\n"),
    clean("tabs between", f"{MARK}layers:\t[\t{ROW}\t]\t# x\n", PARAMS),
    text("two documents", "NN009", f"{GOOD}¦---\nnnlint: 1\n"),
    text("a second that is broken", "NN009", f"{GOOD}¦--- [\n"),
    text("thousands of documents", "NN009", GOOD + "¦---\n" + "---\n" * 100_000),
    clean("an end that is marked", f"--- # x\n{GOOD}...\n", PARAMS),
    text("unknown YAML", "NN002", f"¦%YAML 3.0\n---\n{GOOD}"),
    text("many quotes", "NN002", f'{MARK}layers: [""¦"' + '"' * 100_000),
    text("many commas", "NN002", f"{MARK}layers: [¦," + "," * 100_000),
    text("many colons", "NN002", f"{MARK}layers: a¦" + ": b" * 100_000),
    text("key twice", "NN008", f"{MARK}¦input: [5]\nlayers: [{ROW}]\n"),
    text("key thousands of times", "NN008 NN015",
         f"{MARK}layers: [{ROW}]\n¦" + "input: 1\n" * ERRORS),
    *(tagged(f"{tag} x") for tag in (
        "!!python/name:os.system", "!!python/module:os", "!!python/object:os.system",
        "!!python/str", "!!python/unicode", "!!binary", "!!timestamp", "!!int", "!!nonsense",
        "!own", "!<tag:example.org,2000:x>", "!!merge",
    )),
    *(text(f"tag {value}", "NN011 NN101", f"{MARK}layers: [¦{value}]\n") for value in (
        '!!python/object/apply:os.system ["id"]', '!!python/object/new:os.system [["id"]]',
        "!!python/tuple [1]", "!!python/list [1]", "!!omap [a: 1]", "!!pairs [a: 1]",
    )),
    text("tag !!set", "NN011 NN102", f"{MARK}layers: [¦!!set {{a, b}}]\n"),
    text("tag of a directive", "NN011",
         f"%TAG !! tag:yaml.org,2002:python/\n---\n{MARK}name: ¦!!name:os.system x\n"
         f"layers: [{ROW}]\n"),
    *map(merging, ("¦1", "¦text", "¦null", "¦true", "¦''", "[¦1]", "[¦[]]", "[{}, ¦1]",
                   "[¦[{p: 1}]]", "{<<: ¦3}", "¦.nan")),
    clean("merge of nothing", f"{MARK}layers: [{{<<: [], type: Linear, out_features: 4}}]\n",
          PARAMS),
    text("merge twice", "NN008",
         f"{MARK}layers: [{{type: Linear, out_features: 4, <<: {{bias: true}}, ¦<<: {{}}}}]\n"),
    text("merge in quotes", "NN103",
         f"{MARK}layers: [{{type: Linear, out_features: 4, ¦\"<<\": {{}}}}]\n"),
    text("merge as a layer", "NN120", f"{MARK}layers: [¦<<]\n"),
    *(valued(key, "NN010") for key in (
        "[a]", "{a: 1}", "~", "null", "true", "FALSE", "1", "1.5", "-0", "0x10", ".nan", ".inf",
        "[]", "{}", "[[[a]]]", "{[a]: {b: c}}", "&a [x]", "! [x]",
    )),
    text("key that is empty", "NN002", f"{MARK}layers: [{ROW}]\n¦: 1\n"),
    text("keys that are no numbers", "NN010", f"{MARK}layers: [{ROW}]\n¦.nan: 1\n.nan: 1\n"),
    text("key that is an alias of a list", "NN010 NN103",
         f"{MARK}¦x: &x [1]\nlayers: [{ROW}]\n*x : 1\n"),
)  # fmt: skip
DIGITS = 5000
NUMBERS = (
    linear("9" * DIGITS, "NN007"),
    linear("-" + "9" * DIGITS, "NN007"),
    linear("0x" + "F" * DIGITS, "NN007"),
    linear("0o" + "7" * DIGITS, "NN007"),
    linear("9" * LONG, "NN007"),
    linear("9" * 3000, "NN107"),
    linear("9223372036854775808", "NN107"),  # 2^63
    linear("1e400", "NN101"),  # and text for PyYAML, but that is no size either
    linear("-1.0e+400", "NN101"),
    linear(".nan", "NN101"),
    linear(".inf", "NN101"),
    linear("-.INF", "NN101"),
    linear("9" * DIGITS + ".0", "NN101"),
    linear("1:" + "59:" * 5000 + "59", "NN101"),
    text("long count", "NN108",
         f"{MARK}layers: [{ROW}]\nbudget: {{params: ¦{'9' * DIGITS}k}}\n"),
    text("long exponent", "NN101",
         f"{MARK}layers: [{ROW}]\nbudget: {{params: ¦1e{'9' * 50}}}\n"),
    text("long repeat", "NN101", f"{MARK}layers: [{{type: ReLU, repeat: ¦9e9999999}}]\n"),
    clean("long decimal", f"{MARK}layers: [{{type: Dropout, p: 0.{'9' * 100_000}}}]\n", 0),
    text("probability that is no number", "NN101",
         f"{MARK}layers: [{{type: Dropout, p: ¦.nan}}]\n"),
    text("version that is no number", "NN105", f"nnlint: ¦.nan\ninput: [4]\nlayers: [{ROW}]\n"),
)  # fmt: skip
NEWLINES = "\n" * 2_000_000
ESCAPES = "\\u2028" * (LONG // 6)
LONGS = (
    text("long word", "NN120", f"{MARK}layers: [¦{'a' * LONG}]\n"),
    text("long text", "NN120", f'{MARK}layers: [¦"{"a" * LONG}"]\n'),
    text("long text of wide characters", "NN120", f"{MARK}layers: [¦{'😀' * (LONG // 4)}]\n"),
    text("long text with one wide character", "NN120",
         f"{MARK}layers: [¦{'a' * 3_000_000}😀]\n"),
    text("long text of words", "NN120", f"{MARK}layers: [¦{'a ' * (LONG // 2)}b]\n"),
    text("long text of lines", "NN120", f'{MARK}layers: [¦"a{NEWLINES}"]\n'),
    text("long text of escapes", "NN120", f'{MARK}layers: [¦"a{ESCAPES}"]\n'),
    text("long block", "NN120", f"{MARK}layers:\n  - ¦|\n" + "    aaaa\n" * (LONG // 9)),
    text("long folded block", "NN120", f"{MARK}layers:\n  - ¦>\n" + "    aaaa\n" * (LONG // 9)),
    text("long key", "NN103", f"{MARK}layers: [{{type: ReLU, ? ¦{'a' * LONG} : 1}}]\n"),
    text("long key of the spec", "NN103", f"{MARK}? ¦{'a' * LONG}\n: 1\nlayers: [{ROW}]\n"),
    text("long type", "NN120", f"{MARK}layers: [{{type: ¦{'a' * LONG}}}]\n"),
    text("long comment", "NN120", f"{MARK}layers: [¦Linaer] # {'a' * LONG}\n"),
    text("long anchor", "NN120", f"{MARK}layers: [¦&{'a' * LONG} Linaer]\n"),
    text("long tag", "NN011", f"{MARK}name: ¦!{'a' * LONG} x\nlayers: [{ROW}]\n"),
    text("many errors", "NN015 NN120", f"{MARK}layers: [¦{'Linaer, ' * ERRORS}]\n"),
    text("many errors on lines", "NN015 NN120",
         f"{MARK}layers:\n  - ¦Linaer\n" + "  - Linaer\n" * ERRORS),
    text("many keys", "NN015 NN103",
         f"{MARK}layers: [{ROW}]\n¦" + "".join(f"k{n}: 1\n" for n in range(ENTRIES))),
    text("many keys of a layer", "NN015 NN103",
         f"{MARK}layers: [{{type: ReLU, ¦{', '.join(f'k{n}: 1' for n in range(ENTRIES))}}}]\n"),
    text("many axes that are none", "NN015 NN101",
         f"nnlint: 1\ninput: [¦{'x, ' * ERRORS}]\nlayers: [{ROW}]\n"),
    text("many variables of nothing", "NN015 NN115",
         f"{MARK}layers: [{ROW}]\nvars:\n  k: ¦$z\n"
         + "".join(f"  k{n}: $z\n" for n in range(ENTRIES // 2))),
    text("many keys that are lists", "NN010 NN015",
         f"{MARK}layers: [{ROW}]\nname: [? ¦[] : 1{', ? [] : 1' * ENTRIES}]\n"),
    text("many old words", "NN012 NN015 NN101",
         f"{MARK}layers: [{ROW}]\nname: ¦[no{', no' * ENTRIES}]\n"),
    text("many ignores", "NN120",
         f"{MARK}layers: [¦Linaer]\n" + "# nnlint: ignore[NN201]\n" * 5_000),
    text("many codes in an ignore", "NN120",
         f"{MARK}layers: [¦Linaer]\n# nnlint: ignore[{'NN201,' * 10_000}NN201]\n"),
    text("many hashes", "NN120", f"{MARK}layers: [¦Linaer]\n" + "# " * 1_000_000),
)  # fmt: skip
CASES = (*BYTES, *YAML, *NUMBERS, *LONGS)
