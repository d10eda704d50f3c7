"""Outputs of code as HTML."""

from __future__ import annotations

import base64
import hashlib
import re
import struct

import pytest
from d2lbook.book import Output, Place
from d2lbook.document.language import load_language
from d2lbook.document.outputs import Limits
from d2lbook.html.ansi import ansi_to_html
from d2lbook.html.outputs import OutputWriter
from d2lbook.html.pictures import picture_size
from hypothesis import given
from hypothesis import strategies as st

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 30, 20) + b"rest"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="3cm" height="20"/>'


@pytest.fixture
def writer() -> OutputWriter:
    return OutputWriter(load_language("en"), lambda file: f"../{file}")


def data(**forms: str) -> Output:
    kinds = {
        "plain": "text/plain", "html": "text/html", "png": "image/png", "svg": "image/svg+xml",
        "latex": "text/latex", "markdown": "text/markdown",
        "widget": "application/vnd.jupyter.widget-view+json",
    }  # fmt: skip
    return {
        "output_type": "display_data",
        "data": {kinds[name]: text for name, text in forms.items()},
    }


def stream(text: str, name: str = "stdout") -> Output:
    return {"output_type": "stream", "name": name, "text": text}


def test_text(writer: OutputWriter) -> None:
    assert writer.write([data(plain="<a> & b")]) == "<pre>&lt;a&gt; &amp; b</pre>\n"


def test_text_in_lines(writer: OutputWriter) -> None:
    output = {"output_type": "execute_result", "data": {"text/plain": ["a\n", "b"]}}
    assert writer.write([output]) == "<pre>a\nb</pre>\n"


def test_pieces_of_one_stream_are_one_text(writer: OutputWriter) -> None:
    outputs = [stream("a\n"), stream("b\n"), stream("oh\n", "stderr"), stream("c\n")]
    assert writer.write(outputs) == (
        "<pre>a\nb</pre>\n"
        '<pre class="stderr" role="note" aria-label="Messages">oh</pre>\n'
        "<pre>c</pre>\n"
    )


def test_an_error_shows_its_traceback_in_colour(writer: OutputWriter) -> None:
    output = {
        "output_type": "error",
        "ename": "ValueError",
        "evalue": "no",
        "traceback": ["\x1b[31mValueError\x1b[0m: no"],
    }
    assert writer.write([output]) == (
        '<pre class="error" role="note" aria-label="Error">'
        '<span class="ansi-red">ValueError</span>: no</pre>\n'
    )


@pytest.mark.parametrize(
    ("content", "extension", "width", "height"),
    [(PNG, "png", 30, 20), (SVG.encode(), "svg", 113, 20)],
)
def test_pictures_are_files_named_by_their_content(
    writer: OutputWriter, content: bytes, extension: str, width: int, height: int
) -> None:
    text = SVG if extension == "svg" else base64.encodebytes(content).decode()
    html = writer.write([data(plain="<Figure>", **{extension: text})])
    name = f"_images/{hashlib.sha256(content).hexdigest()[:20]}.{extension}"
    assert writer.pictures == {name: content}
    assert html == (
        f'<img src="../{name}" alt="Picture made by the code above"'
        f' width="{width}" height="{height}" loading="lazy" decoding="async">\n'
    )


def test_an_output_says_how_large_its_picture_is_to_be(writer: OutputWriter) -> None:
    output = data(png=base64.b64encode(PNG).decode())
    output["metadata"] = {"image/png": {"width": 15, "height": 10}}
    assert ' width="15" height="10"' in writer.write([output])


