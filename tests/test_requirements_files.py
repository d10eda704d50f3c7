"""Lines of requirements as people and tools write them."""

from __future__ import annotations

import pytest
from d2lbook.requirements_files import header_line, locked_on, named_package, normal_name, pins


@pytest.mark.parametrize(
    ("line", "pin"),
    [
        ("alpha==1.0", ("alpha", "1.0")),
        ("Alpha_Beta.gamma==1!2.0rc1+cpu", ("Alpha_Beta.gamma", "1!2.0rc1+cpu")),
        ("alpha==1.0 \\", ("alpha", "1.0")),
        ("alpha==1.0; python_version < '3'", ("alpha", "1.0")),
        ("alpha[more, most] == 1.0  # why", ("alpha", "1.0")),
        ("  alpha===1.0", ("alpha", "1.0")),
        ("alpha", None),
        ("alpha>=1.0", None),
        ("alpha==1.*", None),
        ("alpha==1.0,<2", None),
        ("# alpha==1.0", None),
        ("    # via alpha==1.0", None),
        ("    --hash=sha256:01", None),
        ("-r base.txt", None),
    ],
)
def test_a_pin(line: str, pin: tuple[str, str] | None) -> None:
    assert pins([line]) == ({normal_name(pin[0]): pin} if pin else {})


def test_packages_are_known_by_any_spelling() -> None:
    assert pins(["PaddlePaddle_GPU==3"]).keys() == {"paddlepaddle-gpu"}
    assert named_package("tf_Keras[x] >= 2") == normal_name("TF.keras") == "tf-keras"
    assert named_package("--no-binary tf_keras") == named_package("") == ""


def test_the_first_line_of_a_lock() -> None:
    header = header_line("one.in", "3.11", "2026-11-23")
    assert locked_on(f"{header}alpha==1.0\n") == "2026-11-23"
    assert locked_on("alpha==1.0\n") == ""
