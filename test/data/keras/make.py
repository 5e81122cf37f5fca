"""Makes cases.json: small models, one per layer variant, with the numbers that Keras itself computes.

    pip install keras==3.15.1 jax && KERAS_BACKEND=jax python make.py [--new]

With --new, cases that are in the file stay as they are, and what is missing is made.

Each case: `config` (Keras' own, without initialisers, regularisers and constraints), `weights` by layer and variable name,
`input` and `outputs` (of the layer 'probe', in the file's axis order). Arrays are base64 of little-endian float32. Seeded.
"""

import base64
import json
import os
import sys
import zlib

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy as np
from keras import layers as L

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases.json")
kept = {}
if "--new" in sys.argv:
    with open(path) as file:
        kept = {case["name"]: case for case in json.load(file)}
cases = []


def array(values):
    values = np.asarray(values, dtype="<f4")
    return {"shape": list(values.shape), "data": base64.b64encode(values.tobytes()).decode()}


def plain(value):
    """The config without what inference does not need."""
    if isinstance(value, dict):
        drop = ("_initializer", "_regularizer", "_constraint", "build_config", "compile_config", "shared_object_id")
        return {k: plain(v) for k, v in value.items() if not k.endswith(drop)}
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def all_layers(model):
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from all_layers(layer)
        else:
            yield layer


def add(name, build, shape=(6, 5, 4), spread=1.0):
    """build: tensor → tensor; its last layer must be called 'probe'."""
    if name in kept:
        cases.append(kept[name])
        return
    random = np.random.default_rng(zlib.crc32(name.encode()))
    keras.utils.clear_session()
    x = keras.Input(shape, name="image")
    y = build(x)
    probe = y
    head = y if len(y.shape) == 2 else L.Flatten(name="head")(y)
    model = keras.Model(x, head, name="case")
    weights = []
    for layer in all_layers(model):
        for v in layer.variables:
            if v.dtype != "float32":
                continue
            low = 0.2 if v.name in ("moving_variance", "variance") else -1.0
            v.assign(random.uniform(low, 1.0, v.shape).astype("float32"))
            path = v.path if layer.name in v.path.split("/")[:-2] else f"{layer.name}/{v.name}"
            entry = {"name": path, **array(v.numpy() if hasattr(v, "numpy") else v)}
            if entry not in weights:
                weights.append(entry)
        if isinstance(layer, L.Normalization):
            layer.finalize_state()
    value = random.uniform(-spread, spread, (2, *shape)).astype("float32")
    output = keras.Model(x, probe)(value, training=False)
    cases.append({"name": name, "config": plain(json.loads(model.to_json())), "weights": weights, "input": array(value), "output": array(output)})


def one(name, layer, **options):
    add(name, lambda x: layer(x), **options)


P = {"name": "probe"}
for activation in (
    "relu relu6 elu selu sigmoid hard_sigmoid hard_silu hard_swish hard_tanh tanh softmax log_softmax softplus softsign silu swish gelu mish "
    "exponential leaky_relu linear"
).split():
    one(f"activation {activation}", L.Activation(activation, **P), shape=(3, 4, 3), spread=8.0)
one("activation softmax of rows", L.Activation("softmax", **P), shape=(3, 4, 1))
one("fused activation", L.Conv2D(3, 2, activation="hard_sigmoid", **P))
one("fused activation layer", L.Conv2D(3, 2, activation=L.ReLU(max_value=0.5), **P))
one("relu max_value", L.ReLU(max_value=1.5, **P), spread=3.0)
one("relu slope and max", L.ReLU(max_value=1.5, negative_slope=0.25, **P), spread=3.0)
one("relu slope", L.ReLU(negative_slope=0.25, **P))
one("relu threshold", L.ReLU(threshold=0.5, **P))
one("leaky relu layer", L.LeakyReLU(negative_slope=0.17, **P))
one("elu layer", L.ELU(alpha=0.6, **P))
one("prelu per element", L.PReLU(**P))
one("prelu per channel", L.PReLU(shared_axes=[1, 2], **P))
one("prelu per column", L.PReLU(shared_axes=[1], **P))
one("softmax over channels", L.Softmax(**P))
one("softmax over rows", L.Softmax(axis=1, **P))

