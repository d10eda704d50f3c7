"""One search by Atheris, which ends its process: NAME SECONDS SEED."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["d2lbook", "markdown_it", "mdit_py_plugins"]):
    from tests.fuzzing.search import FOUND, Search


def main() -> None:
    name, seconds, number = sys.argv[1:]
    FOUND.mkdir(exist_ok=True)
    options = [
        f"-max_total_time={max(1, round(float(seconds)))}",
        f"-seed={number}",
        "-max_len=8192",
        "-len_control=0",
        f"-artifact_prefix={FOUND}/atheris-",
    ]
    search = Search(name, int(number))
    atheris.Setup(["fuzz", *options], search.test(int(number), 1).hypothesis.fuzz_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
