"""Reading XML that strangers wrote: no entities, no external files, a bounded size and depth."""

from __future__ import annotations

import math
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from zhixing.errors import InputError

MAX_BYTES = 64 * 1024 * 1024
_MAX_DEPTH = 64
_MAX_MAGNITUDE = 1e9
"""No coordinate, angle or time of a map or scenario on Earth is larger, in any unit it may have."""


def parse_xml(path: Path, error_type: type[InputError], max_bytes: int = MAX_BYTES) -> Element:
    """Return the root element of a file.

    Args:
        path: The file.
        error_type: What to raise when it cannot be read.
        max_bytes: Larger files are refused unread.

    Raises:
        InputError: As ``error_type``: the file is absent, too large, truncated, no XML, too deep, or declares entities.
    """
    try:
        if path.exists() and not path.is_file():
            raise error_type(f"{path.name} is no ordinary file", hint="Give a file, not a folder, pipe or device.")
        size = path.stat().st_size
        if size > max_bytes:
            raise error_type(
                f"{path.name} has {size / 1e6:.0f} MB, more than the {max_bytes / 1e6:.0f} MB that are read",
                hint="Cut it into smaller files.",
            )
        root: Element = fromstring(path.read_bytes(), forbid_dtd=True)
    except OSError as error:
        raise error_type(f"{path} cannot be read: {error.strerror}", hint="Check the path.") from error
    except ParseError as error:
        raise error_type(
            f"{path.name} is no complete XML: {error}", hint="Fetch the file again; it may be truncated."
        ) from error
    except DefusedXmlException as error:
        raise error_type(
            f"{path.name} declares a document type or entities, which is not allowed",
            hint="Remove the DOCTYPE; maps and scenarios need none.",
        ) from error
    except (ValueError, LookupError) as error:
        raise error_type(f"{path.name} has an unknown encoding: {error}", hint="Save it as UTF-8.") from error
    if _is_deeper(root, _MAX_DEPTH):
        raise error_type(f"{path.name} is nested deeper than {_MAX_DEPTH} elements", hint="Check who made it.")
    return root


def number(element: Element, attribute: str, error_type: type[InputError], default: float | None = None) -> float:
    """Return a finite number from an attribute.

    Raises:
        InputError: As ``error_type``: it is absent (and there is no default), no number, NaN, infinite or absurd.
    """
    text = element.get(attribute)
    if text is None:
        if default is None:
            raise error_type(f"<{element.tag}> lacks {attribute}", hint="The file does not follow its standard.")
        return default
    return _finite(text, f"<{element.tag} {attribute}={text[:40]!r}>", error_type)


def text_number(element: Element, path: str, error_type: type[InputError], default: float | None = None) -> float:
    """Return a finite number from the text of a child element; ``.`` is the element itself.

    Raises:
        InputError: As ``error_type``: it is absent (and there is no default), no number, NaN, infinite or absurd.
    """
    text = element.findtext(path)
    if text is None:
        if default is None:
            raise error_type(f"<{element.tag}> lacks {path}", hint="The file does not follow its standard.")
        return default
    return _finite(text, f"{text.strip()[:40]!r} in <{element.tag}> {path}".removesuffix(" ."), error_type)


def _finite(text: str, shown: str, error_type: type[InputError]) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= _MAX_MAGNITUDE:
        raise error_type(f"{shown} is no finite number of a sensible size", hint="Mend or drop this element.")
    return value


def _is_deeper(root: Element, limit: int) -> bool:
    level = [root]
    for _ in range(limit):
        level = [child for element in level for child in element]
        if not level:
            return False
    return True
