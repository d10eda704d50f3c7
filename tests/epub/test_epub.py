"""EPUBs: what a reader finds in them, and what epubcheck says of them."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZIP_STORED, ZipFile

import pytest
from d2lbook.document.language import load_language
from d2lbook.epub.book import write_epub
from d2lbook.epub.cover import draw_cover
from d2lbook.errors import Problem
from d2lbook.output import epub_file
from d2lbook.volume.cover import Cover
from PIL import Image

from tests.conftest import ROOT, MakeBook
from tests.volume.books import SPECIMEN, build_volume

CONFIG = "[project]\nname = tiny\ntitle = Tiny Book\nauthor = Ani Ibu\nlang = en\n"
INDEX = "# Index\n\n```toc\n:numbered:\n\nchapter/index\n```\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40"><rect width="80" height="30"/></svg>'

XHTML = "{http://www.w3.org/1999/xhtml}"
MATHML = "{http://www.w3.org/1998/Math/MathML}"
OPF = "{http://www.idpf.org/2007/opf}"
EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"


def build_epub(root: Path, tab: str = "python") -> tuple[ZipFile, list[Problem]]:
    """The EPUB of one tab of the book in this folder, and what is wrong in it."""
    file, problems = build_volume(root, tab, write_epub, epub_file)
    return ZipFile(file), problems


def page(text: str, config: str = CONFIG, **files: str) -> dict[str, str]:
    """The files of a book of one numbered page."""
    others = {name.replace("__", "/"): content for name, content in files.items()}
    return {"config.ini": config, "index.md": INDEX, "chapter/index.md": text} | others


def parsed(epub: ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(epub.read(f"EPUB/{name}"))


def text_of(epub: ZipFile, name: str = "chapter-index.xhtml") -> str:
    """All text of the body of a page."""
    body = parsed(epub, name).find(f"{XHTML}body")
    assert body is not None
    return " ".join("".join(body.itertext()).split())


@pytest.fixture
def specimen(tmp_path: Path) -> Path:
    return shutil.copytree(SPECIMEN, tmp_path / "book")


def checked(*files: Path) -> None:
    """Let epubcheck read these files; what it finds fails the test."""
    # Debian's starts only where the kernel knows how to run a jar.
    program, java = shutil.which("epubcheck"), shutil.which("java")
    if not program or not java:
        pytest.skip("epubcheck is not installed (Debian: apt-get install epubcheck)")
    for file in files:
        done = subprocess.run(
            [java, "-jar", program, "--failonwarnings", file],
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.returncode, done.stdout + done.stderr


def test_epubcheck_finds_nothing_in_a_book_that_has_everything(specimen: Path) -> None:
    file, problems = build_volume(specimen, "pytorch", write_epub, epub_file)
    assert problems == []
    checked(file)


def test_epubcheck_finds_nothing_in_our_own_book(tmp_path: Path) -> None:
    names = ("config.ini", "index.md", "glosarium.md", "daftar-pustaka.md", "d2l.bib")
    for name in names:
        shutil.copyfile(ROOT / name, tmp_path / name)
    for name in ("chapter_builders-guide", "img"):
        shutil.copytree(ROOT / name, tmp_path / name)
    checked(build_volume(tmp_path, "jax", write_epub, epub_file)[0])


@pytest.mark.parametrize("code", ["", "\n```{.python .input}\n#@tab jax\nrun()\n```\n"])
def test_a_tab_without_a_page_is_a_book_of_a_title(make_book: MakeBook, code: str) -> None:
    config = CONFIG + "[build]\ntabs = pytorch, jax\n"
    root = make_book({"config.ini": config, "index.md": f"# Index\n{code}"})
    file, problems = build_volume(root, "pytorch", write_epub, epub_file)
    assert problems == []
    entries = list(parsed(ZipFile(file), "nav.xhtml").iter(f"{XHTML}a"))
    assert [entry.get("href") for entry in entries] == ["title.xhtml", "#toc"]
    checked(file)


@pytest.mark.parametrize("text", ["<script>x</script> & \"'", "\x01\x0b\ufffe\ud83d]]>", "../../x"])
def test_epubcheck_finds_nothing_wherever_hostile_text_stands(
    make_book: MakeBook, text: str
) -> None:
    line = text.encode("utf-8", "replace").decode()
    code = f"```{{.python .input}}\n'{line}'\n```\n"
    content = f"# {line}\n:label:`{line}`\n\n![{line}](../tree.svg)\n\n{line} `{line}`\n\n{code}"
    config = CONFIG.replace("Tiny Book", line).replace("Ani Ibu", line)
    hostile = SVG.replace("<rect", "<script>alert(1)</script><path/><rect")
    root = make_book(page(content, config, **{"tree.svg": f"<!DOCTYPE svg>{hostile}"}))
    checked(build_volume(root, "python", write_epub, epub_file)[0])


def test_a_picture_is_what_its_content_says(make_book: MakeBook) -> None:
    root = make_book(page("# T\n\n![A](../a.jpg)\n"))
    Image.new("RGB", (30, 20)).save(root / "a.jpg", "PNG")
    file, problems = build_volume(root, "python", write_epub, epub_file)
    assert problems == []
    assert "EPUB/pictures/001.png" in ZipFile(file).namelist()
    checked(file)


def test_markdown_of_outputs_is_set(make_book: MakeBook) -> None:
    data = '{"text/markdown": "# Head\\n\\n**m** $x^2$", "text/plain": "<Markdown>"}'
    outputs = f'[{{"output_type": "display_data", "data": {data}}}]'
    code = f"```{{.python .input}}\nrun()\n```\n\n```{{.json .output n=1}}\n{outputs}\n```\n"
    file, problems = build_volume(
        make_book(page(f"# T\n\n{code}")), "python", write_epub, epub_file
    )
    assert problems == []
    assert text_of(ZipFile(file)) == "1 T run() Head m x2"
    checked(file)


def test_what_it_says_of_itself(specimen: Path) -> None:
    epub, _ = build_epub(specimen, "jax")
    package = parsed(epub, "package.opf")
    said = {
        each.tag.rpartition("}")[2]: each.text for each in package[0] if "}meta" not in each.tag
    }
    assert said["title"] == "Buku Contoh (JAX)"
    assert said["creator"] == "Ani Sari dan Budi Utomo"
    assert said["language"] == "id"
    assert said["rights"] == "© 2026 Ani Sari dan Budi Utomo"
    spine = [item.get("idref") for item in package.iter(f"{OPF}itemref")]
    assert spine[:3] == ["cover", "title", "nav"]
    listed = {f"EPUB/{item.get('href')}" for item in package.iter(f"{OPF}item")}
    there = {name for name in epub.namelist() if name.startswith("EPUB/")}
    assert there - listed == {"EPUB/package.opf"}
    assert listed <= there
    first = epub.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)
    assert text_of(epub, "title.xhtml").startswith(
        "Buku Contoh JAX Ani Sari dan Budi Utomo Versi 1.2"
    )


def test_the_contents_are_nested_as_the_book_is(specimen: Path) -> None:
    epub, _ = build_epub(specimen, "pytorch")
    contents = parsed(epub, "nav.xhtml").find(f".//{XHTML}nav")
    assert contents is not None

    def lines(listed: ElementTree.Element, depth: int) -> list[str]:
        found: list[str] = []
        for item in listed:
            link, *below = item
            found.append(f"{'  ' * depth}{link.text} -> {link.get('href')}")
            for inner in below:
                found += lines(inner, depth + 1)
        return found

    assert contents[0].text == "Daftar isi"
    assert lines(contents[1], 0) == [
        "Buku Contoh -> index.xhtml#index",
        "1 Teks dan Kode -> guide-index.xhtml#guide-index",
        "  1.1 Teks, Gambar, dan Tabel -> guide-prose.xhtml#guide-prose",
        "    1.1.1 Daftar -> guide-prose.xhtml#daftar",
        "    1.1.2 Tabel -> guide-prose.xhtml#tabel",
        "  1.2 Kode dan Keluaran -> guide-code.xhtml#guide-code",
        "    1.2.1 Latihan -> guide-code.xhtml#latihan",
        "2 Rumus -> math-index.xhtml#math-index",
        "Daftar pustaka -> references.xhtml#references",
    ]


def test_a_tab_has_its_own_text_and_code(specimen: Path) -> None:
    jax = text_of(build_epub(specimen, "jax")[0], "guide-code.xhtml")
    assert "JAX menyimpan parameter di luar fungsi." in jax
    assert "Array([0., 2., 4.], dtype=float32)" in jax
    assert "torch" not in jax.replace("d2l[pytorch]", "")


def test_references_lead_where_they_say(specimen: Path) -> None:
    epub, problems = build_epub(specimen, "pytorch")
    body = parsed(epub, "guide-prose.xhtml")
    links = {link.text: link.get("href") for link in body.iter(f"{XHTML}a")}
    assert problems == []
    assert links["Gambar\u00a01.1.1"] == "#fig-tree"
    assert links["Tabel\u00a01.1.1"] == "#tab-layers"
    assert links["(2.1)"] == "math-index.xhtml#eq-loss"
    assert links["Kode dan Keluaran"] == "guide-code.xhtml#guide-code"
    assert links["Utomo, 2020"] == "references.xhtml#ref-utomo-2020"
    assert links["sebuah situs"] == "https://example.org/a?b=1&c=2"


def test_footnotes_are_notes_to_the_reader(make_book: MakeBook) -> None:
    text = "# T\n\nOne.[^a] Two.[^b] Three.[^a]\n\n[^a]: The *first*.\n[^b]: The second.\n"
    epub, _ = build_epub(make_book(page(text)))
    body = parsed(epub, "chapter-index.xhtml")
    marks = [link for link in body.iter(f"{XHTML}a") if link.get(EPUB_TYPE) == "noteref"]
    notes = {
        note.get("id"): "".join(note.itertext()).split() for note in body.iter(f"{XHTML}aside")
    }
    assert [(mark.text, mark.get("href")) for mark in marks] == [
        ("1", "#footnote-1"),
        ("2", "#footnote-2"),
    ]
    assert notes == {"footnote-1": ["1", "The", "first."], "footnote-2": ["2", "The", "second."]}
    assert text_of(epub).startswith("1 T One.1 Two.2 Three.1")


def test_formulas_are_mathml_with_their_tex(make_book: MakeBook) -> None:
    text = "# T\n\n$\\mathbb{R}^2$ and\n\n$$\\stackrel{a}{=}$$\n:eqlabel:`eq_a`\n"
    epub, _ = build_epub(make_book(page(text)))
    body = parsed(epub, "chapter-index.xhtml")
    formulas = list(body.iter(f"{MATHML}math"))
    assert [formula.get("alttext") for formula in formulas] == ["\\mathbb{R}^2", "\\stackrel{a}{=}"]
    assert ["".join(formula.itertext()) for formula in formulas] == ["ℝ2", "=a"]
    assert [formula.get("display") for formula in formulas] == [None, "block"]
    assert "(1.1)" in text_of(epub)
    package = parsed(epub, "package.opf")
    with_math = [item.get("href") for item in package.iter() if item.get("properties") == "mathml"]
    assert with_math == ["chapter-index.xhtml"]


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        (r"\tanh a - \tanh b", "tanh|a−tanh|b"),
        (r"/\log\alpha", "/|log|α"),
        (r"2\log x + x\log_2 x", "2|log|x+x|log2|x"),
        (r"\log(x)\log\left(x\right)", "log(x)|log(x)"),
        (r"\log\sin^2 x, \log -x", "log|sin2|x,log−x"),
        (r"a\,\log\,b", "a\u2009log\u2009b"),
        (r"y^{\max_i x}", "ymaxi|x"),
    ],
)
def test_names_of_functions_stand_apart(make_book: MakeBook, tex: str, shown: str) -> None:
    epub, _ = build_epub(make_book(page(f"# T\n\n$${tex}$$\n")))
    formula = next(parsed(epub, "chapter-index.xhtml").iter(f"{MATHML}math"))
    for space in formula.iter(f"{MATHML}mspace"):
        space.text = "|"
    assert "".join(formula.itertext()).replace("\u2061", "") == shown


def test_cells_of_formulas_say_how_they_are_aligned(make_book: MakeBook) -> None:
    tex = r"\begin{aligned} a &= b & c &= d \\ e \end{aligned} \begin{matrix} f & g \end{matrix}"
    epub, _ = build_epub(make_book(page(f"# T\n\n$${tex}$$\n")))
    rows = parsed(epub, "chapter-index.xhtml").iter(f"{MATHML}mtr")
    assert [[cell.get("style") for cell in row.iter(f"{MATHML}mtd")] for row in rows] == [
        [
            "text-align:right;text-align:-webkit-right;padding-right:0em",
            "text-align:left;padding-left:0em;padding-right:0.5em",
            "text-align:right;text-align:-webkit-right;padding-left:0.5em;padding-right:0em",
            "text-align:left;padding-left:0em",
        ],
        ["text-align:right;text-align:-webkit-right"],
        ["padding-right:0.5em", "padding-left:0.5em"],
    ]


@pytest.mark.parametrize(
    ("tex", "parts"),
    [
        ("a = b + c", ["a=b+c"]),
        ("N = 785 + 257 + 257 + 10 = 1309", ["N=", "785+", "257+", "257+", "10=", "1309"]),
        ("f(a + b, c + d) = -1 - |a - b - c - d|", ["f(a+b,c+d)=", "−1−", "∣a−b−c−d∣"]),
        (r"\sum_{i = 1}^{n + 1} x_{i + 1} \quad y_{i + 2} z_{j + 1}", None),
    ],
)
def test_long_formulas_in_a_line_may_be_broken_where_tex_breaks_them(
    make_book: MakeBook, tex: str, parts: list[str] | None
) -> None:
    epub, _ = build_epub(make_book(page(f"# T\n\nA ${tex}$.\n")))
    found = list(parsed(epub, "chapter-index.xhtml").iter(f"{MATHML}math"))
    texts = ["".join(part.itertext()) for part in found]
    assert texts == parts if parts else len(texts) == 1
    assert [part.get("alttext") for part in found] == (texts if len(texts) > 1 else [tex])


def test_code_may_be_broken_between_its_words(make_book: MakeBook) -> None:
    code = "| `a.b` |\n|---|\n| `nn.Module(x=1)` |\n\n`nn.Linear` `__init__` `nn.Sequential(<...)`"
    epub, _ = build_epub(make_book(page(f"# T\n\n{code}\n")))
    markup = epub.read("EPUB/chapter-index.xhtml").decode()
    assert re.findall("<code>(.*?)</code>", markup) == [
        "a.<wbr/>b",
        "nn.<wbr/>Module(<wbr/>x=<wbr/>1)",
        "nn.Linear",
        "__init__",
        "nn.<wbr/>Sequential(<wbr/>&lt;...)",
    ]


def test_a_formula_that_cannot_be_read_is_shown_and_reported(make_book: MakeBook) -> None:
    epub, problems = build_epub(make_book(page("# T\n\nA\n$\\foo{x}$.\n")))
    assert [problem.line("warning") for problem in problems] == [
        "chapter/index.md:4: warning: KaTeX can't read the formula: "
        "Undefined control sequence: \\foo"
    ]
    assert "\\foo{x}" in text_of(epub)


def test_links_from_the_root_of_the_book_and_to_headings_in_other_alphabets(
    make_book: MakeBook,
) -> None:
    text = "# T\n\n## Übungen\n\n![Tree](/tree.svg)\n\n[a](/chapter/index.md#übungen)\n"
    epub, problems = build_epub(make_book(page(text, **{"tree.svg": SVG})))
    found = parsed(epub, "chapter-index.xhtml")
    assert problems == []
    assert [image.get("src") for image in found.iter(f"{XHTML}img")] == ["pictures/001.svg"]
    assert [link.get("href") for link in found.iter(f"{XHTML}a")] == ["#bungen"]


def test_pictures_are_in_it_and_missing_ones_told(make_book: MakeBook) -> None:
    text = "# T\n\n![Tree](../tree.svg)\n\n![Lost](no.svg)\n\n![Odd](../a.tiff)\n"
    root = make_book(page(text, **{"tree.svg": SVG, "a.tiff": "II*"}))
    epub, problems = build_epub(root)
    pictures = [name for name in epub.namelist() if name.startswith("EPUB/pictures/")]
    shown = [image.attrib for image in parsed(epub, "chapter-index.xhtml").iter(f"{XHTML}img")]
    assert pictures == ["EPUB/pictures/001.svg"]
    assert shown == [{"src": "pictures/001.svg", "alt": "Tree"}]
    assert "Lost" in text_of(epub)
    assert [problem.line("warning") for problem in problems] == [
        "chapter/index.md:5: warning: the image 'no.svg' is not there; mend the path, or add it",
        "chapter/index.md:7: warning: PDFs and EPUBs can't show the image '../a.tiff'; "
        "keep it as SVG, PNG or JPEG",
    ]


def test_pages_have_names_of_their_own(make_book: MakeBook) -> None:
    files = {
        "config.ini": CONFIG,
        "index.md": "# Index\n\n```toc\n\nnav\na/b\na-b\n```\n",
        "nav.md": "# Nav\n",
        "a/b.md": "# B\n",
        "a-b.md": "# B\n",
    }
    epub, _ = build_epub(make_book(files))
    names = {name for name in epub.namelist() if "b" in name or "nav" in name}
    assert names - {"EPUB/book.css"} == {
        f"EPUB/{name}.xhtml" for name in ("nav", "nav-2", "a-b", "a-b-2")
    }


def test_a_page_called_references_is_not_the_list_of_references(make_book: MakeBook) -> None:
    files = {
        "config.ini": f"{CONFIG}[pdf]\nbibfile = b.bib\n",
        "b.bib": "@book{knuth, author={Knuth, D.}, title={Art}, year=1968}",
        "index.md": "# Index\n\nSee :cite:`knuth`.\n\n```toc\nreferences\n```\n",
        "references.md": "# Mine\n\nMy own words.\n",
    }
    epub, _ = build_epub(make_book(files))
    assert "My own words." in text_of(epub, "references.xhtml")
    assert "Knuth" in text_of(epub, "references-2.xhtml")


def test_the_cover_is_a_picture(tmp_path: Path) -> None:
    cover = Cover(
        title='A "Book" #panic()',
        author="Ani Ibu",
        edition="JAX",
        release="",
        copyright="",
        made_with=None,
        language=load_language("en"),
    )
    drawn = Image.open(io.BytesIO(draw_cover(cover)))
    assert (drawn.format, drawn.size) == ("PNG", (1200, 1800))


def test_the_same_book_gives_the_same_bytes(specimen: Path) -> None:
    file, _ = build_volume(specimen, "pytorch", write_epub, epub_file)
    first = file.read_bytes()
    file.unlink()
    assert build_volume(specimen, "pytorch", write_epub, epub_file)[0].read_bytes() == first
