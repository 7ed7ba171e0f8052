"""Write a trained reader as ONNX, its piece vectors and its matrices in eight bits.

    python -m training.reader.export --work WORK --out qa/models/reader

``--exact`` leaves the matrices in 32 bits, to measure what eight bits cost.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from training.encoder.pretrain import options
from training.encoder.reader import EncoderReader
from training.reader.batches import Packed
from training.reader.model import Batch, Reader
from training.reader.train import begin, kinds

INPUTS = (
    "question_pieces",
    "question_identities",
    "question_shapes",
    "context_pieces",
    "context_identities",
    "context_shapes",
    "sentence_of",
)
OUTPUTS = ("start", "end", "left", "right", "sentence", "answerable")


class Rows(nn.Module):
    """Stands for an embedding: each row in eight bits with its own scale."""

    codes: Tensor
    scale: Tensor

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        scale = table.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("codes", (table / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, pieces: Tensor) -> Tensor:
        """[...] to [..., size of a row]."""
        return self.codes[pieces].float() * self.scale[pieces]


class Table(nn.Module):
    """Stands for ``WordVectors``: one folded table in eight bits."""

    rarity: Tensor

    def __init__(self, table: Tensor, rarity: Tensor) -> None:
        super().__init__()
        self.rows = Rows(table)
        self.register_buffer("rarity", rarity)

    def forward(self, pieces: Tensor) -> tuple[Tensor, Tensor]:
        """As ``WordVectors``."""
        there = (pieces > 0).float()
        rows = self.rows(pieces) * there.unsqueeze(-1)
        count = there.sum(2, keepdim=True).clamp(min=1.0)
        return rows.sum(2) / count, (self.rarity[pieces] * there).amax(2)


class Exported(nn.Module):
    """The reader with one question for all contexts, as it runs in the package."""

    def __init__(self, reader: nn.Module) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        """Tensors in the order of ``INPUTS``, then of ``OUTPUTS``."""
        contexts = tensors[3].shape[0]
        asked = [t.expand(contexts, -1, -1) for t in tensors[:3]]
        scores = self.reader(
            Batch(asked[0].long(), asked[1], asked[2], tensors[3].long(), *tensors[4:])
        )
        return tuple(getattr(scores, name) for name in OUTPUTS)


def load(arguments: argparse.Namespace) -> nn.Module:
    """The averaged weights of a run."""
    reader = begin(arguments, Packed.load(arguments.work / "reader-held.npz"))
    path = arguments.work / f"{arguments.name}.pt"
    state = torch.load(path, weights_only=True, map_location="cpu")
    reader.load_state_dict(state["average"])
    return reader.eval()


def dummy() -> tuple[Tensor, ...]:
    """Inputs of the right types and shapes."""
    rng = torch.Generator().manual_seed(0)

    def ints(*shape: int) -> Tensor:
        return torch.randint(1, 50, shape, generator=rng, dtype=torch.int32)

    question = (ints(1, 7, 4), ints(1, 7, 3), torch.zeros(1, 7, 11))
    context = (ints(3, 29, 4), ints(3, 29, 3), torch.zeros(3, 29, 11))
    return (*question, *context, torch.zeros(3, 29, dtype=torch.int32))


def export(reader: nn.Module, path: Path) -> None:
    """Write the graph; recurrent layers over contexts are told where each context ends."""
    fold(reader)
    axes = {
        **{name: {1: "q"} for name in INPUTS[:3]},
        **{name: {0: "b", 1: "t"} for name in INPUTS[3:]},
        **{name: {0: "b", 1: "t"} for name in OUTPUTS[:5]},
        "answerable": {0: "b"},
    }
    torch.onnx.export(
        Exported(reader).eval(),
        dummy(),
        str(path),
        input_names=list(INPUTS),
        output_names=list(OUTPUTS),
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load(str(path))
    tell_lengths(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def fold(reader: nn.Module) -> None:
    """Put the piece vectors into eight bits, in place."""
    if isinstance(reader, Reader):
        words = reader.words
        reader.words = Table(words.folded().detach(), words.rarity)  # type: ignore[assignment]
    elif isinstance(reader, EncoderReader):
        vectors = reader.encoder.words.table.weight.detach()
        reader.encoder.words.table = Rows(vectors)  # type: ignore[assignment]


def tell_lengths(model: onnx.ModelProto) -> None:
    """Add the input ``lengths`` [b] and hand it to every LSTM but the question's.

    Without it the backward direction would read padding first, and a context's scores would
    depend on its neighbours in the batch. A graph without an LSTM has the input and no use for it.
    """
    graph = model.graph
    graph.input.append(onnx.helper.make_tensor_value_info("lengths", onnx.TensorProto.INT32, ["b"]))
    layers = [node for node in graph.node if node.op_type == "LSTM"]
    for node in layers:
        if "ask" not in node.name:
            node.input[4] = "lengths"


def shrink(path: Path) -> None:
    """Put the matrices of a graph into eight bits; their inputs are scaled while it runs.

    One bit stays free: without it, sums of products overflow on x86 processors that lack VNNI.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        path,
        path,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gemm", "LSTM"],
        reduce_range=True,
    )


def main() -> None:
    """Export the averaged weights of a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    options(parser)
    kinds(parser)
    parser.add_argument("--name", default="reader")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--exact", action="store_true", help="keep the matrices in 32 bits")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    export(load(arguments), arguments.out / "reader.onnx")
    if not arguments.exact:
        shrink(arguments.out / "reader.onnx")
    shutil.copy(arguments.work / "tokenizer.json", arguments.out / "tokenizer.json")
    size = (arguments.out / "reader.onnx").stat().st_size
    print(f"{size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
