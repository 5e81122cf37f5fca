"""Writes cases.json.gz: small TensorFlow graphs as TF.js graph models, one per operator or pattern, with what TensorFlow answers.

Run with TensorFlow 2.21: python make.py. Each case is {name, topology, signature, weights: [{name, shape, dtype, data (base64)}],
input: {shape, name of the seed}, output}. The images are `seeded` numbers (../seeded.py).
"""

import base64
import gzip
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from seeded import seeded
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

CASES = {}
count = 0


def case(shape=(7, 6, 3), batch=2):
    def add(function):
        CASES[function.__name__] = (function, shape, batch)
        return function

    return add


def w(*shape, scale=0.4, offset=0.0):
    """A weight, a new one at each call."""
    global count
    count += 1
    return tf.constant(seeded(shape, f"weight{count}", scale, offset))


def head(x):
    """Scores of five classes."""
    x = tf.reshape(x, [-1, int(np.prod(x.shape[1:]))])
    return tf.matmul(x, w(x.shape[1], 5)) + w(5)


def pooled(x):
    return head(tf.reduce_mean(x, [1, 2]))


conv = tf.nn.conv2d


@case()
def conv_same_stride(x):
    return pooled(tf.nn.relu(tf.nn.bias_add(conv(x, w(3, 3, 3, 4), 2, "SAME"), w(4))))


@case()
def conv_valid_dilated(x):
    return pooled(tf.nn.relu(conv(x, w(3, 2, 3, 4), 1, "VALID", dilations=2)))


@case()
def conv_explicit(x):
    return pooled(conv(x, w(3, 3, 3, 4), [1, 2, 1, 1], [[0, 0], [1, 0], [2, 1], [0, 0]]) + w(4))


@case((6, 6, 4))
def conv_grouped(x):
    return pooled(tf.nn.relu(conv(x, w(3, 3, 2, 6), 1, "SAME")))


@case()
def depthwise_multiplier(x):
    return pooled(tf.nn.relu6(tf.nn.bias_add(tf.nn.depthwise_conv2d(x, w(3, 3, 3, 2, scale=3), [1, 2, 2, 1], "SAME"), w(6))))


@case()
def conv_transpose(x):
    return pooled(tf.nn.conv2d_transpose(x, w(3, 3, 4, 3), [tf.shape(x)[0], 14, 12, 4], 2, "SAME"))


@case()
def conv_transpose_valid(x):
    return pooled(tf.nn.conv2d_transpose(x, w(2, 4, 4, 3), [tf.shape(x)[0], 14, 14, 4], 2, "VALID"))


@case()
def fused_conv(x):
    return pooled(tf.nn.relu(tf.nn.bias_add(conv(x, w(3, 3, 3, 4), 1, "SAME"), w(4))))


@case()
def fused_leaky(x):
    return pooled(tf.nn.leaky_relu(tf.nn.bias_add(conv(x, w(3, 3, 3, 4), 2, "SAME"), w(4)), 0.3))


@case()
def fused_depthwise(x):
    return pooled(tf.nn.relu6(tf.nn.bias_add(tf.nn.depthwise_conv2d(x, w(3, 3, 3, 1, scale=3), [1, 1, 1, 1], "SAME"), w(3))))


@case()
def fused_matmul(x):
    y = tf.matmul(tf.reshape(x, [-1, 126]), w(126, 8))
    return head(tf.nn.relu(tf.nn.bias_add(y, w(8))))


FUSED = {"Conv2D": "_FusedConv2D", "DepthwiseConv2dNative": "FusedDepthwiseConv2dNative", "MatMul": "_FusedMatMul"}


def fuse(nodes):
    """As the TF.js converter does (Grappler's remapper): linear, BiasAdd, activation in one node."""
    byname = {n["name"]: n for n in nodes}
    gone = set()
    for n in nodes:
        if n["op"] not in ("Relu", "Relu6", "LeakyRelu"):
            continue
        bias = byname[n["input"][0]]
        linear = byname[bias["input"][0]] if bias["op"] == "BiasAdd" else None
        if linear is None or linear["op"] not in FUSED:
            continue
        gone |= {bias["name"], linear["name"]}
        attr = dict(linear["attr"])
        attr["fused_ops"] = {"list": {"s": [base64.b64encode(t.encode()).decode() for t in ("BiasAdd", n["op"])]}}
        attr["num_args"] = {"i": "1"}
        if n["op"] == "LeakyRelu":
            attr["leakyrelu_alpha"] = n["attr"]["alpha"]
        n.update(op=FUSED[linear["op"]], input=[*linear["input"], bias["input"][1]], attr=attr)
    return [n for n in nodes if n["name"] not in gone]


