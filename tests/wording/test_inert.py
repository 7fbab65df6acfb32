"""A text of somebody else that is quoted in an alert does nothing but be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.wording.inert import MAX_QUOTED_CHARS, inert, link


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("line one\nline two\r\n\tthree", "line one line two three"),
        ("a\x00b\x1b[31mred\x7f", "ab(31mred"),
        ("\u202eevil\u202c ze\u200bro", "evil zero"),
        ("{{ .Labels.x }} {{template}}", "(( .Labels.x )) ((template))"),
        ("｛｛ .Labels.x ｝｝ ＜b＞", "(( .Labels.x )) ‹b›"),
        ("<script>alert(1)</script> <!channel> <https://a|b>", "‹script›alert(1)‹/script› ‹!channel› ‹hxxps://a¦b›"),
        ("[click](https://evil.example/a) **bold**", "(click)(hxxps://evil(.)example/a) ∗∗bold∗∗"),
        ("www.evil.example and EVIL.COM", "www(.)evil(.)example and EVIL(.)COM"),
        ("JavaScript:alert(1) mailto:x", "j…:alert(1) m…:x"),
        ("@jane_doe said to ＠john.smith", "@… said to @…"),
        ("@jane@social.example or jane@mail.example", "@… or @…"),
        ("@Acme answer @everyone", "@Acme answer @…"),
        ("it costs 29.90 or 3.5%", "it costs 29.90 or 3.5%"),
    ],
)
def test_markup_links_handles_and_control_characters_of_a_quoted_text_do_nothing(text: str, quoted: str) -> None:
    assert inert(text, {"acme"}) == quoted


def test_handles_stay_where_it_is_configured() -> None:
    assert inert("@jane said", None) == "@jane said"


@given(st.text(max_size=400))
def test_any_text_becomes_one_short_line_without_markup(text: str) -> None:
    quoted = inert(text)
    assert len(quoted) <= MAX_QUOTED_CHARS
    assert not set(quoted) & set("<>[]{}`*|\\\n\r\x00")
    assert "http:" not in quoted.lower()
    quoted.encode()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://forum.example/t/7", "https://forum.example/t/7"),
        ("http://forum.example:8080/été?q=1#x", "http://forum.example:8080/%C3%A9t%C3%A9?q=1"),
        ("https://forum.example/{{ .X }}", ""),
        ("https://forum.example/<b>", "https://forum.example/%3Cb%3E"),
        ("https://user:pw@forum.example/", ""),
        ("https://bücher.example/", ""),
        ("https://x.example/" + "a" * 300, ""),
        ("https://[::1", ""),
        ("ftp://x.example/", ""),
        ("", ""),
    ],
)
def test_only_a_plain_web_address_is_shown_as_the_link_of_a_publication(url: str, shown: str) -> None:
    assert link(url) == shown
