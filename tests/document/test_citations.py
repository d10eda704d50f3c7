"""Citations and the list of references: what pandoc makes of them for every output."""

from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.book import Place
from d2lbook.document.bibliography import BibFile
from d2lbook.document.citations import Citation, References, format_citations
from d2lbook.errors import Problem, RenderError

BIBLIOGRAPHY = r"""
@article{Ibu.2016,
  author = {Ibu, Ani and Bapak, Budi},
  title = {{N}eural nets in {PyTorch}},
  journal = {Journal of Nets},
  volume = {3}, number = {2}, pages = {10--20}, year = {2016}
}
@book{Sari+2018*1,
  author = {Sari, Dewi and Putra, Eka and Wati, Fitri and et al.},
  title = {A book},
  publisher = {Penerbit},
  year = {2018},
  doi = {10.1000/182}
}
@misc{unused, author = {Nobody, N.}, title = {Never cited}, year = {2000}}
"""

AT = Place(path="page.md", line=7)


def cite(*keys: str) -> Citation:
    return Citation(role="cite", keys=keys)


def citet(*keys: str) -> Citation:
    return Citation(role="citet", keys=keys)


def formatted(
    folder: Path, *citations: Citation, text: str = BIBLIOGRAPHY, language: str = "en"
) -> tuple[References, list[Problem]]:
    return format_citations(
        [(citation, AT) for citation in citations],
        bibliography=[BibFile(path="book.bib", text=text)],
        language=language,
        cache=folder / "cache",
    )


def test_the_two_roles(tmp_path: Path) -> None:
    both, one = cite("Ibu.2016", "Sari+2018*1"), citet("Ibu.2016")
    references, problems = formatted(tmp_path, both, one)
    assert references.citations[both].html == (
        '(<a href="#ref-Ibu.2016">Ibu and Bapak, 2016</a>; '
        '<a href="#ref-Sari+2018*1">Sari et al., 2018</a>)'
    )
    assert references.citations[one].html == 'Ibu and Bapak (<a href="#ref-Ibu.2016">2016</a>)'
    assert problems == []


def test_several_works_in_a_sentence(tmp_path: Path) -> None:
    citation = citet("Ibu.2016", "Sari+2018*1")
    references, _ = formatted(tmp_path, citation)
    assert references.citations[citation].html == (
        'Ibu and Bapak (<a href="#ref-Ibu.2016">2016</a>); '
        'Sari et al. (<a href="#ref-Sari+2018*1">2018</a>)'
    )


def test_the_list_holds_what_is_cited_in_order_of_the_authors(tmp_path: Path) -> None:
    references, _ = formatted(tmp_path, cite("Sari+2018*1"), cite("Ibu.2016"))
    assert {key: entry.html for key, entry in references.entries.items()} == {
        "Ibu.2016": "Ibu, A., &amp; Bapak, B. (2016). Neural nets in PyTorch. "
        "<em>Journal of Nets</em>, <em>3</em>(2), 10–20.",
        "Sari+2018*1": "Sari, D., Putra, E., Wati, F., et al. (2018). <em>A book</em>. "
        'Penerbit. <a href="https://doi.org/10.1000/182">https://doi.org/10.1000/182</a>',
    }


def test_the_words_are_of_the_language_of_the_book(tmp_path: Path) -> None:
    references, _ = formatted(tmp_path, cite("Sari+2018*1"), citet("Ibu.2016"), language="id")
    assert "Sari dkk., 2018" in references.citations[cite("Sari+2018*1")].html
    assert references.citations[citet("Ibu.2016")].html.startswith("Ibu dan Bapak")


def test_inlines_are_plain_text_and_links(tmp_path: Path) -> None:
    references, _ = formatted(tmp_path, cite("Ibu.2016"))
    inlines = references.citations[cite("Ibu.2016")].inlines
    assert [node["t"] for node in inlines] == ["Str", "Link", "Str"]
    assert inlines[1]["c"][2][0] == "#ref-Ibu.2016"


def test_an_unknown_key_is_shown_and_reported(tmp_path: Path) -> None:
    citation = cite("Ibu.2016", "Ibu.2061")
    references, problems = formatted(tmp_path, citation)
    assert "<strong>Ibu.2061?</strong>" in references.citations[citation].html
    assert "#ref-Ibu.2061" not in references.citations[citation].html
    assert [problem.line("warning") for problem in problems] == [
        "page.md:7: warning: unknown citation 'Ibu.2061'; did you mean 'Ibu.2016'?"
    ]