def test_the_richest_form_is_shown(writer: OutputWriter) -> None:
    html = writer.write([data(plain="p", html="<table></table>x")])
    assert html == '<div class="html"><table></table>x</div>\n'
    assert "katex" in writer.write([data(plain="p", latex="$\\frac{1}{2}$")])
    html = writer.write([data(plain="p", markdown="**b**")])
    assert "<strong>b</strong>" in html


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        (data(markdown="**m**, $x^2$ costs $5"), "<p><strong>m</strong>, #x^2# costs $5</p>"),
        (data(markdown="$$y$$\n\n| a |\n|---|\n| $z$ |"), "#y#<table>a #z# </table>"),
        (data(markdown="## Head $x$"), "<p><strong>Head #x#</strong></p>"),
        (data(latex="$x^2$ Text **no** $z$"), "<p>#x^2# Text **no** #z#</p>"),
        (data(latex="$x^2$"), "#x^2#"),
        (data(markdown="A $\\undefined$"), "<p>A <code>\\undefined</code></p>"),
        (data(markdown="![A $x$](https://example.org/a.png)"), "<p></p>"),
        (data(markdown="a &#xe000;7&#xe001; $x$"), "<p>a #x#</p>"),
    ],
)
def test_markdown_and_formulas_with_text(writer: OutputWriter, output: Output, shown: str) -> None:
    html = writer.write([output])
    tex = r'.*?<annotation encoding="application/x-tex">(.*?)</annotation>.*?(?:</span>)+'
    html = re.sub(rf'<span class="katex(?:-display)?">{tex}(?!<span|[^<]*</span>)', r"#\1#", html)
    html = re.sub(r"<(?!/?(?:strong|table|p|code)\b)[^>]*>", "", html)
    assert " ".join(html.split()).replace("> ", ">") == shown


def test_no_formula_gets_into_an_attribute(writer: OutputWriter) -> None:
    html = writer.write([data(markdown='<p title="\n\n$x$\n\n<script>alert(1)</script>">b</p>')])
    assert "katex" not in html
    assert "\ue000" not in html


def test_html_is_shown_as_it_is_where_outputs_are_trusted() -> None:
    writer = OutputWriter(load_language("en"), str, trusts=True)
    html = "<style>p { color: red }</style><p id=x>x</p><script>draw(x)</script>"
    assert writer.write([data(plain="p", html=html)]) == f'<div class="html">{html}</div>\n'


def test_scripts_are_left_out(writer: OutputWriter) -> None:
    script = "<script>alert(1)</script>"
    assert writer.write([data(html=f"<p>x</p>{script}")]) == '<div class="html"><p>x</p></div>\n'
    assert "script" not in writer.write([data(markdown=f"**x**\n\n{script}")])
    # Where nothing is left to see, the next form has its turn.
    assert writer.write([data(html=f"<div>{script}</div>", plain="p")]) == "<pre>p</pre>\n"


def test_of_an_animation_the_first_picture_is_shown(writer: OutputWriter) -> None:
    frames = base64.encodebytes(PNG * 9).decode().replace("\n", "\\\n")
    script = f'<script>frames[0] = "data:image/png;base64,{frames}"\nplay(frames)</script>'
    output = data(plain="p", html=f'<img id="shown"><button>Play</button>{script}')
    html = writer.write([output])
    assert list(writer.pictures.values()) == [PNG * 9]
    assert html.startswith('<img src="../_images/')
    assert "Play" not in html
    writer.trusts = True
    assert script in writer.write([output])


@pytest.mark.parametrize("tag", ["<script>draw()</script>", "<IFRAME src=x></IFRAME>", "<embed>"])
def test_what_readers_miss_is_told(writer: OutputWriter, tag: str) -> None:
    place = Place(path="a.md", line=3)
    writer.write([data(html="<b>x</b>", plain="p")], place)
    writer.write([data(html=tag, png="aGk=", plain="p")], place)  # the picture is there
    assert writer.problems == []
    writer.write([data(html=f"<b>x</b>{tag}", plain="p")], place, "jax")
    assert [problem.line("warning") for problem in writer.problems] == [
        "a.md:3: warning: [jax] the HTML that this cell puts out has scripts or frames, which "
        "pages leave out; put out a picture, or set trust_outputs = True in [html]"
    ]


