"""Whole PDFs of tiny books: what a reader finds in them, and what goes wrong."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from d2lbook.errors import OutputError, RenderError
from PIL import Image

from tests.conftest import MakeBook
from tests.pdf.books import CONFIG, bookmarks, build_pdf, linked_pages, structure, text_of

INDEX = """\
    # Index

    ```toc
    :numbered:

    chapter/index
    ```
    """
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40"><rect width="80" height="30"/></svg>'


def page(text: str, config: str = CONFIG, **files: str) -> dict[str, str]:
    """The files of a book of one numbered page."""
    others = {name.replace("__", "/"): content for name, content in files.items()}
    return {"config.ini": config, "index.md": INDEX, "chapter/index.md": text} | others


def with_outputs(*outputs: object) -> str:
    """A page with one code cell that has these outputs."""
    kept = json.dumps(outputs)
    return f"# T\n\n```{{.python .input}}\nrun()\n```\n\n```{{.json .output n=1}}\n{kept}\n```\n"


def test_title_contents_and_bookmarks(make_book: MakeBook) -> None:
    root = make_book(
        {
            "config.ini": CONFIG + "release = 1.2\ncopyright = Copyright of Ani\n",
            "index.md": INDEX,
            "chapter/index.md": "# First\n\n## Why\n\n```toc\n\nsection\n```\n",
            "chapter/section.md": "# Inner\n\n## Part\n\n### Piece\n",
        }
    )
    pdf, problems = build_pdf(root)
    cover, imprint, contents = (pdf.pages[number].extract_text() for number in (0, 1, 2))
    assert problems == []
    assert cover.splitlines() == ["Tiny Book", "Ani Ibu", "Version 1.2"]
    assert imprint.splitlines() == ["Tiny Book", "Ani Ibu", "Version 1.2", "Copyright of Ani"]
    assert "Contents" in contents
    assert "1.1.1 Part" in " ".join(contents.split())
    assert bookmarks(pdf) == [
        "Contents",
        "1 First",
        "  Why",
        "  1.1 Inner",
        "    1.1.1 Part",
        "      1.1.1.1 Piece",
    ]
    assert pdf.metadata is not None
    assert (pdf.metadata.title, pdf.metadata.author) == ("Tiny Book", "Ani Ibu")
    assert pdf.root_object["/Lang"] == "en"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Why $x^2$", "Why 𝑥2"),
        ("The `code` of it", "The code of it"),
        ("A_long_name `tensor.of.many.dimensions(indices)`", "tensor.of.many.dimensions(indices)"),
        ("See :ref:`chap_first`", "See T"),
        ("A [link](https://example.org/) *here*", "A link here"),
        ("By :cite:`unknown`", "By"),
        ("With ![a picture](a.svg)", "With"),
        ("Noted[^1]", "Noted ."),
    ],
)
def test_whatever_stands_in_a_title_stands_in_the_contents(
    make_book: MakeBook, title: str, shown: str
) -> None:
    text = f"# T\n:label:`chap_first`\n\n## {title}\n\n[^1]: A note.\n"
    pdf, _ = build_pdf(make_book(page(text, **{"chapter/a.svg": SVG})))
    assert shown in " ".join(pdf.pages[2].extract_text().split())


@pytest.mark.parametrize("sections", [0, 1, 2, 7])
def test_no_chapter_is_the_last_line_of_a_page_of_contents(
    make_book: MakeBook, sections: int
) -> None:
    """Not even where a page has room for it alone; chapters without sections may be."""
    chapters = [f"c{number}" for number in range(30)]
    text = "# Chapter\n" + "\n## Section\n" * sections
    files = {f"{name}.md": text for name in chapters}
    index = "# Index\n\n```toc\n:numbered:\n\n" + "\n".join(chapters) + "\n```\n"
    pdf, _ = build_pdf(make_book({"config.ini": CONFIG, "index.md": index, **files}))
    contents = [each.extract_text() for each in pdf.pages if "Contents" in each.extract_text()]
    last = [re.findall("Chapter|Section", text)[-1] for text in contents]
    assert len(last) >= 2
    assert sum(len(re.findall("Chapter", text)) for text in contents) == 30
    assert set(last) == {"Section" if sections else "Chapter"}


def test_a_footnote_of_a_title_stands_once(make_book: MakeBook) -> None:
    text = "# T\n\n## Noted[^1]\n\nText[^1].\n\n[^1]: Only here.\n"
    pdf, problems = build_pdf(make_book(page(text)))
    pages = [each.extract_text() for each in pdf.pages]
    assert problems == []
    assert [text.count("Only here.") for text in pages] == [0, 0, 0, 1]
    assert "Noted1" in pages[3]
    assert bookmarks(pdf)[-1] == "  1.1 Noted"


def test_the_index_page_comes_before_the_chapters_if_it_says_something(
    make_book: MakeBook,
) -> None:
    files = page("# First\n")
    files["index.md"] = "# Index\n\nWelcome.\n" + INDEX.replace("    ", "").partition("\n")[2]
    pdf, _ = build_pdf(make_book(files))
    assert bookmarks(pdf) == ["Contents", "Index", "1 First"]


def test_names_and_numbers_are_those_of_the_book_in_its_language(make_book: MakeBook) -> None:
    text = """\
    # Bab
    :label:`chap_x`

    :numref:`fig_a`, :numref:`tab_a`, :eqref:`eq_a`, :numref:`chap_x`.

    ![Pohon](../tree.svg)
    :label:`fig_a`

    : Isi

    | a |
    |---|
    | b |
    :label:`tab_a`

    $$x$$
    :eqlabel:`eq_a`
    """
    config = CONFIG.replace("lang = en", "lang = id")
    pdf, problems = build_pdf(make_book(page(text, config, **{"tree.svg": SVG})))
    assert problems == []
    found = text_of(pdf).replace("\u00a0", " ")
    assert "Gambar 1.1, Tabel 1.1, (1.1), Bab 1." in found
    assert "Gambar 1.1 Pohon" in found
    assert "Tabel 1.1 Isi" in found
    assert "Daftar isi" in found
    assert pdf.root_object["/Lang"] == "id"


def test_links_lead_where_they_say(make_book: MakeBook) -> None:
    files = page(
        "# First\n\n```toc\n\nb\n```\n\n:numref:`odd (label)+*/1`, [b](b.md).\n",
        chapter__b="",
    )
    del files["chapter/b"]
    files["chapter/b.md"] = "# B\n\n" + "Text.\n\n" * 60 + "## Far\n:label:`odd (label)+*/1`\n"
    pdf, _ = build_pdf(make_book(files))
    here = [target for source, target in linked_pages(pdf) if source == 4]
    assert here == [6, 4]


def test_a_tab_has_its_own_text_and_code(make_book: MakeBook) -> None:
    text = """\
    # T

    :begin_tab:`pytorch`
    Torch words.
    :end_tab:

    :begin_tab:`jax`
    Jax words.
    :end_tab:

    ```{.python .input}
    #@tab pytorch
    torch_code()
    ```

    ```{.python .input}
    #@tab jax
    jax_code()
    ```
    """
    root = make_book(page(text, CONFIG + "[build]\ntabs = pytorch, jax\n"))
    found = text_of(build_pdf(root, "jax")[0])
    assert "Jax words." in found
    assert "jax_code()" in found
    assert "JAX" in found
    assert "orch" not in found
    assert (root / "_build" / "pdf" / "tiny-jax.pdf").is_file()


def test_outputs_are_there_in_order(make_book: MakeBook) -> None:
    text = with_outputs(
        {"output_type": "stream", "name": "stdout", "text": "printed"},
        {"output_type": "display_data", "data": {"image/svg+xml": SVG, "text/plain": "no"}},
        {"output_type": "error", "ename": "E", "evalue": "x", "traceback": ["E: broken"]},
    )
    pdf, problems = build_pdf(make_book(page(text)))
    assert problems == []
    assert "run() printed E: broken" in text_of(pdf)


def test_markdown_and_formulas_of_outputs_are_set(make_book: MakeBook) -> None:
    plain = {"text/plain": "<IPython.core.display object>"}
    texts = (
        {"text/markdown": "# Head\n\n**m** $x^2$\n\n- item"},
        {"text/latex": "$a$ Text *b* $$c$$"},
    )
    outputs = ({"output_type": "display_data", "data": plain | data} for data in texts)
    pdf, problems = build_pdf(make_book(page(with_outputs(*outputs))))
    assert problems == []
    assert "run() Head m 𝑥2 • item 𝑎 Text *b* 𝑐" in text_of(pdf)
    assert bookmarks(pdf) == ["Contents", "1 T"]


@pytest.mark.parametrize("word", ["x" * 300, "x" * 5000, "." * 600, ")" * 600, "a_" * 100])
def test_code_never_runs_off_the_page(make_book: MakeBook, word: str) -> None:
    line = " ".join(["word"] * 60)
    listing = f"```python\n{word}\n{line}\n\n{word}\n'{word}'\n```\n"
    pdf, problems = build_pdf(make_book(page(f"# T\n\n{listing}\nAnd `{word}` inline.\n")))
    assert problems == []
    ends: list[tuple[float, float]] = []

    def visit(piece: str, matrix: list[float], place: list[float], *_: object) -> None:
        if piece.strip():
            x, y = place[4] * matrix[0] + matrix[4], place[5] * matrix[3] + matrix[5]
            ends.append((x, y))

    found = "".join(each.extract_text(visitor_text=visit) for each in pdf.pages[3:])
    # Copied, it is what was written.
    assert found.count(word[0]) >= 4 * word.count(word[0])
    assert "\u200b" not in found
    width, foot = float(pdf.pages[3].mediabox.width), 30
    assert max(x for x, _ in ends) < width - 60
    assert min(y for _, y in ends) > foot


def test_a_line_may_be_as_long_as_a_book(make_book: MakeBook) -> None:
    pdf, problems = build_pdf(make_book(page(f"# T\n\n    {'0123456789' * 10_000}\n")))
    assert problems == []
    assert len(pdf.pages) > 20


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("trainable=False", ["trainable=", "False"]),
        ("trainable==None", ["trainable==", "None"]),
        ("dimensions,others", ["dimensions,", "others"]),
    ],
)
def test_code_in_tables_breaks_where_a_value_begins(
    make_book: MakeBook, code: str, lines: list[str]
) -> None:
    row = f"| {' | '.join([f'`{code}`'] * 5)} |\n"
    text = f"# T\n\n|{' a |' * 5}\n|{'---|' * 5}\n{row}"
    pdf, _ = build_pdf(make_book(page(text)))
    found = pdf.pages[3].extract_text(extraction_mode="layout").splitlines()
    shown = [line.split() for line in found if any(part in line for part in lines)]
    assert shown == [[line] * 5 for line in lines]


@pytest.mark.parametrize(
    ("columns", "word"), [(10, "Genauigkeit"), (30, "Genauigkeit"), (3, "x" * 90), (5, "`code`")]
)
def test_words_of_wide_tables_never_run_into_each_other(
    make_book: MakeBook, columns: int, word: str
) -> None:
    heads = [f"{word}{number}" for number in range(columns)]
    text = f"# T\n\n| {' | '.join(heads)} |\n|{'---|' * columns}\n|{' $x^2$ |' * columns}\n"
    pdf, problems = build_pdf(make_book(page(text)))
    assert problems == []
    words = pdf.pages[3].extract_text().split()
    assert {head.replace("`", "") for head in heads} <= set(words)


def test_a_caption_stays_with_its_table(make_book: MakeBook) -> None:
    table = ": Caption\n\n| Head |\n|---|\n" + "| Cell |\n" * 8
    names = [f"c{number}" for number in range(8)]
    chapters = {
        f"{name}.md": "# Chapter\n\n" + "Text.\n\n" * (17 + number) + table
        for number, name in enumerate(names)
    }
    index = "# Index\n\n```toc\n:numbered:\n\n" + "\n".join(names) + "\n```\n"
    pdf, _ = build_pdf(make_book({"config.ini": CONFIG, "index.md": index, **chapters}))
    pages = [each.extract_text() for each in pdf.pages]
    with_caption = [text.rpartition("Caption")[2] for text in pages if "Caption" in text]
    assert len(with_caption) == len(names)
    assert all("Cell" in text for text in with_caption)


def test_code_breaks_at_blank_lines_and_ends_where_its_outputs_begin(make_book: MakeBook) -> None:
    functions = [
        f"def {name}():\n    a = 1\n    b = 2\n    return {name.upper()}" for name in "fgh"
    ]
    code = "```{.python .input}\n" + "\n\n".join(functions) + "\n```\n"
    shown = [{"output_type": "stream", "name": "stdout", "text": "shown\n"}]
    output = f"```{{.json .output n=1}}\n{json.dumps(shown)}\n```\n"
    names = [f"c{number}" for number in range(12)]
    chapters = {
        f"{name}.md": "# Chapter\n\n" + "Text.\n\n" * (12 + number) + code + "\n" + output
        for number, name in enumerate(names)
    }
    index = "# Index\n\n```toc\n:numbered:\n\n" + "\n".join(names) + "\n```\n"
    pdf, _ = build_pdf(make_book({"config.ini": CONFIG, "index.md": index, **chapters}))
    pages = [each.extract_text() for each in pdf.pages]

    def pages_with(text: str) -> list[int]:
        return [number for number, page in enumerate(pages) if text in page]

    begins = [pages_with(f"def {name}()") for name in "fgh"]
    assert [len(each) for each in begins] == [len(names)] * 3
    assert [pages_with(f"return {name}") for name in "FGH"] == begins
    assert pages_with("shown") == begins[-1]
    assert begins[0] != begins[1]
    assert begins[1] != begins[2]


def test_long_outputs_go_on_on_the_next_page(make_book: MakeBook) -> None:
    lines = "".join(f"line {number}\n" for number in range(400))
    text = with_outputs({"output_type": "stream", "name": "stdout", "text": lines})
    pdf, _ = build_pdf(make_book(page(text)))
    assert len(pdf.pages) > 6
    assert "line 399" in text_of(pdf)


def test_footnotes_and_references(make_book: MakeBook) -> None:
    bib = "@book{a, author = {Sari, Dewi}, title = {Nets}, year = {2018}}\n"
    text = "# T\n\nSee :cite:`a`.[^n]\n\n[^n]: The note.\n"
    config = CONFIG + "[pdf]\nbibfile = b.bib\n"
    pdf, problems = build_pdf(make_book(page(text, config, **{"b.bib": bib})))
    assert problems == []
    found = text_of(pdf)
    assert "See (Sari, 2018)." in found
    assert "The note." in found
    assert "Sari, D. (2018). Nets." in found
    assert bookmarks(pdf)[-1] == "References"


def test_the_list_of_references_stands_where_the_book_has_it(make_book: MakeBook) -> None:
    bib = "@book{a, author = {Sari, Dewi}, title = {Nets}, year = {2018}}\n"
    text = "# T\n\nSee :cite:`a`.\n\n:bibliography:`../b.bib`\n"
    config = CONFIG + "[pdf]\nbibfile = b.bib\n"
    pdf, _ = build_pdf(make_book(page(text, config, **{"b.bib": bib})))
    assert bookmarks(pdf) == ["Contents", "1 T"]
    assert "Sari, D. (2018). Nets." in text_of(pdf)


def test_the_same_book_gives_the_same_bytes(make_book: MakeBook) -> None:
    root = make_book(page("# T\n\n$x^2$ ![P](../tree.svg)\n", **{"tree.svg": SVG}))
    file = root / "_build" / "pdf" / "tiny.pdf"
    build_pdf(root)
    first = file.read_bytes()
    file.unlink()
    build_pdf(root)
    assert file.read_bytes() == first


def test_a_missing_image_is_reported_and_its_place_kept(make_book: MakeBook) -> None:
    pdf, problems = build_pdf(make_book(page("# T\n\n![What it shows](no.svg)\n")))
    assert [problem.line("warning") for problem in problems] == [
        "chapter/index.md:3: warning: the image 'no.svg' is not there; mend the path, or add it"
    ]
    assert "What it shows" in text_of(pdf)


def test_missing_images_are_named_as_they_were_written(make_book: MakeBook) -> None:
    text = "# T\n\n![A](größe.svg) ![B](a%20b.svg)\n\n![C]()\n\n![D](file:///d.svg)\n"
    _, problems = build_pdf(make_book(page(text)))
    assert [problem.line("warning") for problem in problems] == [
        "chapter/index.md:3: warning: the image 'größe.svg' is not there; mend the path, or add it",
        "chapter/index.md:3: warning: the image 'a%20b.svg' is not there; mend the path, or add it",
        "chapter/index.md:5: warning: an image has no address; "
        "name its file, as in ![caption](img/name.png)",
        "chapter/index.md:7: warning: the image 'file:///d.svg' lies outside the book; "
        "keep a copy in the book's folder",
    ]


def test_no_file_from_outside_the_book_gets_in(make_book: MakeBook, tmp_path: Path) -> None:
    (tmp_path / "secret.svg").write_text(SVG)
    root = make_book(page("# T\n\n![A](../../secret.svg)\n\n![B](/etc/passwd)\n"))
    (root / "chapter" / "link.svg").symlink_to(tmp_path / "secret.svg")
    with (root / "chapter" / "index.md").open("a") as file:
        file.write("\n![C](link.svg)\n")
    _, problems = build_pdf(root)
    assert [problem.what for problem in problems] == [
        "the image '../../secret.svg' lies outside the book",
        "the image '/etc/passwd' is not there",
        "the image 'link.svg' lies outside the book",
    ]


def test_letters_of_other_fonts_in_formulas(make_book: MakeBook) -> None:
    pdf, problems = build_pdf(make_book(page("# T\n\n$\\mathsf{X}\\texttt{abc}$\n")))
    assert problems == []
    assert "𝖷𝚊𝚋𝚌" in text_of(pdf).replace(" ", "")


def test_a_formula_that_cannot_be_read_is_shown_and_reported(make_book: MakeBook) -> None:
    pdf, problems = build_pdf(make_book(page("# T\n\nA\n$\\foo{x}$.\n")))
    assert [problem.line("warning") for problem in problems] == [
        "chapter/index.md:4: warning: KaTeX can't read the formula: "
        "Undefined control sequence: \\foo"
    ]
    assert "\\foo{x}" in text_of(pdf)


def raster(form: str) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (30, 20)).save(written, form)
    return written.getvalue()


@pytest.mark.parametrize(("name", "form"), [("a.jpg", "PNG"), ("a.png", "JPEG"), ("a.svg", "PNG")])
def test_a_picture_is_what_its_content_says(make_book: MakeBook, name: str, form: str) -> None:
    root = make_book(page(f"# T\n\n![A](../{name})\n"))
    (root / name).write_bytes(raster(form))
    pdf, problems = build_pdf(root)
    assert problems == []
    assert [each.image.size for each in pdf.pages[3].images if each.image] == [(30, 20)]


def test_a_damaged_picture_names_its_line(make_book: MakeBook) -> None:
    text = "# T\n\nText\n![A](../a.png)\n"
    files = page("# First\n\n```toc\n\nsecond\n```\n", **{"a.png": "no picture"})
    root = make_book({**files, "chapter/second.md": text})
    where = r"^chapter/second\.md:4: error: the image 'a.png' can't"
    with pytest.raises(RenderError, match=where):
        build_pdf(root)
    assert not (root / "_build" / "pdf").exists()


def test_a_damaged_picture_of_an_output_names_its_cell(make_book: MakeBook) -> None:
    damaged = base64.b64encode(raster("PNG")[:50]).decode()
    output = {"output_type": "display_data", "data": {"image/png": damaged}}
    where = r"^chapter/index\.md:[34]: error: a picture that this cell puts out can't be read"
    with pytest.raises(RenderError, match=where) as raised:
        build_pdf(make_book(page(with_outputs(output))))
    assert "outputs/" not in str(raised.value)


@pytest.mark.parametrize(
    ("look", "font"),
    [
        ("", "SourceSans3"),
        ("font-family=\"'No Such Font', sans-serif\"", "SourceSans3"),
        ('font-family="No Such Font"', "SourceSans3"),
        ('font-weight="bold"', "SourceSans3-Semibold"),
        ("font-family='Menlo, monospace'", "SourceCodePro"),
        ('style="font: 12px &quot;No Such Font&quot;, ui-monospace"', "SourceCodePro"),
        ('class="monospace"', "LibertinusSerif-Italic"),
    ],
)
def test_text_in_drawings_has_the_fonts_of_the_tool(
    make_book: MakeBook, look: str, font: str
) -> None:
    style = "<style>.monospace { font: italic 12px serif }</style>"
    svg = SVG.replace("<rect", f'{style}<text x="5" y="25" {look}>Q</text><rect')
    pdf, problems = build_pdf(make_book(page("# T\n\n![A](../a.svg)\n", **{"a.svg": svg})))
    assert problems == []
    used: list[str] = []

    def visit(piece: str, _: object, __: object, named: Any, *___: object) -> None:
        if "Q" in piece:
            used.append(named["/BaseFont"].partition("+")[2])

    pdf.pages[3].extract_text(visitor_text=visit)
    assert [name[: len(font)] for name in used] == [font]


def test_a_damaged_logo_is_an_error(make_book: MakeBook) -> None:
    config = CONFIG + "[pdf]\nlatex_logo = l.svg\n"
    with pytest.raises(RenderError, match=r"the image 'l\.svg' can't be read"):
        build_pdf(make_book(page("# T\n", config, **{"l.svg": "<svg"})))


def test_characters_of_a_title_that_no_font_has_are_told(make_book: MakeBook) -> None:
    config = CONFIG.replace("Tiny Book", "Tiny \ufdd1")
    pdf, problems = build_pdf(make_book(page("# T\n", config)))
    assert [problem.what for problem in problems] == [
        "no font has '\ufdd1', so the PDF shows boxes"
    ]
    assert b"pdfuaid" not in pdf.root_object["/Metadata"].get_object().get_data()


def test_a_missing_logo_is_reported(make_book: MakeBook) -> None:
    config = CONFIG + "[pdf]\nlatex_logo = logo.svg\n"
    _, problems = build_pdf(make_book(page("# T\n", config)))
    assert [problem.line("warning") for problem in problems] == [
        "config.ini:7: warning: [pdf] latex_logo names 'logo.svg', which is not there; "
        "add it, or mend the name"
    ]


def test_a_font_that_is_not_installed_is_reported(make_book: MakeBook) -> None:
    config = CONFIG + "[pdf]\nmain_font = Nobody Has This\nmono_font = dejavu sans mono\n"
    pdf, problems = build_pdf(make_book(page("# T\n\n`code`\n", config)))
    assert [problem.line("warning") for problem in problems] == [
        "config.ini:7: warning: [pdf] main_font names 'Nobody Has This', which is not installed; "
        "install it, or leave it out"
    ]
    assert "code" in text_of(pdf)


def test_a_folder_that_cannot_be_written(make_book: MakeBook) -> None:
    root = make_book(page("# T\n", _build="in the way"))
    with pytest.raises(OutputError, match="can't write"):
        build_pdf(root)


@pytest.mark.parametrize(
    "title", ['#panic("x")', '"); #read("/etc/passwd")', "*a* _b_ $c [", "@x <y>"]
)
def test_what_config_and_captions_say_is_never_markup(make_book: MakeBook, title: str) -> None:
    config = CONFIG.replace("Tiny Book", title).replace("Ani Ibu", title)
    text = f"# {title}\n\n![{title}](../tree.svg)\n\n`{title}`\n\n    {title}\n"
    pdf, _ = build_pdf(make_book(page(text, config, **{"tree.svg": SVG})))
    assert pdf.metadata is not None
    assert pdf.metadata.title == title


def test_folds_and_boxes_are_open_whatever_they_hold(make_book: MakeBook) -> None:
    text = """\
    # First

    :begin_fold: Solution of $x$
    # A chapter?

    Long.[^1]

    :begin_box: Mind the gap
    : Table

    | a |
    |---|
    | b |
    :end_box:
    :end_fold:

    [^1]: A note.
    """
    pdf, problems = build_pdf(make_book(page(text)))
    assert problems == []
    assert len(pdf.pages) == 4
    found = pdf.pages[3].extract_text()
    assert all(words in found for words in ("Solution of", "A chapter?", "Mind the gap", "A note."))


def test_it_can_be_read_aloud(make_book: MakeBook) -> None:
    """PDF/UA-1, as the metadata of the file says it, with what stands for pictures and formulas."""
    text = "# T\n\n### Deep\n\n![Tree of words](../tree.svg) ![](../tree.svg)\n\n$$a^2$$\n"
    pdf, problems = build_pdf(make_book(page(text, **{"tree.svg": SVG})))
    assert problems == []
    assert b"pdfuaid" in pdf.root_object["/Metadata"].get_object().get_data()
    assert pdf.root_object["/MarkInfo"]["/Marked"]
    described = [node["/Alt"] for node in structure(pdf) if "/Alt" in node]
    assert described == ["Tree of words", "a^2"]
    kinds = {node.get("/S") for node in structure(pdf)}
    assert {"/Title", "/TOC", "/H1", "/H2", "/Figure", "/Formula"} <= kinds


def test_characters_that_no_font_has_are_told_once(make_book: MakeBook) -> None:
    # Noncharacters: no font ever has them.
    text = "# T\n\nFirst\u2028line.\n\nThen \ufdd1 and `\ufdd0`.\n\n```python\n\ufdd1\n```\n"
    pdf, problems = build_pdf(make_book(page(text)))
    assert [problem.line("warning") for problem in problems] == [
        "chapter/index.md:5: warning: no font has '\ufdd1', '\ufdd0', so the PDF shows boxes; "
        "install a font that does (such as Noto Sans CJK, Noto Emoji), or leave them out"
    ]
    assert "Then" in text_of(pdf)
    assert b"pdfuaid" not in pdf.root_object["/Metadata"].get_object().get_data()


def test_the_imprint_says_what_outputs_were_made_with(make_book: MakeBook) -> None:
    config = CONFIG + "[build]\ntabs = pytorch\n[env pytorch]\nrequirements = envs/pytorch.txt\n"
    files = {"envs/pytorch.in": "torch\n", "envs/pytorch.txt": "numpy==2.1\ntorch==2.9.1\n"}
    pdf, _ = build_pdf(make_book(page("# T\n", config) | files), "pytorch")
    imprint = " ".join(pdf.pages[1].extract_text().split())
    assert imprint.endswith("The outputs for PyTorch were made with torch 2.9.1.")
