"""Makes small Keras files of every layout, and answers.json: the scores that Keras computes from them.

    pip install keras==3.15.1 tensorflow h5py && python make.py

Files are gzipped. Weights and images are seeded (../seeded.py): image `NAME`, values 1·v. What Keras 3 itself cannot write is
written by h5py as older versions did: their source is named at each.
"""

import gzip
import io
import itertools
import json
import os
import sys
import tempfile
import zipfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py
import keras
import numpy as np
from keras import layers as L
from keras.src.legacy.saving import legacy_h5_format

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(here))
from seeded import seeded

answers = {}


def every_layer(model):
    for layer in model.layers:
        yield from every_layer(layer) if hasattr(layer, "layers") else [layer]


def fill(model, half=False):
    for layer in every_layer(model):
        for v in layer.variables:
            if not v.dtype.startswith("float"):
                continue
            variance = v.name.endswith("variance")
            value = seeded(v.shape, f"{layer.name}/{v.name}", 0.4, 0.6 if variance else 0.1)
            v.assign(value.astype("float16").astype("float32") if half else value)


def answer(name, model):
    image = seeded((1, *model.input_shape[1:]), name, 1.0)
    answers[name] = {"shape": list(image.shape), "scores": [float(v) for v in np.asarray(model(image)).ravel()]}


def write(name, content):
    with open(os.path.join(here, f"{name}.gz"), "wb") as f:
        f.write(gzip.compress(content, 9, mtime=0))


def saved(model, extension):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, f"model{extension}")
        if extension == ".weights.h5":
            model.save_weights(path)
        else:
            model.save(path)
        with open(path, "rb") as f:
            return f.read()


def hdf5(fill_file, **options):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", **options) as f:
        fill_file(f)
    return buffer.getvalue()


# Two convolutions of one class, one of them called twice, between other classes.
def functional():
    keras.utils.clear_session()
    x = image = keras.Input((8, 6, 3), name="image")
    x = L.Conv2D(4, 3, padding="same", activation="relu", name="stem")(x)
    x = L.BatchNormalization(name="norm")(x)
    shared = L.Conv2D(4, 3, padding="same", use_bias=False, name="shared")
    x = shared(L.ReLU(name="relu")(shared(x)))
    y = L.DepthwiseConv2D(3, padding="same", name="depthwise")(x)
    x = L.Add(name="sum")([x, L.BatchNormalization(scale=False, name="norm2")(y)])
    x = L.SeparableConv2D(5, 3, name="separable")(x)
    x = L.GlobalAveragePooling2D(name="mean")(x)
    return keras.Model(image, L.Dense(3, name="scores")(x), name="functional_net")


net = functional()
fill(net)
answer("functional", net)
for extension in (".keras", ".h5", ".weights.h5"):
    write(f"functional{extension}", saved(net, extension))
write("functional.json", net.to_json().encode())
# save_weights("x.h5") of Keras 1 and 2: the groups at the root, no config.
write("functional.legacyWeights.h5", hdf5(lambda f: legacy_h5_format.save_weights_to_hdf5_group(f, net)))

# keras < 3.13 stored no names; other zips deflate.
with zipfile.ZipFile(io.BytesIO(saved(net, ".keras"))) as z:
    parts = {name: z.read(name) for name in z.namelist()}


def without_names(f):
    with h5py.File(io.BytesIO(parts["model.weights.h5"])) as source:

        def copy(name, item):
            if isinstance(item, h5py.Dataset):
                f.create_dataset(name, data=item[()])

        source.visititems(copy)


def archive(weights):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in {**parts, "model.weights.h5": weights}.items():
            z.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


write("functional.unnamed.keras", archive(hdf5(without_names)))


# tf.keras 2.12 to 2.15 visits `_layer_checkpoint_dependencies` (Functional, keras/engine/functional.py), where each layer with
# weights stands twice and takes two names: conv2d, conv2d_2.
def doubled(separator):
    def fill_file(f):
        def copy(name, item):
            if isinstance(item, h5py.Dataset):
                layer, rest = name.removeprefix("layers/").split("/", 1)
                word, _, number = layer.rpartition("_")
                layer = f"{word}_{2 * int(number)}" if number.isdigit() else layer
                f.create_dataset(f"_layer_checkpoint_dependencies{separator}{layer}/{rest}", data=item[()])

        with h5py.File(io.BytesIO(parts["model.weights.h5"])) as source:
            source.visititems(copy)

    return fill_file