for size in ((6, 5, 4), (7, 8, 4)):
    for stride in (1, 2, 3):
        for kernel in (1, 3, 4):
            one(f"conv same k{kernel} s{stride} of {size[0]}x{size[1]}", L.Conv2D(2, kernel, strides=stride, padding="same", **P), shape=size)
one("conv valid", L.Conv2D(3, (3, 2), strides=(2, 1), **P))
one("conv dilated same", L.Conv2D(3, 3, dilation_rate=2, padding="same", **P))
one("conv dilated valid", L.Conv2D(3, 2, dilation_rate=(2, 3), **P))
one("conv groups", L.Conv2D(6, 3, groups=2, **P))
one("conv no bias", L.Conv2D(3, 3, use_bias=False, **P))
one("depthwise", L.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2, **P))
one("depthwise no bias", L.DepthwiseConv2D((2, 3), use_bias=False, activation="relu", **P))
one("separable", L.SeparableConv2D(5, 3, padding="same", depth_multiplier=2, activation="tanh", **P))
one("separable strided", L.SeparableConv2D(5, 3, strides=2, use_bias=False, **P))
for padding in ("same", "valid"):
    for kernel, stride in ((3, 1), (3, 2), (2, 3), (4, 2), (5, 3)):
        one(f"conv transpose {padding} k{kernel} s{stride}", L.Conv2DTranspose(3, kernel, strides=stride, padding=padding, **P), shape=(3, 4, 3))
one("conv transpose dilated", L.Conv2DTranspose(3, 3, dilation_rate=2, padding="same", **P), shape=(3, 4, 3))
one("conv transpose output padding", L.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=1, **P), shape=(3, 4, 3))
one("dense of pixels", L.Dense(3, activation="relu", **P))
one("dense of flat", keras.Sequential([L.Flatten(name="flat"), L.Dense(3, **P)], name="inner"))
one("dense of 3-D", keras.Sequential([L.Reshape((30, 4), name="rows"), L.Dense(3, **P)], name="inner"))

for padding in ("same", "valid"):
    for pool, stride in ((2, None), (3, 2), (3, 1), ((2, 3), (1, 2))):
        one(f"max pool {padding} {pool} {stride}", L.MaxPooling2D(pool, strides=stride, padding=padding, **P))
        one(f"average pool {padding} {pool} {stride}", L.AveragePooling2D(pool, strides=stride, padding=padding, **P))
for keepdims in (False, True):
    one(f"global average keepdims={keepdims}", L.GlobalAveragePooling2D(keepdims=keepdims, **P))
    one(f"global max keepdims={keepdims}", L.GlobalMaxPooling2D(keepdims=keepdims, **P))

one("batch norm", L.BatchNormalization(**P))
one("batch norm epsilon", L.BatchNormalization(epsilon=0.1, **P))
one("batch norm no scale", L.BatchNormalization(scale=False, **P))
one("batch norm no center", L.BatchNormalization(center=False, **P))
one("batch norm of flat", keras.Sequential([L.GlobalMaxPooling2D(name="gap"), L.BatchNormalization(**P)], name="inner"))
one("layer norm", L.LayerNormalization(**P))
one("layer norm of all", L.LayerNormalization(axis=[1, 2, 3], epsilon=0.05, **P))
one("layer norm no scale", L.LayerNormalization(scale=False, **P))
one("normalization given", L.Normalization(mean=[0.1, 0.2, 0.3, 0.4], variance=[1.0, 4.0, 0.25, 2.0], **P))
one("normalization scalar", L.Normalization(axis=None, mean=0.25, variance=4.0, **P))
one("normalization invert", L.Normalization(mean=[0.1, 0.2, 0.3, 0.4], variance=[1.0, 4.0, 0.25, 2.0], invert=True, **P))
one("normalization weights", L.Normalization(**P))
one("rescaling", L.Rescaling(1 / 127.5, offset=-1, **P))
one("rescaling per channel", L.Rescaling([1.0, 2.0, 3.0, 4.0], offset=[0.1, 0.2, 0.3, 0.4], **P))