@case()
def batch_norm(x):
    y = conv(x, w(3, 3, 3, 4), 1, "SAME")
    y = tf.raw_ops.FusedBatchNormV3(x=y, scale=w(4, offset=1), offset=w(4), mean=w(4), variance=w(4, scale=0.3, offset=1), epsilon=1e-3, is_training=False)[0]
    return pooled(tf.nn.relu(y))


@case()
def batch_norm_spelled(x):
    """As Keras 3 writes it."""
    y = conv(x, w(3, 3, 3, 4), 1, "SAME")
    inv = tf.math.rsqrt(w(4, scale=0.3, offset=1) + 1e-3) * w(4, offset=1)
    return pooled(tf.nn.relu(y * tf.reshape(inv, [1, 1, 1, 4]) + tf.reshape(w(4) - w(4) * inv, [1, 1, 1, 4])))


@case()
def nchw(x):
    """From PyTorch by way of ONNX: channels-first data turned for each convolution."""
    x = tf.transpose(x, [0, 3, 1, 2])
    y = tf.transpose(conv(tf.transpose(x, [0, 2, 3, 1]), w(3, 3, 3, 4), 1, "SAME"), [0, 3, 1, 2]) + w(1, 4, 1, 1)
    y = tf.nn.relu(y)
    y = tf.transpose(tf.nn.max_pool2d(tf.transpose(y, [0, 2, 3, 1]), 2, 2, "VALID"), [0, 3, 1, 2])
    y = tf.concat([y, -y], 1)
    return head(tf.reduce_mean(y, [2, 3]))


@case()
def flatten_after_conv(x):
    """The rows of the matrix are in H,W,C order."""
    return head(tf.nn.relu(conv(x, w(3, 3, 3, 4), 2, "SAME")))


@case()
def keras_reshape(x):
    """The batch size comes from a Shape."""
    y = conv(x, w(3, 3, 3, 4), 1, "SAME")
    n = tf.shape(y)[0]
    return head(tf.reshape(y, tf.stack([n, 7 * 6, 4])))


@case()
def pools(x):
    y = tf.concat([tf.nn.max_pool2d(x, 3, 2, "SAME"), tf.nn.avg_pool2d(x, 3, 2, "SAME"), tf.nn.avg_pool2d(x, [2, 3], 2, "SAME")], 3)
    return pooled(y)


@case()
def global_max(x):
    y = conv(x, w(3, 3, 3, 4), 1, "SAME")
    return head(tf.concat([tf.reduce_max(y, [1, 2]), tf.reduce_min(y, [1, 2])], 1))


@case()
def mean_keepdims(x):
    y = conv(x, w(3, 3, 3, 4), 1, "SAME")
    return head(tf.squeeze(conv(tf.reduce_mean(y, [1, 2], keepdims=True), w(1, 1, 4, 6), 1, "VALID"), [1, 2]))


@case()
def squeeze_excite(x):
    y = tf.nn.silu(conv(x, w(3, 3, 3, 4), 1, "SAME"))
    s = tf.reshape(tf.reduce_mean(y, [1, 2]), [-1, 1, 1, 4])
    s = tf.sigmoid(conv(tf.nn.relu(conv(s, w(1, 1, 4, 2), 1, "VALID")), w(1, 1, 2, 4), 1, "VALID"))
    return pooled(y * s)


@case()
def residual(x):
    y = conv(x, w(3, 3, 3, 4), 1, "SAME")
    z = tf.raw_ops.AddN(inputs=[y, conv(tf.nn.relu(y), w(3, 3, 4, 4), 1, "SAME"), conv(x, w(1, 1, 3, 4), 1, "SAME")])
    return pooled(tf.nn.relu(z))


@case()
def activations(x):
    y = conv(x, w(3, 3, 3, 4), 1, "SAME")
    f = [tf.nn.elu, tf.nn.selu, tf.nn.softplus, tf.nn.softsign, tf.tanh, tf.sigmoid, tf.nn.leaky_relu, tf.math.erf, tf.abs, tf.square, tf.exp, tf.sign]
    f += [lambda v: tf.sqrt(tf.abs(v) + 1), lambda v: tf.math.log(tf.abs(v) + 1), lambda v: tf.math.rsqrt(tf.abs(v) + 1), lambda v: 1 / (tf.abs(v) + 2), tf.negative]
    f += [lambda v: tf.clip_by_value(v, -0.3, 0.4), lambda v: tf.pow(tf.abs(v) + 0.1, 1.5), lambda v: tf.math.reciprocal(v * v + 1), tf.zeros_like]
    return pooled(tf.concat([g(y) for g in f], 3))