@pytest.mark.parametrize(
    ("files", "remedy"),
    [
        ([], "name a bibliography with bibfile in [pdf] of config.ini"),
        ([BibFile(path="book.bib", text="% none yet\n")], "there are no entries in book.bib"),
    ],
)
def test_without_any_works(tmp_path: Path, files: list[BibFile], remedy: str) -> None:
    _, problems = format_citations(
        [(cite("a"), AT)], bibliography=files, language="en", cache=tmp_path
    )
    assert [(problem.what, problem.remedy) for problem in problems] == [
        ("unknown citation 'a'", remedy)
    ]


def test_a_damaged_bibliography_is_an_error_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"^book\.bib:4: error: the bibliography can't be read"):
        formatted(tmp_path, cite("a"), text="@book{a,\n title = {A}}\n@book{b\n title = }\n")


@pytest.mark.parametrize(
    "text",
    [
        "@book{a,\n title = {A}, crossref = {a}}",
        '@book{a, title = {A}, crossref = {b}}\n@book{b,\n CrossRef = "a"}',
        "@book{a, xdata = {x, y}}\n@xdata{y, xdata = {a}}",
    ],
)
def test_entries_that_lend_to_themselves_are_an_error(text: str, tmp_path: Path) -> None:
    told = r"^book\.bib:1: error: 'a' takes what it lacks from itself, by crossref or xdata; remove"
    with pytest.raises(RenderError, match=told):
        formatted(tmp_path, cite("a"), text=text)


def test_works_of_several_files(tmp_path: Path) -> None:
    files = [
        BibFile(path="a.bib", text="@book{a,\n title = {First}}\n"),
        BibFile(path="b.bib", text="\n@book{b,\n title = {B}}\n@book{a,\n title = {Second}}\n"),
    ]
    references, problems = format_citations(
        [(cite("b", "a"), AT)], bibliography=files, language="en", cache=tmp_path
    )
    assert {key: entry.html for key, entry in references.entries.items()} == {
        "a": "<em>First</em> (n.d.).",
        "b": "<em>B</em> (n.d.).",
    }
    assert [problem.line("warning") for problem in problems] == [
        "b.bib:4: warning: 'a' is in the bibliography twice; first in a.bib:1; "
        "give one of them another key"
    ]


def test_an_error_in_the_second_file(tmp_path: Path) -> None:
    files = [
        BibFile(path="a.bib", text="@book{a,\n title = {A}}\n"),
        BibFile(path="b.bib", text="@book{b\n title = }\n"),
    ]
    with pytest.raises(RenderError, match=r"^b\.bib:2: error: the bibliography can't be read"):
        format_citations([(cite("a"), AT)], bibliography=files, language="en", cache=tmp_path)


def test_results_are_kept_and_a_damaged_one_is_made_again(tmp_path: Path) -> None:
    first = formatted(tmp_path, cite("Ibu.2016"))
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_text(kept.read_text().replace("Ibu and Bapak", "Kept"))
    assert "Kept" in formatted(tmp_path, cite("Ibu.2016"))[0].citations[cite("Ibu.2016")].html
    kept.write_text("{")
    assert formatted(tmp_path, cite("Ibu.2016")) == first


def test_another_bibliography_is_not_answered_from_the_cache(tmp_path: Path) -> None:
    formatted(tmp_path, cite("Ibu.2016"))
    changed = BIBLIOGRAPHY.replace("Ani", "Zul")
    references, _ = formatted(tmp_path, cite("Ibu.2016"), text=changed)
    assert "Ibu, Z." in references.entries["Ibu.2016"].html


def test_accents_on_letters_without_dots(tmp_path: Path) -> None:
    author = r"Garc{\'\i}a, J. and Ho{\u\i}, B. and {\v\j}o, T. and Y{\i}l, N."
    text = f"@book{{a, title = {{A}}, author = {{{author}}}}}"
    references, _ = formatted(tmp_path, cite("a"), text=text)
    entry = "García, J., Hoĭ, B., ǰo, T., &amp; Yıl, N. (n.d.). <em>A</em>."
    assert references.entries["a"].html == entry


def test_a_key_that_stands_twice_is_told(tmp_path: Path) -> None:
    text = "@book{a,\n title = {A}}\n@book{a,\n title = {B}}\n"
    _, problems = formatted(tmp_path, cite("a"), text=text)
    assert [problem.line("warning") for problem in problems] == [
        "book.bib:3: warning: 'a' is in the bibliography twice; first in line 1; "
        "give one of them another key"
    ]