write("functional.doubled.keras", archive(hdf5(doubled("/"))))
write("functional.backslash.keras", archive(hdf5(doubled("\\"))))


# Models in models, where layers of the same name and class stand in each.
def nested():
    keras.utils.clear_session()
    inner = keras.Input((8, 6, 3), name="inner")
    x = L.Conv2D(4, 3, name="conv")(inner)
    x = L.BatchNormalization(name="norm")(x)
    backbone = keras.Model(inner, L.ReLU(name="relu")(x), name="backbone")
    head = keras.Sequential([keras.Input((6, 4, 4)), L.Conv2D(5, 3, name="conv_head"), L.GlobalMaxPooling2D(name="max")], name="head")
    image = keras.Input((8, 6, 3), name="image")
    x = head(backbone(image))
    y = L.GlobalAveragePooling2D(name="mean")(L.Conv2D(2, 3, name="conv_beside")(image))
    x = L.Concatenate(name="both")([x, y])
    return keras.Model(image, L.Dense(4, activation="softmax", name="scores")(x), name="nested_net")


net = nested()
fill(net)
answer("nested", net)
write("nested.keras", saved(net, ".keras"))
write("nested.h5", saved(net, ".h5"))


def sequential():
    keras.utils.clear_session()
    layers = [
        keras.Input((8, 6, 1)),
        L.Rescaling(1 / 127.5, offset=-1, name="rescale"),
        L.Conv2D(3, 3, activation="hard_sigmoid"),
        L.MaxPooling2D(),
        L.Flatten(),
        L.Dense(2, activation="sigmoid"),
    ]
    return keras.Sequential(layers, name="sequential")


net = sequential()
fill(net)
answer("sequential", net)
write("sequential.keras", saved(net, ".keras"))
write("sequential.h5", saved(net, ".h5"))


# The same numbers in every way that HDF5 stores them; file format of HDF5 1.10 and later.
def storages(f, ways):
    with h5py.File(io.BytesIO(halves)) as source:
        for key, value in source.attrs.items():
            f.attrs[key] = value
        def copy(name, item):
            if isinstance(item, h5py.Dataset):
                f.create_dataset(name, data=item[()], **next(way))
            else:
                group = f.require_group(name)
                for key, value in item.attrs.items():
                    group.attrs[key] = value

        way = itertools.cycle(ways)
        source.visititems(copy)


net = functional()
fill(net, half=True)
answer("storages", net)
halves = saved(net, ".h5")
ways = [
    {"compression": "gzip", "chunks": True},
    {"dtype": ">f4"},
    {"dtype": "<f8", "shuffle": True, "compression": 9},
    {"dtype": "<f2", "fletcher32": True},
    {"dtype": ">f8", "chunks": True},
]
write("storages.h5", hdf5(lambda f: storages(f, ways), libver="latest"))
# A filter that the reader lacks: for the error.
write("lzf.h5.refused", hdf5(lambda f: storages(f, [{"compression": "lzf"}])))


