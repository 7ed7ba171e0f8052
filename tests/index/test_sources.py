from __future__ import annotations

import io
import os
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.problems import SourceProblem
from index.settings import MAX_BYTES
from index.sources import expand, read
from index.sources.html import visible_text
from index.types import BlockKind, Document
from tests.index import source_files as make

PROSE = "The pump that the town had borrowed ran all night and moved very little water."
PAGE = f"""<!DOCTYPE html><html><head><title>Dam
 leaks</title><style>p {{ color: red }}</style></head><body>
<nav><a href="/">Home</a> <a href="/x">More</a></nav>
<article><h1>Dam leaks</h1><p>It <b>rained</b> &amp; rained. {PROSE}</p><p>{PROSE}<br>Then it
stopped.</p></article><script>var p = "<p>no</p>";</script><footer>All rights</footer></body></html>
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, content: str | bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def problem(source: str | Path, max_bytes: int = MAX_BYTES) -> str:
    with pytest.raises(SourceProblem) as caught:
        read(source, max_bytes=max_bytes)
    assert caught.value.__cause__ is None or not isinstance(caught.value.__cause__, SourceProblem)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_plain_file_is_its_own_text(folder: Path) -> None:
    text = f"Dam leaks\r\n\r\n{PROSE}\t\u00a0\x1b[31mIt stopped.\r\n"
    document = read(write("notes/dam.txt", text))
    assert document.text == text
    assert document.key == (folder / "notes" / "dam.txt").as_posix()
    assert (document.title, document.source) == ("Dam leaks", "notes/dam.txt")
    assert [block.kind for block in document.blocks] == [BlockKind.HEADING, BlockKind.PARAGRAPH]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_any_utf8_text_comes_back_as_it_was(text: str) -> None:
    if text.strip() and not text.startswith("\ufeff"):
        assert read("-", stdin=io.BytesIO(text.encode())).text == text


def test_one_file_has_one_key(folder: Path) -> None:
    write("dam.txt", PROSE)
    (folder / "notes").mkdir()
    assert read("notes/../dam.txt").key == read(folder / "dam.txt").key == f"{folder}/dam.txt"


GREEK = "Το φράγμα έσπασε και το νερό πλημμύρισε την κοιλάδα πριν ξημερώσει. " * 3
RUSSIAN = "Плотина дала трещину, и вода затопила долину ещё до рассвета. " * 3
JAPANESE = "ダムが壊れ、夜明け前に谷は水に沈んだ。町長は全員に避難を求めた。" * 3


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (PROSE, "utf-8-sig"),
        (GREEK, "utf-16"),
        (GREEK, "utf-32"),
        ("The café’s roof – “gone” – cost £900. " * 3, "cp1252"),
        ("a naïve café", "cp1252"),
        ("Zażółć gęślą jaźń, a potem śpij spokojnie, bo rzeka już opadła. " * 3, "cp1250"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_encodings_are_recognised_and_the_mark_dropped(text: str, encoding: str) -> None:
    assert read(write("dam.txt", text.encode(encoding))).text == text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"# The *dam*\n\n{PROSE}", "The *dam"),
        (f"Dam leaks\n=========\n\n{PROSE}", "Dam leaks"),
        (f"By Nora Field\n\nDam leaks\n\n{PROSE}", "Dam leaks"),
        ("It rained.\n\nIt stopped.", "It rained."),
        (PROSE * 3, "dam"),
        (f"Dam\x1b[2J leaks\n\n{PROSE}", "Dam\ufffd[2J leaks"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_the_title_is_the_heading_the_first_line_or_the_name(text: str, title: str) -> None:
    assert read(write("dam.md", text)).title == title


def test_standard_input_is_a_document() -> None:
    document = read("-", stdin=io.BytesIO(PROSE.encode()))
    assert document == Document("stdin", PROSE, PROSE, "-", document.blocks)


@pytest.mark.usefixtures("folder")
def test_what_cannot_be_read_is_a_sentence_with_a_remedy() -> None:
    write("dam.txt", PROSE)
    write("empty.txt", "")
    write("blank.txt", " \n\n")
    write("photo.jpg", bytes(range(256)) * 20)
    write("half.txt", b"\x80\x81\xfe\xff\x00" * 10)
    Path("folder").mkdir()
    assert problem("dan.txt") == "There is no file dan.txt. Did you mean dam.txt?"
    assert problem("nowhere/at/all.txt") == "There is no file nowhere/at/all.txt. Check the path."
    assert problem("empty.txt") == "empty.txt is empty. Give a file with text in it."
    assert problem("blank.txt").startswith("blank.txt is empty.")
    assert problem("photo.jpg").startswith("photo.jpg is not text")
    assert problem("half.txt").startswith("half.txt is not text")
    assert problem("folder") == "folder is a directory. Name the files in it."
    assert problem("a\0b").startswith("a\ufffdb is no possible file name.")
    assert problem("\x1b[2Jdam.txt").startswith("There is no file \ufffd[2Jdam.txt.")
    assert problem("x" * 5000).startswith("xxx")
    with pytest.raises(SourceProblem, match="Standard input is empty"):
        read("-", stdin=io.BytesIO())


@pytest.mark.usefixtures("folder")
def test_the_limit_is_named(tmp_path: Path) -> None:
    path = write("dam.txt", PROSE)
    assert read(path, max_bytes=len(PROSE)).text == PROSE
    says = problem(path, max_bytes=len(PROSE) - 1)
    assert says.startswith("dam.txt is larger than the limit of")
    assert "max_bytes" in says
    assert problem("/dev/zero", max_bytes=1000).startswith("/dev/zero is larger")
    assert tmp_path.exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
@pytest.mark.usefixtures("folder")
def test_a_file_without_permission_is_a_problem() -> None:
    write("dam.txt", PROSE).chmod(0)
    assert problem("dam.txt").startswith("dam.txt may not be read.")


@pytest.mark.usefixtures("folder")
def test_a_refused_permission_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    write("dam.txt", PROSE)
    monkeypatch.setattr(Path, "open", refuse)
    assert problem("dam.txt").startswith("dam.txt may not be read. Ask for permission")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_no_utf8_has_a_key_that_can_be_stored(folder: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt"))
    path.write_text(PROSE * 3)
    document = read(path)
    assert document.key == f"{folder}/caf\\xe9.txt"
    assert document.title == "caf\\xe9"


@pytest.mark.usefixtures("folder")
def test_directories_give_their_known_files_in_order() -> None:
    for name in ["b.md", "a.txt", "c.PDF", "d.jpg", ".e.txt", ".git/f.txt", "sub/g.html"]:
        write(f"notes/{name}", PROSE)
    found = expand(["notes/sub/g.html", "notes", Path("notes/a.txt"), "none.txt", "-"])
    assert [path.as_posix() for path in found] == [
        "notes/sub/g.html", "notes/a.txt", "notes/b.md", "notes/c.PDF", "none.txt", "-",
    ]  # fmt: skip


@pytest.mark.usefixtures("folder")
def test_a_directory_without_texts_is_a_problem() -> None:
    write("notes/d.jpg", PROSE)
    with pytest.raises(SourceProblem, match=r"notes holds no text to read. Known are .docx .epub"):
        expand(["notes"])


@pytest.mark.parametrize("trafilatura", [True, False])
@pytest.mark.parametrize("name", ["page.html", "page", "page.HTM"])
@pytest.mark.usefixtures("folder")
def test_a_page_gives_its_article(
    trafilatura: bool, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trafilatura and find_spec("trafilatura") is None:
        pytest.skip("trafilatura is an extra")
    if not trafilatura:
        monkeypatch.setitem(sys.modules, "trafilatura", None)
    document = read(write(name, PAGE))
    assert document.title == "Dam leaks"
    assert "It rained & rained. The pump" in document.text
    assert "Then it stopped." in " ".join(document.text.split())
    for hidden in ("color", "Home", "var p", "All rights", "<"):
        assert hidden not in document.text


@pytest.mark.usefixtures("folder")
def test_a_page_may_declare_its_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    page = f'<html><meta charset="iso-8859-7"><p>{GREEK}</p></html>'
    assert read(write("page.html", page.encode("iso-8859-7"))).text == GREEK.strip()


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>a &lt; b <i>c</i><br/>d < e<!-- <p>no --> f</p>", "a < b c\n\nd < e f"),
        ("<P>one</P><script>if (a<b) '</p>'</SCRIPT>two<style>p {}", "one\n\ntwo"),
        ("<nav><p>no</p></nav></nav><p>yes", "yes"),
        ("<ul><li>one<li>two</ul>", "one\n\ntwo"),
        ("<a " * 20_000, " ".join(["<a"] * 20_000)),
        ("rain<!--" + "<!--" * 20_000, "rain"),
    ],
)
def test_visible_text_is_told_from_tags_in_linear_time(page: str, text: str) -> None:
    assert visible_text(page).text == text


@pytest.mark.usefixtures("folder")
def test_a_docx_gives_its_paragraphs() -> None:
    pytest.importorskip("defusedxml")
    body = (
        "<w:p><w:pPr><w:pStyle w:val='Heading1'/></w:pPr><w:r><w:t>Dam leaks</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>It rained</w:t></w:r><w:r><w:t xml:space='preserve'> and </w:t></w:r>"
        "<w:hyperlink><w:r><w:t>rained</w:t></w:r></w:hyperlink><w:del><w:r><w:delText>no"
        "</w:delText></w:r></w:del><w:r><w:t>.</w:t><w:br/><w:t>It stopped.</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Pumps: 2</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/>"
    )
    document = read(write("dam.docx", make.docx(body, "The &amp; dam")))
    assert document.text == "Dam leaks\n\nIt rained and rained.\nIt stopped.\n\nPumps: 2"
    assert document.title == "The & dam"
    assert read(write("dam", make.docx(body))).title == "Dam leaks"


@pytest.mark.usefixtures("folder")
def test_an_epub_gives_its_chapters_in_order() -> None:
    pytest.importorskip("defusedxml")
    chapters = {"two.xhtml": "<h1>Two</h1><p>It stopped.</p>", "a b.xhtml": "<p>It dried.</p>"}
    document = read(write("dam.epub", make.epub(chapters, "The dam")))
    assert (document.title, document.text) == ("The dam", "Two\n\nIt stopped.\n\nIt dried.")


@pytest.mark.usefixtures("folder")
def test_damaged_or_hostile_archives_are_refused() -> None:
    pytest.importorskip("defusedxml")
    write("cut.docx", make.docx("<w:p/>")[:100])
    assert problem("cut.docx").startswith("cut.docx is not a DOCX file, or it is damaged.")
    write("other.docx", make.zipped({"word/other.xml": "<a/>"}))
    assert problem("other.docx").startswith("other.docx is not a DOCX file")
    write("torn.docx", make.zipped({"word/document.xml": "<a><b></a>"}))
    assert problem("torn.docx").startswith("torn.docx is not a DOCX file")
    write("bomb.docx", make.zipped({"word/document.xml": b"a" * 1_000_000}))
    assert problem("bomb.docx", max_bytes=100_000).startswith("bomb.docx unpacks to more")
    laughs = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    write("laughs.docx", make.zipped({"word/document.xml": laughs}))
    assert problem("laughs.docx").startswith("laughs.docx is not a DOCX file")
    deep = f"<w:p>{'<w:r>' * 5000}<w:t>Rain.</w:t>{'</w:r>' * 5000}</w:p>"
    assert read(write("deep.docx", make.docx(deep))).text == "Rain."
    write("none.epub", make.zipped({"mimetype": "application/epub+zip"}))
    assert problem("none.epub").startswith("none.epub is not a EPUB file")
    write("photos.zip", make.zipped({"photo.jpg": bytes(range(256)) * 9}))
    assert problem("photos.zip").startswith("photos.zip is not text")


def page_of(*lines: str, top: int = 700) -> list[tuple[int, int, str]]:
    return [(72, top - 14 * i, line) for i, line in enumerate(lines)]


@pytest.mark.usefixtures("folder")
def test_a_pdf_gives_its_paragraphs() -> None:
    pytest.importorskip("pypdfium2")
    first = page_of("Dam leaks", top=740) + page_of(
        "The pump that the town had borrowed ran all night",
        "and moved very little water. The mayor slept.",
    )
    second = page_of(
        "Nobody woke him before the river had taken the",
        "bridge.",
        "   By noon the pump was under water as well, and so",
        "was the road to Lower Mill.",
    )
    text = read(write("dam.pdf", make.pdf([first, second]))).text
    assert text == (
        "Dam leaks\n\n"
        "The pump that the town had borrowed ran all night and moved very little water. The mayor "
        "slept.\n\n"
        "Nobody woke him before the river had taken the bridge.\n\n"
        "By noon the pump was under water as well, and so was the road to Lower Mill."
    )


@pytest.mark.usefixtures("folder")
def test_running_heads_and_page_numbers_of_a_pdf_are_left_out() -> None:
    pytest.importorskip("pypdfium2")
    pages = [
        [(72, 760, "The Valley Post"), *page_of(f"On day {day} it rained."), (300, 30, str(day))]
        for day in range(1, 5)
    ]
    text = read(write("dam.pdf", make.pdf(pages))).text
    assert text.split("\n\n") == [
        "The Valley Post",
        *(f"On day {d} it rained." for d in range(1, 5)),
    ]


@pytest.mark.usefixtures("folder")
def test_a_pdf_without_text_or_damaged_is_a_problem() -> None:
    pytest.importorskip("pypdfium2")
    write("scan.pdf", make.pdf([[]]))
    assert (
        problem("scan.pdf") == "scan.pdf holds no text. If it is a scan, run it through OCR first."
    )
    write("torn.pdf", b"%PDF-1.4 and no more")
    assert problem("torn.pdf").startswith("torn.pdf is not a PDF file, or it is damaged.")
    write("text.pdf", PROSE)
    assert problem("text.pdf").startswith("text.pdf is not a PDF file")


@pytest.mark.parametrize(
    ("name", "content", "module", "extra"),
    [
        ("dam.pdf", make.pdf([page_of("Rain.")]), "pypdfium2", "pdf"),
        ("dam.docx", make.docx("<w:p/>"), "defusedxml.ElementTree", "office"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_missing_extra_names_its_remedy(
    name: str, content: bytes, module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    says = problem(write(name, content))
    assert f"needs {module.partition('.')[0]}, which is not installed." in says
    assert f"pip install 'pullquote[{extra}]'" in says
