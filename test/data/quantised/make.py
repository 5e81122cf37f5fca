"""A small network with every kind of layer onnxruntime quantises, in each form it quantises to, and what onnxruntime answers.

    python make.py      writes NAME.onnx.gz and index.json here

Logits of each form: `plain` with all graph optimisations off (every operator as the specification has it), `fused` with all
of them on (integer kernels). The input is seeded.py's, seed `input`, scale 1. torch 2.13, onnxruntime 1.27.
"""

import gzip
import json
import os
import pathlib
import sys
import tempfile

os.environ["CUDA_VISIBLE_DEVICES"] = ""
here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here.parent))

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import TensorProto, helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from seeded import seeded
from torch import nn

SHAPE = (1, 3, 24, 32)


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.depthwise = nn.Conv2d(c, c, 3, padding=1, groups=c)
        self.pointwise = nn.Conv2d(c, c, 1)
        self.gate = nn.Conv2d(c, c, 1)

    def forward(self, x):
        y = torch.nn.functional.leaky_relu(self.pointwise(torch.relu(self.depthwise(x))), 0.1)
        return x + y * torch.sigmoid(self.gate(nn.functional.adaptive_avg_pool2d(y, 1)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 12, 3, stride=2, padding=1), nn.BatchNorm2d(12), nn.ReLU6(), nn.MaxPool2d(2))
        self.block = Block(12)
        self.wide = nn.Conv2d(12, 8, 3, padding=(1, 1))
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(20, 16), nn.ReLU(), nn.Linear(16, 5))

    def forward(self, x):
        x = self.block(self.stem(x))
        x = torch.cat([x, nn.functional.avg_pool2d(torch.relu(self.wide(x)), 3, 1, 1)], 1)
        return self.head(nn.functional.adaptive_avg_pool2d(x, 1))


class Images(CalibrationDataReader):
    def __init__(self):
        self.left = [seeded(SHAPE, f"calibration{i}", 1.0) for i in range(4)]

    def get_next(self):
        return {"input": self.left.pop()} if self.left else None


def run(proto, x, level):
    options = ort.SessionOptions()
    options.graph_optimization_level = level
    options.log_severity_level = 3
    session = ort.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, {"input": x})[0]


def bytes_in(proto):
    """The same with pixels as integers: QuantizeLinear at the input is what the caller does."""
    graph = proto.graph
    first = next(n for n in graph.node if n.op_type == "QuantizeLinear" and n.input[0] == "input")
    for n in graph.node:
        n.input[:] = ["input" if i == first.output[0] else i for i in n.input]
    graph.node.remove(first)
    graph.input[0].type.tensor_type.elem_type = TensorProto.UINT8
    return proto




def main():
    torch.manual_seed(3)
    net = Net().eval()
    with torch.no_grad():
        for name, p in net.named_parameters():
            if p.ndim > 1:
                p.mul_(1.7)
        for _ in range(20):
            net.train()
            net(torch.randn(8, *SHAPE[1:]))
    net.eval()
    x = seeded(SHAPE, "input", 1.0)
    index = []
    with tempfile.TemporaryDirectory() as folder:
        plain = f"{folder}/float.onnx"
        torch.onnx.export(net, (torch.from_numpy(x),), plain, dynamo=False, opset_version=17, input_names=["input"], output_names=["logits"],
                          dynamic_axes={"input": {0: "n"}, "logits": {0: "n"}})
        with torch.no_grad():
            expected = net(torch.from_numpy(x)).numpy()

        def static(quant_format, activation, weight, per_channel, **more):
            out = f"{folder}/out.onnx"
            quantize_static(plain, out, Images(), quant_format=quant_format, activation_type=activation, weight_type=weight,
                            per_channel=per_channel, **more)
            return onnx.load(out)

        def dynamic(weight, ops):
            out = f"{folder}/out.onnx"
            quantize_dynamic(plain, out, weight_type=weight, op_types_to_quantize=ops)
            return onnx.load(out)

        u8, s8 = QuantType.QUInt8, QuantType.QInt8
        forms = {
            "qdq-uint8": static(QuantFormat.QDQ, u8, u8, False),
            "qdq-int8-per-channel": static(QuantFormat.QDQ, s8, s8, True),
            "qdq-uint16": static(QuantFormat.QDQ, QuantType.QUInt16, s8, False),
            "qoperator-uint8": static(QuantFormat.QOperator, u8, u8, False),
            "qoperator-int8-per-channel": static(QuantFormat.QOperator, u8, s8, True),
            "qoperator-bytes-in": bytes_in(static(QuantFormat.QOperator, u8, u8, False)),
            "dynamic": dynamic(u8, ["MatMul", "Gemm", "Conv"]),
        }
        for name, proto in forms.items():
            del proto.graph.value_info[:]
            pixels = np.clip(np.round(x * 100 + 128), 0, 255).astype(np.uint8) if name == "qoperator-bytes-in" else x
            logits = {
                "plain": run(proto, pixels, ort.GraphOptimizationLevel.ORT_DISABLE_ALL),
                "fused": run(proto, pixels, ort.GraphOptimizationLevel.ORT_ENABLE_ALL),
            }
            operators = sorted({n.op_type for n in proto.graph.node})
            (here / f"{name}.onnx.gz").write_bytes(gzip.compress(proto.SerializeToString(), 9, mtime=0))
            entry = {"name": name, "operators": operators, **{k: [float(f"{v:.8g}") for v in l.ravel()] for k, l in logits.items()}}
            index.append(entry)
            print(name, (here / f"{name}.onnx.gz").stat().st_size, operators, logits, expected)
    (here / "index.json").write_text("[\n" + ",\n".join(json.dumps(e) for e in index) + "\n]\n")


main()
