"""Zipped XML: members read with a budget, so that a small file cannot fill the memory."""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.etree.ElementTree import Element

from index.problems import SourceProblem
from index.sources.content import damaged, extra


class Archive:
    """The members of a zip file, up to a number of bytes unpacked in all."""

    def __init__(self, data: bytes, shown: str, kind: str, max_bytes: int) -> None:
        self._shown, self._kind, self._left = shown, kind, max_bytes
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except zipfile.BadZipFile as error:
            raise damaged(shown, kind) from error

    def __contains__(self, name: str) -> bool:
        return name in self._zip.NameToInfo

    def member(self, name: str) -> bytes:
        """One member unpacked.

        Raises:
            SourceProblem: it is missing, damaged or encrypted, or the budget is spent.
        """
        try:
            with self._zip.open(name) as file:
                data = file.read(self._left + 1)
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise damaged(self._shown, self._kind) from error
        except (RuntimeError, NotImplementedError) as error:
            raise SourceProblem(
                f"{self._shown} is encrypted or packed in an unknown way.",
                "Save it again without a password.",
            ) from error
        self._left -= len(data)
        if self._left < 0:
            raise SourceProblem(
                f"{self._shown} unpacks to more than the limit.",
                "If you trust it, raise the setting max_bytes.",
            )
        return data

    def xml(self, name: str) -> Element:
        """One member parsed; entities and external references are refused."""
        parser = extra("defusedxml.ElementTree", "office", f"{self._kind} files")
        from xml.etree.ElementTree import ParseError

        try:
            root: Element = parser.fromstring(self.member(name))
        except (ParseError, ValueError) as error:  # defusedxml's refusals are ValueErrors
            raise damaged(self._shown, self._kind) from error
        return root