def test_a_text_stands_for_a_widget(writer: OutputWriter) -> None:
    assert writer.write([data(widget="{}", plain="HBox(…)")]) == "<pre>HBox(…)</pre>\n"


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        (stream("1234567890"), "1234567890"),
        (stream("12345678901"), "1234567890#11 B"),
        (stream("1\n" * 4 + "x" * 5000), "1\n1\n1\n1\nxx#5 kB"),
        (data(html="<b>1234567</b>xxxxxxxxxxx", plain="p"), "p#25 B"),
        # What is small enough is shown whole, whatever there is besides.
        (data(svg=SVG, png=base64.b64encode(PNG[:20]).decode(), plain="p" * 20), "<img>"),
        (data(svg=SVG), "#65 B"),
    ],
    ids=["just right", "text", "many lines", "HTML", "another picture", "a picture alone"],
)
def test_more_than_a_page_can_hold_is_cut(output: Output, shown: str) -> None:
    limits = Limits(text=10, picture=20)
    html = OutputWriter(load_language("en"), str, limits).write([output])
    html = re.sub("<img.*?>", "<img>", html.replace("<pre>", "").replace("</pre>\n", ""))
    note = '<p class="cut">Shortened: all (.*) of this output are in the notebook.</p>'
    assert re.sub(note, r"#\1", html).strip().replace("\xa0", " ") == shown


def test_no_more_than_so_many_lines_are_shown() -> None:
    writer = OutputWriter(load_language("en"), str, Limits(text=100_000))
    lines = [f"line {number}\n" for number in range(1001)]
    assert "cut" not in writer.write([stream("".join(lines[:-1]))])
    html = writer.write([stream("".join(lines))])
    assert 'line 999</pre>\n<p class="cut">' in html


@pytest.mark.parametrize(
    "output",
    [
        {},
        {"output_type": "stream"},
        {"output_type": "error"},
        {"output_type": "display_data", "data": {"image/png": "not base64!"}},
        {"output_type": "display_data", "data": {"application/json": {"a": 1}}},
        {"output_type": "display_data", "data": {"text/latex": "\\undefined"}},
    ],
)
def test_odd_outputs_do_no_harm(writer: OutputWriter, output: Output) -> None:
    assert "<img" not in writer.write([output])


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("\x1b[1;32mok\x1b[0m", '<span class="ansi-bold ansi-green">ok</span>'),
        ("\x1b[94ma\x1b[39mb", '<span class="ansi-blue">a</span>b'),
        ("\x1b[38;5;196mx\x1b[0m", "x"),
        ("\x1b[1;38;5;9mx", '<span class="ansi-bold ansi-red">x</span>'),
        ("\x1b[2K\x1b]0;title\x07<a>\x08", "&lt;a&gt;"),
    ],
)
def test_colours_of_terminals(text: str, html: str) -> None:
    assert ansi_to_html(text) == html


def test_of_a_progress_bar_the_end_is_shown(writer: OutputWriter) -> None:
    outputs = [stream("10%\r100%\n"), data(plain="a\r\n10%\r100%")]
    assert writer.write(outputs) == "<pre>100%</pre>\n<pre>a\n100%</pre>\n"


@given(st.text(alphabet="a<\x1b[]0;1m38\x07\\\n"))
def test_any_text_of_a_terminal_is_harmless(text: str) -> None:
    html = ansi_to_html(text)
    assert html.count("<span") == html.count("</span>")
    assert "\x1b" not in html


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (PNG, (30, 20)),
        (b"GIF89a" + struct.pack("<HH", 4, 5), (4, 5)),
        (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x00\x07\x00\x09\x03", (9, 7)),
        (b'<?xml version="1.0"?><svg viewBox="0 0 40 30.4"/>', (40, 30)),
        (b'<svg width="100%" viewBox="0,0,8,9">', (8, 9)),
        (b'<svg width="100%">', None),
        (b'<svg width=".5in" height="1.">', (48, 1)),
        (b'<svg width="1.2.3" height="4" viewBox="0 0 1.2.3 4">', None),
        (b'<svg width="." height="4" viewBox="0 0 . 4">', None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"\xff\xd8\xff", None),
        (b"text", None),
        (b"", None),
    ],
)
def test_sizes_of_pictures(content: bytes, size: tuple[int, int] | None) -> None:
    assert picture_size(content) == size
