"""Writing XML: whatever a name holds stays text, the same content gives the same bytes, and files are whole."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import numpy as np

from zhixing.datatypes.units import NS_PER_S
from zhixing.errors import InputError

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, however it is written (section 2.2)."""


def child(parent: Element, tag: str, **attributes: str | float) -> Element:
    """Add an element and return it; numbers are written so that the same number is read back.

    Example:
        >>> root = Element("road")
        >>> _ = child(root, "lane", id=1, name='"><x', width=3.5)
        >>> tostring(root).decode()
        '<road><lane id="1" name="&quot;&gt;&lt;x" width="3.5" /></road>'
    """
    return SubElement(parent, tag, {name: written(value) for name, value in attributes.items()})


def text_child(parent: Element, tag: str, text: str | float) -> Element:
    """Add an element that holds text or a number, and return it; numbers without an exponent, as xs:decimal wants.

    Example:
        >>> text_child(Element("point"), "x", 1.5e-7).text
        '0.00000015'
    """
    element = SubElement(parent, tag)
    if isinstance(text, str | int):
        element.text = written(text)
    else:
        element.text = np.format_float_positional(text, unique=True, trim="0")
    return element


def written(value: str | float) -> str:
    """Return a value as text; characters that XML cannot hold become U+FFFD."""
    if isinstance(value, str):
        return _NOT_IN_XML.sub("\ufffd", value)
    return repr(int(value)) if isinstance(value, int) else repr(float(value))


def seconds_text(time_ns: int) -> str:
    """Return a time in seconds, exactly.

    Example:
        >>> seconds_text(1_500_000_001), seconds_text(-100_000_000)
        ('1.500000001', '-0.1')
    """
    whole, rest = divmod(abs(time_ns), NS_PER_S)
    return f"{'-' if time_ns < 0 else ''}{whole}.{rest:09d}".rstrip("0").removesuffix(".")


def xml_bytes(root: Element) -> bytes:
    """Return a document, indented for people."""
    indent(root)
    text: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + text + b"\n"


def write_whole(path: Path, content: bytes, error_type: type[InputError]) -> None:
    """Write a file so that at every moment there is the old one or the new one, never a part.

    Raises:
        InputError: As ``error_type``: it cannot be written there.
    """
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as file:
            temporary = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise error_type(f"{path} cannot be written: {error.strerror}", hint="Choose another place.") from error
