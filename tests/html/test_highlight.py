"""Code in colour."""

from __future__ import annotations

import html
import re

import pytest
from d2lbook.html.highlight import highlight
from hypothesis import given
from hypothesis import strategies as st

PIECES = ('"', "'", '"""', "'''", "\\", "#", "\n", "@", "%", "def ", "f", "1.5e-3", ".", "(", "rb")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("if x:  # why", "[k if] x:  [c # why]"),
        ("def f(self): return None", "[k def] [f f]([l self]): [k return] [l None]"),
        ("class  A(Exception):", "[k class]  [f A]([b Exception]):"),
        ("@d2l.add_to_class(A)", "[m @d2l.add_to_class](A)"),
        ("a @ b", "a @ b"),
        ("%matplotlib inline\n!pip install x", "[m %matplotlib inline]\n[m !pip install x]"),
        ("x % 2", "x % [l 2]"),
        (
            "1_000 + .5 + 1e-3 + 0xFF + x1 + 2j",
            "[l 1_000] + [l .5] + [l 1e-3] + [l 0xFF] + x1 + [l 2j]",
        ),
        ("print(a.print, list_)", "[b print](a.print, list_)"),
        ("f'{x}' + rb\"\\\"\" + u''", "[s f'{x}'] + [s rb\"\\\"\"] + [s u'']"),
        ('"""a\n# b\n""" + "c"', '[s """a]\n[s # b]\n[s """] + [s "c"]'),
        ("'never closed\nx = 1", "[s 'never closed]\nx = [l 1]"),
        ("lambda 变量: 变量", "[k lambda] 变量: 变量"),
    ],
)
def test_python(code: str, expected: str) -> None:
    assert bracketed(colored(code, "python")) == expected


def test_other_languages() -> None:
    assert bracketed(colored('SELECT "a"; -- why', "sql")) == '[k SELECT] [s "a"]; [c -- why]'
    assert highlight("<x>", "no such language") == "&lt;x&gt;"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("pip install torch==2.0.0", "pip install torch==2.0.0"),
        ("make test > out.txt 2>&1", "make test > out.txt 2>&1"),
        ("export CUDA_HOME=/opt/cuda-12.1", "export CUDA_HOME=/opt/cuda-12.1"),
        ('echo "a $x" # why', 'echo [s "a ]$x[s "] [c # why]'),
        ("for x in 1 2; do ls $x; done", "[k for] x [k in] 1 2; [k do] ls $x; [k done]"),
        ("for-each a done.txt; a=if-b a=#b", "for-each a done.txt; a=if-b a=#b"),
    ],
)
def test_shells_have_no_part_of_a_word_in_colour(code: str, expected: str) -> None:
    assert bracketed(colored(code, "bash")) == expected
    assert bracketed(colored(f"$ {code}", "console")) == f"[c $ ]{expected}"


@pytest.mark.parametrize("language", ["python", "bash", "console", ""])
@given(text=st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_no_character_is_lost(language: str, text: str) -> None:
    text = re.sub(r"\r\n?", "\n", text).rstrip("\n")
    plain = html.unescape(re.sub(r"</?span[^>]*>", "", highlight(text, language)))
    assert plain == text


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = 1", "x = [l 1]"),
        ("def f():\n     " + "x" * 30, f"[k def] [f f]():\n[h6      {'x' * 30}]"),
        (f'x = """{"x" * 30}\n\ty"""', f'[h2 x = [s """{"x" * 30}]]\n[s \ty"""]'),
        ("x" * 999, "x" * 999),
        ("\t" * 9 + "x" * 30, "[h20 " + "\t" * 9 + "x" * 30 + "]"),
    ],
)
def test_a_long_line_says_how_far_the_rest_of_it_hangs(code: str, expected: str) -> None:
    assert bracketed(highlight(code, "python")) == expected


def colored(code: str, language: str) -> str:
    """Highlighted code without what says how far lines hang."""
    return re.sub(r'(?m)^<span class="h\d+">(.*)</span>$', r"\1", highlight(code, language))


def bracketed(code: str) -> str:
    """The HTML with spans as [class text]."""
    return html.unescape(re.sub(r'<span class="(\w+)">', r"[\1 ", code).replace("</span>", "]"))
