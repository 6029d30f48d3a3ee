"""What may arrive: texts made of the pieces that parsers trip over."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from content.findings import Mark

EXAMPLES = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


MARK = Mark("file")


PIECES = st.sampled_from(
    [
        "\n",
        "\n\n",
        " ",
        "    ",
        "- ",
        "> ",
        "1. ",
        "# ",
        "## ",
        "| a | b |\n|---|---|\n",
        "`",
        "```\n",
        "\\",
        "*",
        "**",
        "_",
        "[",
        "](",
        ")",
        "]: ",
        "<",
        ">",
        "![",
        "&",
        "&#x3C;",
        "&lt;",
        '"',
        "'",
        "=",
        "::: case Title {fictional}\n",
        "::: figure drawing.svg\nalt: ",
        "\ncredit: ",
        ":::\n",
        "::::\n",
        "::: video drawing.svg\ntitle: ",
        "::: check ",
        "::: download drawing.svg\ntitle: ",
        "<script>",
        "</script>",
        "alert(1)",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<a href='javascript:alert(1)'>",
        "javascript:alert(1)",
        "JaVaScRiPt\t:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "<iframe srcdoc='<script>'>",
        "<style>*{}</style>",
        "<math><mtext>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?php",
        "?>",
        "<span lang='",
        "' onclick='alert(1)'>",
        "</span>",
        "<b ",
        "<br>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<template>",
        "<form action=x>",
        "<base href='//evil.example'>",
        "<meta http-equiv=refresh>",
        "<object data=x>",
        "<link rel=x href=y>",
        "term:member",
        "page:two",
        "unit:start",
        "https://example.org/",
        "//evil.example/x",
        "mailto:a@b",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\x00",
        "\x0b",
        "تعاونية",
        "é",
        "😀",
        "a",
    ]
)


MARKDOWN = st.lists(PIECES | st.text(max_size=8), max_size=25).map("".join)