# Keras 2.x as keras/engine/saving.py wrote it: attributes as fixed bytes, `:0` in names, a list of layers too long for one attribute.
def keras2(f):
    layer = lambda kind, name, config, *inputs: {
        "class_name": kind,
        "name": name,
        "config": {"name": name, "trainable": True, "dtype": "float32", **config},
        "inbound_nodes": [[[i, 0, 0, {}] for i in inputs]] if inputs else [],
    }
    last = {"data_format": "channels_last", "padding": "same", "strides": [1, 1], "dilation_rate": [1, 1], "use_bias": True}
    layers = [
        layer("InputLayer", "input_1", {"batch_input_shape": [None, 8, 6, 3], "sparse": False}),
        layer("Conv2D", "conv", {"filters": 4, "kernel_size": [3, 3], "activation": "relu", **last}, "input_1"),
        layer("BatchNormalization", "bn", {"axis": [3], "momentum": 0.99, "epsilon": 0.001, "center": True, "scale": True}, "conv"),
        layer("GlobalAveragePooling2D", "gap", {"data_format": "channels_last"}, "bn"),
        layer("Dense", "fc", {"units": 3, "activation": "softmax", "use_bias": True}, "gap"),
    ]
    config = {"name": "model_1", "layers": layers, "input_layers": [["input_1", 0, 0]], "output_layers": [["fc", 0, 0]]}
    f.attrs["keras_version"] = "2.3.1".encode()
    f.attrs["backend"] = "tensorflow".encode()
    f.attrs["model_config"] = json.dumps({"class_name": "Model", "config": config}).encode()
    group = f.create_group("model_weights")
    group.attrs["layer_names0"] = np.array([b"input_1", b"conv"])
    group.attrs["layer_names1"] = np.array([b"bn", b"gap", b"fc"])
    for entry in layers:
        sub = group.create_group(entry["name"])
        variables = {v.name: v for v in net.get_layer(entry["name"]).weights}
        sub.attrs["weight_names"] = np.array([f"{entry['name']}/{v}:0".encode() for v in variables]) if variables else np.array([])
        for name, v in variables.items():
            sub.create_dataset(f"{entry['name']}/{name}:0", data=np.asarray(v))
    f.create_group("optimizer_weights").attrs["weight_names"] = np.array([b"missing:0"])


keras.utils.clear_session()
image = keras.Input((8, 6, 3), name="input_1")
x = L.BatchNormalization(name="bn")(L.Conv2D(4, 3, padding="same", activation="relu", name="conv")(image))
net = keras.Model(image, L.Dense(3, activation="softmax", name="fc")(L.GlobalAveragePooling2D(name="gap")(x)))
fill(net)
answer("keras2", net)
write("keras2.h5", hdf5(keras2))


# Keras 1.2 with TensorFlow's order of axes (keras/engine/topology.py, keras/models.py of 1.2.2).
def keras1(f):
    layer = lambda kind, **config: {"class_name": kind, "config": {"trainable": True, **config}}
    tf = {"dim_ordering": "tf"}
    shape = {"batch_input_shape": [None, 10, 8, 3], "input_dtype": "float32"}
    layers = [
        layer("ZeroPadding2D", name="pad", padding=[1, 1], **tf, **shape),
        layer(
            "Convolution2D", name="conv", nb_filter=4, nb_row=3, nb_col=2, subsample=[2, 1], border_mode="valid", bias=True, activation="relu", **tf
        ),
        layer("BatchNormalization", name="bn", mode=0, axis=3, epsilon=0.001, momentum=0.99),
        layer("MaxPooling2D", name="pool", pool_size=[2, 2], strides=[2, 2], border_mode="same", **tf),
        layer("Dropout", name="drop", p=0.5),
        layer("Flatten", name="flat"),
        layer("Dense", name="fc", output_dim=3, bias=True, activation="softmax"),
    ]
    f.attrs["keras_version"] = b"1.2.2"
    f.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": layers}).encode()
    group = f.create_group("model_weights")
    group.attrs["layer_names"] = np.array([l["config"]["name"].encode() for l in layers])
    words = {"kernel": "W", "bias": "b", "moving_mean": "running_mean", "moving_variance": "running_std"}
    for entry in layers:
        name = entry["config"]["name"]
        sub = group.create_group(name)
        variables = {f"{name}_{words.get(v.name, v.name)}": v for v in net.get_layer(name).weights}
        sub.attrs["weight_names"] = np.array([v.encode() for v in variables]) if variables else np.array([])
        for v, values in variables.items():
            sub.create_dataset(v, data=np.asarray(values))


keras.utils.clear_session()
net = keras.Sequential(
    [
        keras.Input((10, 8, 3)),
        L.ZeroPadding2D(1, name="pad"),
        L.Conv2D(4, (3, 2), strides=(2, 1), activation="relu", name="conv"),
        L.BatchNormalization(name="bn"),
        L.MaxPooling2D(2, padding="same", name="pool"),
        L.Dropout(0.5, name="drop"),
        L.Flatten(name="flat"),
        L.Dense(3, activation="softmax", name="fc"),
    ]
)
fill(net)
answer("keras1", net)
write("keras1.h5", hdf5(keras1))

with open(os.path.join(here, "answers.json"), "w") as f:
    json.dump(answers, f, indent=1)
