from __future__ import annotations

import pytest
from d2lbook.execute.outputs import clean_outputs, settle, without_folders


def stream(text: str, name: str = "stdout") -> dict[str, str]:
    return {"output_type": "stream", "name": name, "text": text}


IMAGE = {"output_type": "display_data", "data": {"text/plain": "<Figure>"}, "metadata": {}}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ([stream("a"), stream("b\n")], [stream("ab\n")]),
        ([stream("a"), stream("x", "stderr"), stream("b")], [stream("ab"), stream("x", "stderr")]),
        ([stream("x", "stderr"), stream("a")], [stream("a"), stream("x", "stderr")]),
        ([stream("a"), IMAGE, stream("b")], [stream("a"), IMAGE, stream("b")]),
        ([stream("10%"), stream("\r"), stream("20%\n")], [stream("20%\n")]),
        ([stream("\b")], []),
        ([], []),
    ],
    ids=["pieces", "two streams", "order", "image between", "progress", "nothing left", "none"],
)
def test_however_the_pieces_come_the_outputs_are_the_same(sent, kept) -> None:
    assert clean_outputs(sent) == tuple(kept)


def test_the_text_of_a_widget_is_kept_but_not_its_name() -> None:
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "8f3a"}}
    text = {"text/plain": "IntSlider(value=0)"}
    sent = [{**IMAGE, "data": {**widget, **text}}, {**IMAGE, "data": widget}]
    assert clean_outputs(sent) == ({**IMAGE, "data": text},)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/my files/env/lib/python3.11/site-packages/a/b.py:4: UserWarning: c\n",
         "a/b.py:4: UserWarning: c\n"),
        ('  File "/usr/lib/python3.11/ast.py", line 1', '  File "ast.py", line 1'),
        ("/book/modules/lib/u.py:3: UserWarning: no", "lib/u.py:3: UserWarning: no"),
        ("written to /book/page/x.bin", "written to x.bin"),
        ("see https://example.org/docs/python3/x", "see https://example.org/docs/python3/x"),
        ("/elsewhere/x.bin", "/elsewhere/x.bin"),
    ],
)  # fmt: skip
def test_errors_and_warnings_do_not_tell_where_files_lie(text: str, shown: str) -> None:
    error = {"output_type": "error", "ename": "E", "evalue": text, "traceback": [text]}
    printed = stream(text)
    shortened = without_folders(
        [stream(text, "stderr"), error, printed], ["/book/modules", "/book/page"], "/my files/env"
    )
    shown_error = {**error, "evalue": shown, "traceback": [shown]}
    assert shortened == (stream(shown, "stderr"), shown_error, printed)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\n", "plain\n"),
        ("10%\r50%\r100%\ndone\n", "100%\ndone\n"),
        ("100%\r\nnext", "100%\nnext"),
        ("100%\r", "100%"),
        ("\r10%\r20%", "20%"),
        ("1/3\b\b\b2/3\b\b\b3/3", "3/3"),
        ("1/3\b\b\b\r2/3", "2/3"),
        ("\rout 0\n\rin 0\x1b[A\n\rin 9\x1b[A\rout 1\n\rin 5\x1b[A\rout 2\n", "out 2\nin 5"),
        ("a\n\n\x1b[2A\rb\x1b[9A\rc\n", "c\n\n"),
        ("\x1b[A\x1b[2K\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"),
    ],
)
def test_a_progress_bar_is_what_it_was_in_the_end(text: str, shown: str) -> None:
    assert settle(text) == shown