one("zero padding", L.ZeroPadding2D(((0, 1), (2, 3)), **P))
one("zero padding 1", L.ZeroPadding2D(1, **P))
one("cropping", L.Cropping2D(((0, 1), (2, 1)), **P))
one("upsampling", L.UpSampling2D((2, 3), **P))
one("upsampling bilinear", L.UpSampling2D(2, interpolation="bilinear", **P))
one("resizing up", L.Resizing(9, 11, **P))
one("resizing down", L.Resizing(4, 3, **P))
one("resizing nearest", L.Resizing(12, 10, interpolation="nearest", **P))
one("flatten", L.Flatten(**P))
one("reshape 4-D", L.Reshape((5, 4, 6), **P))
one("reshape 3-D", L.Reshape((-1, 8), **P))
one("reshape flat", L.Reshape((-1,), **P))
one("permute", L.Permute((3, 1, 2), **P))
one("permute rows and columns", L.Permute((2, 1, 3), **P))
add("squeeze and excite", lambda x: L.Multiply(**P)([x, L.Conv2D(4, 1, activation="sigmoid")(L.Reshape((1, 1, 4))(L.GlobalAveragePooling2D()(x)))]))

two = lambda x: [L.Conv2D(4, 1, name="left")(x), L.Conv2D(4, 1, name="right")(x), x]
for merge in (L.Add, L.Multiply, L.Average, L.Maximum, L.Minimum, L.Concatenate):
    add(f"merge {merge.__name__}", lambda x: merge(**P)(two(x)))
add("merge Subtract", lambda x: L.Subtract(**P)(two(x)[:2]))
add("concatenate rows", lambda x: L.Concatenate(axis=1, **P)(two(x)))
add("numbers", lambda x: L.Activation("linear", **P)((x * 0.5 + 1.25) * x / 2 - 3))
add("identities", lambda x: L.GaussianNoise(0.3, **P)(L.SpatialDropout2D(0.5)(L.Dropout(0.5)(L.RandomFlip()(x)))))


def shared(x):
    conv = L.Conv2D(4, 3, padding="same", name="shared")
    return L.Activation("tanh", **P)(conv(conv(x)))


def shared_model(x):
    a = keras.Input((6, 5, 4))
    inner = keras.Model(a, L.BatchNormalization(name="norm")(L.Conv2D(4, 1, name="conv")(a)), name="block")
    return L.Add(**P)([inner(x), inner(inner(x))])


def two_outputs(x):
    a = keras.Input((6, 5, 4))
    c = L.Conv2D(4, 1, name="conv")(a)
    inner = keras.Model(a, [c, L.ReLU(name="relu")(c)], name="pair")
    left, right = inner(x)
    return L.Subtract(**P)([right, left])


add("shared layer", shared)
add("shared model", shared_model)
add("model with two outputs", two_outputs)
one("nested sequential", keras.Sequential([L.Conv2D(3, 3, name="conv"), keras.Sequential([L.ReLU(name="relu"), L.Conv2D(2, 1, **P)], name="b")], name="a"))

F = {"name": "probe", "data_format": "channels_first"}
C = {"data_format": "channels_first"}
one("channels first conv", L.Conv2D(3, 3, strides=2, padding="same", **F), shape=(4, 6, 5))
one("channels first depthwise", L.DepthwiseConv2D(3, depth_multiplier=2, **F), shape=(4, 6, 5))
one("channels first pool", L.AveragePooling2D(2, strides=1, padding="same", **F), shape=(4, 6, 5))
one("channels first global", L.GlobalAveragePooling2D(**F), shape=(4, 6, 5))
add("channels first net", lambda x: L.Dense(3, **P)(L.Flatten(**C)(L.BatchNormalization(axis=1)(L.Conv2D(2, 3, **C)(x)))), shape=(4, 6, 5))
add("channels first flatten in memory order", lambda x: L.Flatten(data_format="channels_last", **P)(L.Conv2D(2, 3, **C)(x)), shape=(4, 6, 5))
add("channels first groups", lambda x: L.GroupNormalization(groups=2, axis=1, **P)(L.Conv2D(6, 1, **C)(x)), shape=(4, 6, 5))
add("channels first concatenate", lambda x: L.Concatenate(axis=1, **P)([x, L.Conv2D(2, 1, **C)(x)]), shape=(4, 6, 5))

