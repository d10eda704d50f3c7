"""Numbers, labels and references."""

from __future__ import annotations

import pytest
from d2lbook.document.labels import number_text, numbered_name, reference_text
from d2lbook.document.language import load_language
from d2lbook.document.model import Prose
from d2lbook.errors import SourceError

from tests.document.pages import documents_of

BOOK = {
    "index": """
        # Book

        ```toc
        preface
        ```

        ```toc
        :numbered:

        one/index
        two/index
        ```
        """,
    "preface": "# Preface\n:label:`sec_preface`\n\n![P](p.svg)\n:label:`fig_p`\n",
    "one/index": """
        # One
        :label:`chap_one`

        $$i$$
        :eqlabel:`eq_i`

        ## Why
        :label:`sec_why`

        ```toc
        a
        ```
        """,
    "one/a": """
        # A *page*
        :label:`sec_a`

        ## First
        ### Below
        :label:`sec_below`
        ## Second with $x$
        :label:`sec_second`

        ![](no-caption.svg)

        ![F](f.svg)
        :label:`fig_f`

        ![](f.svg)
        :label:`fig_g`

        $$unlabelled$$

        $$x$$ :eqlabel:`eq_x`

        : Caption
        :label:`tab_t`

        |a|
        |-|
        |1|
        """,
    "two/index": "# Two\n:label:`chap_two`\n",
    "loose": "# Loose\n\n![L](l.svg)\n:label:`fig_l`\n",
}


def names(language: str) -> dict[str, str]:
    documents, problems = documents_of(BOOK)
    assert not problems
    return {
        label: numbered_name(target, load_language(language))
        for label, target in documents.targets.items()
    }


def test_numbers_in_english() -> None:
    assert names("en") == {
        "sec_preface": "Preface",
        "fig_p": "Figure 1",
        "chap_one": "Chapter 1",
        "eq_i": "Equation (1.1)",
        "sec_why": "Why",
        "sec_a": "Section 1.1",
        "sec_below": "Section 1.1.1.1",
        "sec_second": "Section 1.1.2",
        "fig_f": "Figure 1.1.1",
        "fig_g": "Figure 1.1.2",
        "eq_x": "Equation (1.1.2)",
        "tab_t": "Table 1.1.1",
        "chap_two": "Chapter 2",
        "fig_l": "Figure 2",
    }


def test_numbers_in_indonesian() -> None:
    found = names("id")
    assert [found[label] for label in ("chap_one", "sec_a", "fig_f", "tab_t", "eq_x")] == [
        "Bab 1",
        "Bagian 1.1",
        "Gambar 1.1.1",
        "Tabel 1.1.1",
        "Persamaan (1.1.2)",
    ]


@pytest.mark.parametrize(
    ("role", "label", "text"),
    [
        ("numref", "fig_f", "Figure 1.1.1"),
        ("ref", "sec_a", "A page"),
        ("ref", "sec_second", "Second with x"),
        ("eqref", "eq_x", "(1.1.2)"),
        ("ref", "eq_x", "Equation (1.1.2)"),
        ("eqref", "sec_preface", "Preface"),
    ],
)
def test_what_references_say(role: str, label: str, text: str) -> None:
    documents, _ = documents_of(BOOK)
    assert reference_text(role, documents.targets[label], load_language("en")) == text


def test_a_title_leads_to_its_page_other_labels_to_their_place() -> None:
    documents, _ = documents_of(BOOK)
    places = {label: (to.page, to.anchor) for label, to in documents.targets.items()}
    assert places["sec_a"] == ("one/a", "")
    assert places["sec_below"] == ("one/a", "sec_below")
    assert places["fig_f"] == ("one/a", "fig_f")


def test_a_label_used_twice_is_an_error_that_names_both_places() -> None:
    with pytest.raises(SourceError) as caught:
        documents_of(
            {
                "index": "# T\n:label:`a`\n\n```toc\np\n```\n",
                "p": "# P\n\n## Q\n:label:`a`\n",
            }
        )
    assert [problem.line() for problem in caught.value.problems] == [
        "p.md:3: error: label 'a' is used twice; first in index.md:1; rename one of them"
    ]


def test_references_that_lead_nowhere_are_reported_with_the_nearest_label() -> None:
    _, problems = documents_of(
        {"index": "# T\n:label:`sec_title`\n\nText\nand :numref:`sec_titel`,\n:eqref:`no`.\n"}
    )
    assert [problem.line("warning") for problem in problems] == [
        "index.md:5: warning: unknown label 'sec_titel' in :numref:; did you mean 'sec_title'?",
        "index.md:6: warning: unknown label 'no' in :eqref:; no page of the book has it",
    ]