@case()
def hard_swish_gelu(x):
    y = conv(x, w(3, 3, 3, 4), 1, "SAME")
    return pooled(tf.concat([y * tf.nn.relu6(y + 3) * (1 / 6), tf.nn.gelu(y), tf.nn.gelu(y, approximate=True)], 3))


@case()
def binary(x):
    y = conv(x, w(3, 3, 3, 4), 1, "SAME")
    z = conv(x, w(3, 3, 3, 4), 1, "SAME")
    parts = [tf.maximum(y, z), tf.minimum(y, z), y / (tf.abs(z) + 1), tf.math.squared_difference(y, z), tf.where(y > z, y, z * 2), tf.where(tf.less(y, z), y, 0.5)]
    parts += [y - w(4), w(7, 6, 4) + z, y * w(1, 7, 6, 1), 2 - y]
    return pooled(tf.concat(parts, 3))


@case()
def padding(x):
    y = tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]])
    z = tf.pad(x, [[0, 0], [1, 2], [2, 1], [0, 0]], "REFLECT")
    v = tf.raw_ops.PadV2(input=x, paddings=[[0, 0], [1, 0], [0, 3], [1, 0]], constant_values=0.7)
    return head(tf.concat([tf.reduce_mean(conv(p, w(3, 3, p.shape[3], 4), 1, "VALID"), [1, 2]) for p in (y, z, v)], 1))


@case()
def slices(x):
    y = conv(x, w(3, 3, 3, 6), 1, "SAME")
    a, b = tf.split(y, 2, 3)
    c, d = tf.split(y, [1, 5], 3)
    e = y[:, 1:6:2, ::-1, 2:]
    f = tf.slice(y, [0, 1, 2, 3], [-1, 4, 3, 2])
    g = y[:, 2, :, tf.newaxis, :]
    h = tf.unstack(y, axis=1)[3]
    flat = [tf.reduce_mean(t, [1, 2]) for t in (a, b, c, d, e, f, g)] + [tf.reduce_mean(h, 1)]
    return head(tf.concat(flat, 1))


@case()
def gather_stack_tile(x):
    y = tf.reduce_mean(conv(x, w(3, 3, 3, 6), 1, "SAME"), [1, 2])
    z = tf.gather(y, [5, 0, 3], axis=1)
    s = tf.reshape(tf.stack([y, y * 2], axis=2), [-1, 12])
    t = tf.tile(tf.expand_dims(y, 2), [1, 1, 3])
    return head(tf.concat([z, s, tf.reshape(t, [-1, 18]), tf.tile(y, [1, 2])], 1))


@case()
def channel_shuffle(x):
    y = conv(x, w(3, 3, 3, 6), 1, "SAME")
    y = tf.reshape(tf.transpose(tf.reshape(y, [-1, 7, 6, 2, 3]), [0, 1, 2, 4, 3]), [-1, 7, 6, 6])
    return pooled(tf.nn.relu(conv(y, w(3, 3, 6, 4), 2, "SAME")))


@case((4, 6, 4))
def blocks(x):
    y = tf.nn.depth_to_space(conv(x, w(1, 1, 4, 8), 1, "SAME"), 2)
    z = tf.nn.space_to_depth(conv(x, w(1, 1, 4, 3), 1, "SAME"), 2)
    return head(tf.concat([tf.reduce_mean(conv(y, w(3, 3, 2, 4), 1, "SAME"), [1, 2]), tf.reduce_mean(conv(z, w(2, 2, 12, 4), 1, "SAME"), [1, 2])], 1))


@case()
def resizes(x):
    y = conv(x, w(3, 3, 3, 4), 1, "SAME")
    r = [
        tf.image.resize(y, [11, 9]),
        tf.compat.v1.image.resize_bilinear(y, [11, 9], align_corners=True),
        tf.compat.v1.image.resize_bilinear(y, [4, 9]),
        tf.image.resize(y, [14, 12], "nearest"),
        tf.compat.v1.image.resize_nearest_neighbor(y, [10, 9]),
    ]
    return head(tf.concat([tf.reduce_mean(conv(v, w(3, 3, 4, 3), 2, "SAME"), [1, 2]) for v in r], 1))


