"""Small pieces that both manifests and both metadata bindings are put together from."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

Element = etree._Element
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def default_namespace(namespace: str, **prefixes: str) -> dict[str, str]:
    """An ``nsmap``. The key of the default namespace is None, which lxml's stubs do not know."""
    return {None: namespace, **prefixes}  # type: ignore[dict-item]


def child(
    parent: Element,
    name: str,
    text: str | None = None,
    attributes: Mapping[str, str] | None = None,
    namespace: str | None = None,
) -> Element:
    """A new last child of ``parent``, in the parent's namespace unless ``namespace`` is given."""
    space = namespace or etree.QName(parent).namespace
    element = etree.SubElement(parent, f"{{{space}}}{name}", dict(attributes or {}))
    if text is not None:
        element.text = text
    return element


def title(parent: Element, text: str) -> None:
    """A ``<title>``. Moodle's reader drops the space after an XML entity (``Risk &amp; trust``
    becomes ``Risk &trust``), so a text that would need one stands in a CDATA section."""
    element = child(parent, "title")
    if any(sign in text for sign in "&<>") and "]]>" not in text:
        element.text = etree.CDATA(text)
    else:
        element.text = text


def serialise(root: Element) -> bytes:
    """UTF-8 with declaration, indented, ending in a newline: the same tree, the same bytes."""
    etree.indent(root, "  ")
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root, encoding="UTF-8") + b"\n"
    ).replace(b"<?xml version='1.0' encoding='UTF-8'?>\n", b"")
