"""The encoder: a small Transformer over words, pretrained from scratch, and the reader upon it."""