def test_a_label_below_an_equation_is_not_that_of_the_equation() -> None:
    text = "# T\n\n$$a$$\n:label:`eq_a`\n\n$$b$$\n:eqlabel:`eq_b`\n\n:eqref:`eq_a`, :eqref:`eq_b`\n"
    (problem,) = documents_of({"index": text})[1]
    assert problem.line("warning") == (
        "index.md:9: warning: :eqref:`eq_a` leads to index.md:1, which is no equation; "
        "name equations with :eqlabel:, and refer to others with :numref:"
    )


def test_what_tabs_show_in_each_others_place_has_the_same_number() -> None:
    documents, _ = documents_of(
        {
            "index": """
            # T

            ![A](a.svg)
            :label:`fig_a`

            :begin_tab:`pytorch`
            ![P](p.svg)
            :label:`fig_p`
            :end_tab:

            :begin_tab:`jax`
            ![J](j.svg)
            :label:`fig_j`

            ![K](k.svg)
            :label:`fig_k`
            :end_tab:

            ![B](b.svg)
            :label:`fig_b`
            """
        }
    )
    assert {label: target.number for label, target in documents.targets.items()} == {
        "fig_a": (1,),
        "fig_p": (2,),
        "fig_j": (2,),
        "fig_k": (3,),
        "fig_b": (4,),
    }


def test_headings_without_a_label_have_anchors_of_their_own() -> None:
    documents, _ = documents_of(
        {
            "index": "# T\n\n## Über $x$!\n## Same\n## Same\n## 中文\n\n## L\n:label:`same-3`\n## Same\n"
        }
    )
    block = documents.pages["index"].blocks[0]
    assert isinstance(block, Prose)
    anchors = [token.meta["anchor"] for token in block.tokens if token.type == "heading_open"]
    assert anchors == ["t", "über-x", "same", "same-2", "中文", "same-3", "same-4"]


def headings(text: str) -> list[tuple[str, str]]:
    """The headings of the book's page 1 as readers get them: their tags and numbers."""
    documents, _ = documents_of({"index": "# B\n\n```toc\n:numbered:\n\na\n```\n", "a": text})
    return [
        (token.tag, number_text(documents.numbers["a"].of("section", token.meta["ordinal"])))
        for block in documents.pages["a"].blocks
        if isinstance(block, Prose)
        for token in block.tokens
        if token.type == "heading_open"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "## T\n### a\n#### aa\n### b\n",
            [("h1", "1"), ("h2", "1.1"), ("h3", "1.1.1"), ("h2", "1.2")],
        ),
        ("# T\n### a\n### b\n", [("h1", "1"), ("h2", "1.1"), ("h2", "1.2")]),
        (
            "# T\n### a\n## b\n#### c\n",
            [("h1", "1"), ("h2", "1.1"), ("h2", "1.2"), ("h3", "1.2.1")],
        ),
        (
            "# T\n:begin_tab:`jax`\n## J\n:end_tab:\n\n### a\n\n"
            ":begin_tab:`mxnet`\n#### M\n:end_tab:\n",
            [("h1", "1"), ("h2", "1.1"), ("h3", "1.1.1"), ("h4", "1.1.1.1")],
        ),
    ],
)
def test_depth_goes_by_what_a_heading_stands_below(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert headings(text) == expected


def test_a_second_title_is_told_and_can_be_referred_to() -> None:
    text = "# T\n:label:`t`\n\n## A\n:label:`a`\n\n# Z\n:label:`z`\n\n## B\n:label:`b`\n"
    contents = "# Book\n\n```toc\n:numbered:\n\np\n```\n"
    documents, problems = documents_of({"index": contents, "p": text})
    assert [problem.line("warning") for problem in problems] == [
        "p.md:7: warning: this page has a second title; "
        "write '##' for a section, or make it a page of its own"
    ]
    assert {
        name: (target.anchor, target.number, reference_text("numref", target, load_language("en")))
        for name, target in documents.targets.items()
    } == {
        "t": ("", (1,), "Chapter 1"),
        "a": ("a", (1, 1), "Section 1.1"),
        "z": ("z", (), "Z"),
        "b": ("b", (1, 2), "Section 1.2"),
    }


def test_each_tab_may_have_its_own_title() -> None:
    text = ":begin_tab:`jax`\n# J\n:end_tab:\n\n:begin_tab:`mxnet`\n# M\n:end_tab:\n"
    assert documents_of({"index": text})[1] == []