one("group norm", L.GroupNormalization(groups=2, **P))
one("group norm of all", L.GroupNormalization(groups=1, epsilon=0.1, center=False, **P))
one("group norm of each", L.GroupNormalization(groups=-1, scale=False, **P))
one("unit norm", L.UnitNormalization(**P))
one("unit norm of rows", L.UnitNormalization(axis=[1, 2], **P))
one("rms norm", L.RMSNormalization(**P))
one("center crop", L.CenterCrop(4, 2, **P))
one("center crop of odd", L.CenterCrop(3, 4, **P))
one("center crop of less", L.CenterCrop(9, 4, **P))
one("resizing nearest by no whole factor", L.Resizing(4, 7, interpolation="nearest", **P))
one("resizing with crop", L.Resizing(8, 4, crop_to_aspect_ratio=True, **P))
one("adaptive average pool", L.AdaptiveAveragePooling2D((3, 1), **P))
one("adaptive max pool", L.AdaptiveMaxPooling2D((2, 5), **P))
rows = L.Reshape((30, 4), name="rows")
for build in (L.GlobalAveragePooling1D, L.GlobalMaxPooling1D):
    one(f"{build.__name__}", keras.Sequential([L.Reshape((30, 4)), build(**P)], name="inner"))
one("conv 1-D", keras.Sequential([L.Reshape((30, 4)), L.Conv1D(3, 3, strides=2, padding="same", activation="relu", **P)], name="inner"))
add("eca", lambda x: L.Multiply(**P)([x, L.Reshape((1, 1, 4))(L.Activation("sigmoid")(L.Conv1D(1, 3, padding="same", use_bias=False)(L.Reshape((4, 1))(L.GlobalAveragePooling2D()(x)))))]))
one("repeat vector", keras.Sequential([L.GlobalMaxPooling2D(), L.RepeatVector(3, **P)], name="inner"))
one("einsum dense", L.EinsumDense("abcd,de->abce", output_shape=(None, None, 3), bias_axes="e", activation="relu", **P))
one("einsum dense to heads", keras.Sequential([L.Reshape((30, 4)), L.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3), bias_axes="de"), L.EinsumDense("abde,dec->abc", output_shape=(None, 5), **P)], name="inner"))


def attention(x):
    y = L.Reshape((30, 4))(x)
    return L.MultiHeadAttention(2, 3, value_dim=5, **P)(y, L.LayerNormalization(name="norm")(y))


add("attention", attention)
add("attention without bias", lambda x: L.MultiHeadAttention(2, 3, use_bias=False, output_shape=6, **P)(query=(y := L.Reshape((30, 4))(x)), value=y))
add("dot", lambda x: L.Dot(axes=1, **P)([L.GlobalMaxPooling2D()(x), L.GlobalAveragePooling2D()(x)]))
add("dot normalized", lambda x: L.Dot(axes=-1, normalize=True, **P)([L.GlobalMaxPooling2D()(x), L.GlobalAveragePooling2D()(x)]))
one("sequence of identities", keras.Sequential([L.SpatialDropout2D(0.3), L.GaussianDropout(0.3), L.AlphaDropout(0.3), L.RandomFlip(), L.RandomRotation(0.2), L.RandomZoom(0.2), L.RandomTranslation(0.1, 0.1), L.RandomContrast(0.2), L.RandomBrightness(0.2), L.RandomErasing(), L.Activation("linear", **P)], name="inner"))