@case()
def normalisations(x):
    y = conv(x, w(3, 3, 3, 6), 1, "SAME")
    mean, variance = tf.nn.moments(y, [3], keepdims=True)
    layer = (y - mean) * tf.math.rsqrt(variance + 1e-6) * w(6, offset=1) + w(6)
    lrn = tf.nn.local_response_normalization(y, 2, 1.0, 0.3, 0.75)
    return pooled(tf.concat([layer, lrn], 3))


@case((8, 8, 3))
def attention(x):
    """Patches, one head, a class token."""
    y = tf.reshape(conv(x, w(4, 4, 3, 8), 4, "VALID"), [-1, 4, 8])
    n = tf.shape(y)[0]
    y = tf.concat([tf.broadcast_to(w(1, 1, 8), tf.stack([n, 1, 8])), y], 1) + w(1, 5, 8)
    q, k, v = (tf.transpose(tf.reshape(tf.linalg.matmul(y, w(8, 8)), [-1, 5, 2, 4]), [0, 2, 1, 3]) for _ in range(3))
    a = tf.nn.softmax(tf.linalg.matmul(q, k, transpose_b=True) * 0.5)
    y = y + tf.reshape(tf.transpose(tf.linalg.matmul(a, v), [0, 2, 1, 3]), [-1, 5, 8])
    return head(y[:, 0])


@case()
def softmax_end(x):
    return tf.nn.softmax(pooled(conv(x, w(3, 3, 3, 4), 1, "SAME")))


@case()
def softmax_channels(x):
    y = conv(x, w(3, 3, 3, 4), 1, "SAME")
    return pooled(tf.concat([tf.nn.softmax(y), tf.nn.log_softmax(y)], 3))


@case()
def dense_on_images(x):
    """tf.tensordot: the cells of all images as rows of one matrix."""
    y = tf.nn.gelu(tf.tensordot(conv(x, w(3, 3, 3, 4), 1, "SAME"), w(4, 6), [[3], [0]]) + w(6))
    z = tf.tensordot(tf.reshape(y, [-1, 42, 6]), w(6, 3), [[2], [0]]) + w(3)
    return head(tf.concat([tf.reduce_mean(y, [1, 2]), tf.reduce_mean(z, 1)], 1))


@case()
def sums(x):
    y = conv(x, w(3, 3, 3, 4), 1, "SAME")
    return head(tf.concat([tf.reduce_sum(y, [1, 2]), tf.reduce_mean(y, [1, 3]), tf.reshape(tf.reduce_max(y, 3, keepdims=True), [-1, 42]), tf.reduce_sum(y, [2])[:, :, 0]], 1))


def dump(name, function, shape, batch):
    x = seeded((batch, *shape), f"{name}/input", 1.0)
    concrete = tf.function(function).get_concrete_function(tf.TensorSpec([None, *shape], tf.float32, name="input"))
    frozen = convert_variables_to_constants_v2(concrete)
    graph = frozen.graph.as_graph_def()
    weights = []
    for node in graph.node:
        for key in [k for k in node.attr if k.startswith("_")]:
            del node.attr[key]
        node.ClearField("experimental_type")
        if node.op != "Const":
            continue
        value = tf.make_ndarray(node.attr["value"].tensor)
        dtype = "bool" if value.dtype == np.bool_ else "float32" if value.dtype == np.float32 else "int32"
        data = value.astype(np.uint8 if dtype == "bool" else dtype)
        weights.append({"name": node.name, "shape": list(value.shape), "dtype": dtype, "data": base64.b64encode(data.tobytes()).decode()})
        del node.attr["value"]
    outputs = {f"scores{i}": {"name": t.name} for i, t in enumerate(frozen.outputs)}
    signature = {"inputs": {"input": {"name": frozen.inputs[0].name}}, "outputs": outputs}
    got = frozen(tf.constant(x))
    got = got[0] if isinstance(got, (list, tuple)) else got
    topology = json_format.MessageToDict(graph)
    if name.startswith("fused"):
        topology["node"] = fuse(topology["node"])
    return {
        "name": name,
        "topology": topology,
        "signature": signature,
        "weights": weights,
        "input": [batch, *shape],
        "output": np.asarray(got).astype(np.float64).round(7).tolist(),
    }


if __name__ == "__main__":
    cases = [dump(name, *rest) for name, rest in CASES.items()]
    with gzip.GzipFile(os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases.json.gz"), "wb", 9, mtime=0) as f:
        f.write(json.dumps(cases, separators=(",", ":")).encode())
    print(len(cases), "cases")
