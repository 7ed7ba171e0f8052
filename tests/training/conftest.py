"""A tiny packed question set."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from tokenizers import Tokenizer

from qa.features import Lexicon
from qa.readers import EMBEDDED
from training.reader.batches import Packed
from training.reader.data import Builder, save

PIECES = 400
ROWS = [
    ("What did Holt buy in 2019?", "Anna Holt bought a ferry in 2019. It was old.", "a ferry"),
    ("Who chairs the board?", "The board has met. Ida Lund is its chair.", "Ida Lund"),
    ("When did Berg resign?", "Berg resigned in May after Oslo had voted.", "in May"),
    ("What does Vik say of 1984?", "Vik says that 1984 was dry.", None),
]


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(EMBEDDED / "tokenizer.json"))


@pytest.fixture(scope="session")
def packed(tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Packed:
    builder = Builder(Lexicon(tokenizer))
    for question, context, answer in ROWS:
        spans = [{"text": answer, "start": context.index(answer)}] if answer else []
        row = {"question": question, "context": context, "answers": spans, "title": context[:9]}
        builder.add({**row, "answerable": bool(spans)}, 0, "tiny")
    lexicon = builder.lexicon
    lexicon.words("purchase")
    others = np.zeros((len(lexicon), 3), dtype=np.int32)
    others[lexicon.row("buy"), 0] = lexicon.row("purchase")
    path = tmp_path_factory.mktemp("packed") / "tiny.npz"
    lexicon.pieces[:] = few(lexicon.pieces)
    rarity = np.linspace(0, 1, PIECES, dtype=np.float32)
    save(builder, path, rarity, ["tiny"], others)
    return Packed.load(path)


def few(pieces: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """The same with so few different pieces that a tiny model learns quickly."""
    return np.where(pieces > 0, pieces % (PIECES - 1) + 1, 0).astype(np.int32)
