"""Take a shipped reader's weights up again: the start of a further training.

Eight bits are turned back into floats; what rounding lost, training mends within minutes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from training.reader.model import Reader, Size

Array = npt.NDArray[np.float32]
_GATES = (0, 2, 3, 1)
"""Where torch's gates (input, forget, cell, output) stand in ONNX's order (i, o, f, c)."""


class Weights:
    """The initializers of a graph that ``training.reader.export`` shrank, as floats."""

    def __init__(self, path: Path) -> None:
        graph = onnx.load(str(path)).graph
        self._values = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
        self._inputs = {node.name: list(node.input) for node in graph.node}

    def named(self, name: str) -> Array:
        """An initializer that was left as it is."""
        return self._values[name].astype(np.float32)

    def ending(self, end: str) -> Array:
        """The one initializer whose name ends so."""
        (name,) = (name for name in self._values if name.endswith(end))
        return self.named(name)

    def table(self) -> tuple[Array, Array]:
        """Piece vectors in eight bits [pieces, word] and the scale [pieces, 1] of each."""
        (name,) = (name for name in self._values if name.endswith(".codes"))
        return self.named(name), self.named(name.removesuffix("codes") + "scale")

    def _plain(self, name: str) -> Array:
        scale = self._values[name.replace("_quantized", "_scale")]
        zero = self._values[name.replace("_quantized", "_zero_point")]
        codes = self._values[name].astype(np.float32)
        extra = (1,) * (codes.ndim - scale.ndim)
        plain: Array = (codes - zero.reshape(*zero.shape, *extra)) * scale.reshape(
            *scale.shape, *extra
        )
        return plain

    def matrix(self, node: str) -> Array:
        """[in, out] of the layer that the node of this name multiplies with."""
        return self._plain(self._inputs[node][1])

    def recurrent(self, node: str) -> tuple[Array, Array, Array]:
        """[2, 4h, in], [2, 4h, h] and [2, 4h] of both directions of an LSTM, in torch's order."""
        taken, kept, bias = self._inputs[node][1:4]
        parts = (self._plain(taken).swapaxes(1, 2), self._plain(kept).swapaxes(1, 2))
        both = self.named(bias).reshape(2, 2, -1).sum(1)
        first, second = (ordered(part) for part in parts)
        return first, second, ordered(both)


def ordered(part: Array) -> Array:
    """Axis 1 holds four gates in ONNX's order; give them in torch's."""
    gates = np.split(part, 4, axis=1)
    return np.concatenate([gates[place] for place in _GATES], axis=1)


def load(path: Path) -> Reader:
    """A reader that answers as the one at ``path`` and can be trained on.

    The word vectors are the folded table, projected by the identity.
    """
    weights = Weights(path)
    codes, scale = weights.table()
    table = torch.from_numpy(codes * scale)
    rarity = weights.ending(".rarity")
    size = Size(
        pieces=len(table),
        vector=table.shape[1],
        word=table.shape[1],
        hidden=weights.recurrent("/reader/ask/LSTM_quant")[1].shape[2],
        pair=len(weights.named("reader.left.bias")),
    )
    common = torch.from_numpy(np.argsort(rarity[2:], kind="stable")[: size.tuned] + 2)
    reader = Reader(size, table, torch.from_numpy(rarity), common)
    with torch.no_grad():
        reader.words.project.weight.copy_(torch.eye(size.word))
        for name, layer in reader.named_children():
            if isinstance(layer, nn.LSTM):
                _fill_recurrent(layer, *weights.recurrent(f"/reader/{name}/LSTM_quant"))
            elif isinstance(layer, nn.Linear):
                kind = "Gemm_MatMul_quant" if name == "judge" else "MatMul_quant"
                _put(layer.weight, weights.matrix(f"/reader/{name}/{kind}").T)
                _put(layer.bias, weights.named(f"reader.{name}.bias"))
    return reader


def _fill_recurrent(layer: nn.LSTM, taken: Array, kept: Array, bias: Array) -> None:
    for direction, suffix in enumerate(("", "_reverse")):
        _put(getattr(layer, f"weight_ih_l0{suffix}"), taken[direction])
        _put(getattr(layer, f"weight_hh_l0{suffix}"), kept[direction])
        _put(getattr(layer, f"bias_ih_l0{suffix}"), bias[direction])
        getattr(layer, f"bias_hh_l0{suffix}").zero_()


def _put(target: Tensor, values: Array) -> None:
    target.copy_(torch.from_numpy(np.ascontiguousarray(values)))
