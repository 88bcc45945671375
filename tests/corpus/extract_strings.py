"""Write ``brian2_strings.json``: equation strings of Brian2's examples that belong to no model of ``brian2.json``.

    python tests/corpus/extract_strings.py FOLDER_OF_THE_SDIST

Scripts that cannot run here (they need data files or other packages) still show equations; they are found in the
syntax tree: strings with a differential equation, and the arguments that hold statements or conditions.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROLES = {"threshold": "spike", "reset": "reset", "on_pre": "pre_spike", "on_post": "post_spike", "model": "equations"}
SKIPPED = ("compartmental",)


def strings(tree):
    """Yield (line, role, text)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in ROLES and isinstance(node.value, ast.Constant):
            text = node.value.value
            if isinstance(text, str) and (node.arg != "model" or ":" in text):
                yield node.value.lineno, ROLES[node.arg], node.value.value
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.search(r"\bd\w+\s*/\s*dt\s*=", node.value):
                yield node.lineno, "equations", node.value


def main(root):
    models = json.loads((HERE / "brian2.json").read_text())["models"]
    known = " ".join(json.dumps(model) for model in models)
    found, seen = [], set()
    for path in sorted((root / "examples").rglob("*.py")):
        if any(word in str(path) for word in SKIPPED):
            continue
        docstrings = {ast.get_docstring(ast.parse(path.read_text()), clean=False)}
        for line, role, text in strings(ast.parse(path.read_text())):
            template = "{" in text
            if (
                not template
                and text not in docstrings
                and json.dumps(text)[1:-1] not in known
                and (text, role) not in seen
            ):
                seen.add((text, role))
                source = f"{root.name}/{path.relative_to(root)}"
                found.append({"source": source, "line": line, "role": role, "text": text})
    note = "Brian2 is distributed under CeCILL 2.1; equation strings quoted from its examples."
    (HERE / "brian2_strings.json").write_text(json.dumps({"license": note, "strings": found}, indent=1) + "\n")
    print(len(found), "strings")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
