"""Makes cases.json: small models, one per layer variant, with the numbers that Keras itself computes.

    pip install keras==3.15.1 jax && KERAS_BACKEND=jax python make.py

Each case: `config` (Keras' own, without initialisers, regularisers and constraints), `weights` by layer and variable name,
`input` and `outputs` (of the layer 'probe', in the file's axis order). Arrays are base64 of little-endian float32. Seeded.
"""

import base64
import json
import os

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy as np
from keras import layers as L

random = np.random.default_rng(20240229)
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
            entry = {"name": f"{layer.name}/{v.name}", **array(v.numpy() if hasattr(v, "numpy") else v)}
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
add("channels first concatenate", lambda x: L.Concatenate(axis=1, **P)([x, L.Conv2D(2, 1, **C)(x)]), shape=(4, 6, 5))

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases.json")
with open(path, "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
print(len(cases), "cases,", os.path.getsize(path), "bytes, Keras", keras.__version__)
