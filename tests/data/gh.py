"""A `gh` for tests: its comments lie in the folder $FAKE_GH, and it writes its calls there.

It knows what action.yml asks of it, and fails on anything else. A file `denied` there stands
for a token that may only read.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

HOME = Path(os.environ["FAKE_GH"])
COMMENTS = HOME / "comments.json"
ISSUE = "repos/ann/nets/issues/7/comments"
ALL = f"{ISSUE}?per_page=100"
ONE = re.compile(r"repos/ann/nets/issues/comments/(\d+)")
OWN = re.compile(
    r"\.\[\] \| "
    r'select\(\.user\.login == "(.*)" and \(\.body \| startswith\("(.*)"\)\)\) \| \.id'
)
BOT = "github-actions[bot]"


def main(words: list[str]) -> int:
    """One call."""
    with (HOME / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps(words) + "\n")
    if os.environ.get("GH_TOKEN") != "token-of-the-job":
        sys.exit("gh: To use GitHub CLI in a GitHub Actions workflow, set GH_TOKEN")
    comments = json.loads(COMMENTS.read_text()) if COMMENTS.exists() else []
    match words:
        case ["api", "--paginate", address, "--jq", query] if address == ALL:
            return listed(comments, query)
        case ["api", "--silent", "--method", method, address, "--field", field]:
            return written(comments, method, address, field)
    sys.exit(f"gh: not asked by the action: {words}")


def listed(comments: list[dict[str, object]], query: str) -> int:
    """The numbers of the comments that the query is after."""
    asked = OWN.fullmatch(query)
    if not asked:
        sys.exit(f"gh: another query than this one knows: {query}")
    for one in comments:
        if one["login"] == asked[1] and str(one["body"]).startswith(asked[2]):
            sys.stdout.write(f"{one['id']}\n")
    return 0


def written(comments: list[dict[str, object]], method: str, address: str, field: str) -> int:
    """A new comment, or another text for one that is there."""
    if (HOME / "denied").exists():
        sys.exit("gh: Resource not accessible by integration (HTTP 403)")
    key, _, file = field.partition("=@")
    if key != "body":
        sys.exit(f"gh: no body: {field}")
    body = Path(file).read_text("utf-8")
    if method == "POST" and address == ISSUE:
        comments.append({"id": 100 + len(comments), "login": BOT, "body": body})
    elif method == "PATCH" and (number := ONE.fullmatch(address)):
        (one,) = [one for one in comments if one["id"] == int(number[1])]
        one["body"] = body
    else:
        sys.exit(f"gh: {method} {address} is no such call")
    COMMENTS.write_text(json.dumps(comments))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
