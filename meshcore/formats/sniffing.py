"""Recognise a format by its content."""

import re

from meshcore.formats.source import BYTE_ORDER_MARK, Source

_HEAD = 4096
_OFF = re.compile(rb"\s*(ST)?C?N?4?n?OFF(?![A-Za-z])")
_OBJ = re.compile(rb"^[ \t]*v[ \t]+[-+.\d][-+.\deE]*[ \t]+[-+.\d]", re.MULTILINE)
_OBJ_ONLY = re.compile(rb"^[ \t]*(mtllib|usemtl)[ \t]", re.MULTILINE)


def sniff(source: Source) -> str | None:
    """Name of the format whose mark the file bears, or ``None`` where there is no clear mark."""
    head = source.head(_HEAD)
    if head.startswith(b"glTF"):
        return "glb"
    if head.startswith(b"PK\x03\x04"):
        return "3mf"
    if re.match(rb"ply[ \t]*[\r\n]", head):
        return "ply"
    if _is_binary_stl(head, source.size):
        return "stl"
    text = head.removeprefix(BYTE_ORDER_MARK).lstrip()
    if b"\0" in text:
        return None
    if text.startswith(b"ISO-10303-21"):
        return "step"
    if text.startswith(b"{") and b'"' in text:
        return "gltf"
    if _OFF.match(text):
        return "off"
    lower = text.lower()
    if lower.startswith(b"solid") and (b"facet" in lower or b"endsolid" in lower):
        return "stl"
    if _OBJ.search(text) or _OBJ_ONLY.search(text):
        return "obj"
    return None


def _is_binary_stl(head: bytes, size: int) -> bool:
    count = int.from_bytes(head[80:84], "little")
    return count > 0 and size == 84 + 50 * count
