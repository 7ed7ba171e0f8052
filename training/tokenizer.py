"""Train the WordPiece vocabulary that the embedder and the reader share.

python -m training.tokenizer --data DATA --work WORK
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

from training import corpora

VOCABULARY = 24_576
CHARACTERS_OF_A_DOCUMENT = 6_000


def blank() -> Tokenizer:
    """A tokenizer without a vocabulary: folds case, accents and typographic quotation marks."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=64))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Replace(Regex("[\u2018\u2019\u201b\u0060\u00b4]"), "'"),
            normalizers.Replace(Regex("[\u201c\u201d\u201e\u00ab\u00bb]"), '"'),
            normalizers.Replace(Regex("[\u2010-\u2015]"), "-"),
            normalizers.BertNormalizer(lowercase=True, strip_accents=True),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def sample(data: Path) -> Iterator[str]:
    """The beginning of every document, and every question once."""
    for document in corpora.prose(data):
        yield document[:CHARACTERS_OF_A_DOCUMENT]
    for name in corpora.QUESTIONS:
        for row in corpora.question_rows(data, name):
            yield row["question"]


def main() -> None:
    """Train and save ``tokenizer.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    arguments = parser.parse_args()
    tokenizer = blank()
    trainer = trainers.WordPieceTrainer(
        vocab_size=VOCABULARY,
        min_frequency=10,
        special_tokens=["[PAD]", "[UNK]"],
        limit_alphabet=400,
        continuing_subword_prefix="##",
    )
    tokenizer.train_from_iterator(sample(arguments.data), trainer)
    arguments.work.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(arguments.work / "tokenizer.json"))
    print(tokenizer.get_vocab_size(), "pieces")


if __name__ == "__main__":
    main()