O = keras.ops
probe = lambda y: L.Activation("linear", **P)(y)
operations = {
    "mean of the image": lambda x: O.mean(x, axis=(1, 2)),
    "mean with its axes": lambda x: O.mean(x, axis=[1, 2], keepdims=True),
    "mean of rows": lambda x: O.mean(x, axis=1),
    "max of channels": lambda x: O.max(x, axis=-1, keepdims=True),
    "min of channels": lambda x: O.min(x, axis=3),
    "sum, var, std": lambda x: O.concatenate([O.sum(x, axis=(1, 2)), O.var(x, axis=(1, 2)), O.std(x, axis=(2, 1))], axis=-1),
    "variance kept": lambda x: O.var(x, axis=-1, keepdims=True),
    "channels turned": lambda x: x[..., ::-1],
    "index": lambda x: x[:, 1:-1, ::2, 1],
    "index and new axis": lambda x: x[:, -1, None, 1:],
    "stack": lambda x: O.stack([x[..., i] for i in (2, 1, 0)], axis=-1),
    "caffe": lambda x: O.add(O.stack([x[..., i] for i in (2, 1, 0)], axis=-1), O.reshape(O.convert_to_tensor([-1.0, -2.0, -3.0]), (1, 1, 1, 3))),
    "constant of rows": lambda x: x * np.arange(24, dtype="float32").reshape(6, 1, 4),
    "reshape": lambda x: O.reshape(x, (-1, 3, 5, 8)),
    "shuffle": lambda x: O.reshape(O.transpose(O.reshape(x, (-1, 6, 5, 2, 2)), (0, 1, 2, 4, 3)), (-1, 6, 5, 4)),
    "swap": lambda x: O.swapaxes(x, 1, 3),
    "expand and squeeze": lambda x: O.squeeze(O.expand_dims(x, 1), 1) + O.squeeze(O.expand_dims(x[:, 0], 1), axis=1)[:, None],
    "split": lambda x: O.subtract(*O.split(x, 2, axis=-1)),
    "split at": lambda x: O.concatenate(O.split(x, [1, 4], axis=1)[::-1], axis=1),
    "flip": lambda x: O.flip(x, axis=1),
    "pad": lambda x: O.pad(x, [[0, 0], [1, 0], [0, 2], [0, 1]], constant_values=0.5),
    "pad reflect": lambda x: O.pad(x, [[0, 0], [1, 1], [2, 2], [0, 0]], mode="reflect"),
    "resize": lambda x: O.image.resize(x, (9, 7)),
    "matrices": lambda x: O.matmul(x, O.transpose(x, (0, 1, 3, 2))),
    "matrix": lambda x: O.matmul(x, O.convert_to_tensor(np.arange(8, dtype="float32").reshape(4, 2))),
    "arithmetic": lambda x: -abs(x) / (1 + O.square(x)) + O.sqrt(O.exp(x)) - O.log(x**2 + 1) + 1 / (2 + x) + O.rsqrt(x * x + 1) + O.reciprocal(x + 3) + O.sign(x) + O.erf(x),
    "limits": lambda x: O.clip(x, -0.5, 0.25) + O.maximum(x, 0.125) * O.minimum(x, 0.5),
    "where": lambda x: O.where(x > 0.25, x, O.where(x < -0.25, 0.5, O.where(O.equal(x, 0.0), 1.0, -x))),
    "activations": lambda x: O.relu(x) + O.relu6(3 * x) * O.silu(x) - O.sigmoid(x) * O.tanh(x) + O.softplus(x) + O.softsign(x) + O.hard_sigmoid(x) + O.hard_silu(x) + O.hard_tanh(x) + O.selu(x),
    "activations with options": lambda x: O.elu(x, alpha=0.5) + O.leaky_relu(x, 0.1) + O.gelu(x) * O.gelu(x, approximate=False) + O.softmax(x, axis=-1) + O.log_softmax(x) + keras.activations.relu(x, max_value=0.5),
    "normalize": lambda x: O.normalize(x, axis=-1),
    "cast": lambda x: O.cast(O.stop_gradient(x), "float32") * O.copy(x),
}
for name, build in operations.items():
    shape = (6, 5, 3) if name == "caffe" else (6, 5, 4)
    add(f"ops: {name}", lambda x: probe(build(x)), shape=shape)

with open(path, "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
print(len(cases), "cases,", os.path.getsize(path), "bytes, Keras", keras.__version__)
