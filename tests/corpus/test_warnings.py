"""What a build of a whole real book warns of: every line was compared with the book once.

All of it is wrong in the book, or missing from the copy that these tests have. What
is missing is not our doing to notice: the tests look for themselves.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from d2lbook.__main__ import main
from pypdf import PdfReader

IMAGES_LEFT_OUT = """\
chapter_attention-mechanisms-and-transformers/large-pretraining-transformers.md:240 ../img/imagen.png
chapter_attention-mechanisms-and-transformers/large-pretraining-transformers.md:448 ../img/parti.png
chapter_computational-performance/auto-parallelism.md:182 ../img/twogpu.svg
chapter_computational-performance/hardware.md:127 ../img/turing.png
chapter_computational-performance/hardware.md:133 ../img/tensorcore.jpg
chapter_computational-performance/parameterserver.md:30 ../img/ps-distributed.svg
chapter_computational-performance/parameterserver.md:71 ../img/ps-multimachine.svg
chapter_computer-vision/neural-style.md:40 ../img/style-transfer.svg
chapter_convolutional-modern/cnn-design.md:269 ../img/regnet-fig.png
chapter_convolutional-neural-networks/conv-layer.md:555 ../img/field-visual.png
chapter_convolutional-neural-networks/why-conv.md:90 ../img/waldo-football.jpg
chapter_convolutional-neural-networks/why-conv.md:254 ../img/waldo-mask.jpg
chapter_introduction/index.md:777 ../img/stackedanimals.png
chapter_linear-classification/environment-and-distribution-shift.md:117 ../img/cat-dog-train.png
chapter_linear-classification/environment-and-distribution-shift.md:177 ../img/popvssoda.png
"""
"""The copy has not every image."""

IMAGES_FROM_ELSEWHERE = """\
chapter_gaussian-processes/gp-intro.md:138 206867364-b4707db5-0c2e-4ae4-a412-8292bca4d08d.svg
chapter_gaussian-processes/gp-intro.md:139 206867367-3815720c-93c8-4b4b-80e7-296db1d3553b.svg
chapter_gaussian-processes/gp-intro.md:147 206867797-20e42783-31de-4c50-8103-e9441ba6d0a9.svg
chapter_gaussian-processes/gp-intro.md:148 206867800-d9fc7add-649d-492c-8848-cab07c8fb83e.svg
"""
"""Pages ask for them where they are; a PDF can't."""

IMAGE_HOST = "https://user-images.githubusercontent.com/6753639/"

OTHER_FILES_LEFT_OUT = """\
config.ini:26 [build] resources names 'setup.py'
config.ini:26 [build] resources names 'static/latex_style'
config.ini:51 [html] favicon names 'static/favicon.png'
config.ini:53 [html] html_logo names 'static/logo-with-text.png'
config.ini:55 [html] include_css names 'static/d2l.css'
config.ini:64 [pdf] latex_logo names 'static/logo.png'
"""
"""Nor every other file that config.ini names."""

NOT_IN_THE_BOOK_ITSELF = """\
index.md:5 the file 'frontpage.html' is not there; mend the path, or add it
"""
"""The book's own build copied it there from another folder."""

MISTAKES = """\
chapter_appendix-tools-for-deep-learning/d2l.md:7 this tab block isn't closed before the next begins at line 15; close it with :end_tab:
chapter_linear-regression/linear-regression-scratch.md:328 damaged directive :numref:``; write it as :name:`text`
"""
"""A tab block without its end, and a reference in two backticks on each side."""

FONTS = ("Source Serif Pro", "Source Sans Pro", "Inconsolata")
"""Those of [pdf], which a machine has or has not."""


def lines(text: str) -> Iterator[tuple[str, str]]:
    """Place and the rest of each line."""
    for line in text.splitlines():
        place, _, rest = line.partition(" ")
        yield place, rest


def expected() -> set[str]:
    """What is to be told, as the list above says it."""
    told = [f"{place}: warning: {rest}" for place, rest in lines(NOT_IN_THE_BOOK_ITSELF + MISTAKES)]
    told += [
        f"{place}: warning: the image '{name}' is not there; mend the path, or add it"
        for place, name in lines(IMAGES_LEFT_OUT)
    ]
    told += [
        f"{place}: warning: the image '{IMAGE_HOST}{name}' is not in the book, "
        "so PDFs and EPUBs can't show it; keep a copy in it"
        for place, name in lines(IMAGES_FROM_ELSEWHERE)
    ]
    for place, names in lines(OTHER_FILES_LEFT_OUT):
        reason = "can't be read" if names.startswith("[html]") else "is not there"
        told.append(f"{place}: warning: {names}, which {reason}; add it, or mend the name")
    return set(told)


@pytest.fixture(scope="module")
def book(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the corpus as it stands, but that nothing is executed."""
    folder = tmp_path_factory.mktemp("corpus") / "d2l-en"
    shutil.copytree(corpus, folder)
    config = folder / "config.ini"
    text = config.read_text()
    assert text.count("\neval_notebook = True\n") == 1
    config.write_text(text.replace("\neval_notebook = True\n", "\neval_notebook = False\n"))
    return folder


def test_warnings(book: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(book), "build", "html", "pdf", "--tab", "pytorch"]) == 0
    told = capfd.readouterr().err.splitlines()
    notes = [
        line for line in told if re.match(r"config\.ini:\d+: note: \[\w+\] \w+ is no longer", line)
    ]
    fonts = [line for line in told if any(f"'{font}', which is not inst" in line for font in FONTS)]
    rest = [line for line in told if line not in notes + fonts]
    assert len(rest) == len(set(rest))
    assert set(rest) == expected()
    assert len(PdfReader(book / "_build/pdf/d2l-en-pytorch.pdf").pages) > 800


def test_what_is_said_to_be_missing_is_missing(corpus: Path) -> None:
    for place, name in lines(IMAGES_LEFT_OUT):
        page, _, number = place.partition(":")
        line = (corpus / page).read_text().splitlines()[int(number) - 1]
        assert f"]({name})" in line
        assert not (corpus / page).parent.joinpath(name).exists()
    for _, names in lines(OTHER_FILES_LEFT_OUT):
        assert not (corpus / names.split("'")[1]).exists()
    assert not (corpus / "frontpage.html").exists()


def test_the_seed_alone_refers_to_one_page_that_is_not_there(
    seed_page: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.ini").write_text(
        "[build]\ntabs = mxnet, pytorch, tensorflow, jax\neval_notebook = False\n"
    )
    shutil.copyfile(seed_page, tmp_path / "index.md")
    assert main(["-C", str(tmp_path), "build", "html", "pdf", "ipynb", "pkg"]) == 0
    assert capfd.readouterr().err.splitlines() == [
        "index.md:357: warning: unknown label 'sec_model_construction' in :numref:; "
        "no page of the book has it"
    ]
