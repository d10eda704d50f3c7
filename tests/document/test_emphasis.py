"""Emphasis beside letters that are written without blanks."""

from __future__ import annotations

import pytest
from d2lbook.document.prose import parse_prose

SHOWN = {
    "**注意：**如果在内部使用**成员（.）**。": "<注意：>如果在内部使用<成员（.）>。",
    "使用*tf.cond()*和*tf.while_loop()*来": "使用<tf.cond()>和<tf.while_loop()>来",
    "说**“引号”**也是": "说<“引号”>也是",
    "**中文**text**粗体**": "<中文>text<粗体>",
    "**손실 함수(loss)**는": "<손실 함수(loss)>는",
    "**`코드`**는 이것은**`코드`**입니다": "<코드>는 이것은<코드>입니다",
    "これは**損失関数（loss）**です。": "これは<損失関数（loss）>です。",
    "中 ** 中** 文": "中 ** 中** 文",
    "中**\u3000文**": "中**\u3000文**",
    # Without such letters nothing is changed, nor is it for the other mark.
    "a**(b)**c": "a**(b)**c",
    'a*"b"*c': "a*“b”*c",
    "🎉**(b)**🎉": "🎉<(b)>🎉",
    "🎉**(b)**c": "🎉**(b)**c",
    "中_（文）_中": "中_（文）_中",
}


@pytest.mark.parametrize("source", SHOWN)
def test_what_is_emphasised(source: str) -> None:
    children = parse_prose(source).tokens[1].children or []
    signs = {1: "<", -1: ">", 0: ""}
    shown = "".join(signs[child.nesting] + child.content for child in children)
    assert shown == SHOWN[source]


def test_emphasis_that_is_nested_too_deep_is_plain_text() -> None:
    stars = "*" * 3000
    parsed = parse_prose(f"fine *x*\n\n{stars}a{stars}\n")
    assert [child.content for child in parsed.tokens[4].children or []] == [f"{stars}a{stars}"]
    assert [(damage.line, damage.what) for damage in parsed.damages] == [
        (2, "emphasis is nested more than 50 deep, so it is shown as it is written")
    ]
