"""Whatever bytes a picture has: it is read or refused."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from content.findings import Findings
from content.images import picture_size
from content.svg import read_svg
from tests.hostile.content.anything import EXAMPLES, MARK


@EXAMPLES
@given(
    st.binary(max_size=64),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 "]),
)
def test_picture_heads(raw: bytes, head: bytes) -> None:
    size = picture_size(head + raw)
    assert size is None or min(size) > 0


@EXAMPLES
@given(
    st.lists(
        st.sampled_from(
            [
                "<svg xmlns='http://www.w3.org/2000/svg'",
                " viewBox='0 0 1 1'",
                ">",
                "<g",
                "/>",
                "</svg>",
                "<script>",
                "&a;",
                "<!DOCTYPE svg [",
                "]>",
                "<!ENTITY a 'b'>",
                " onload='x'",
                "<?x?>",
                "<!--",
                "-->",
                "\x00",
                "é",
            ]
        ),
        max_size=14,
    )
)
def test_any_svg_is_read_or_refused(pieces: list[str]) -> None:
    findings = Findings()
    read_svg("".join(pieces), MARK, findings)
    if any("onload" in piece or "script" in piece for piece in pieces) and not findings.has_errors:
        assert "<!--" in "".join(pieces)
