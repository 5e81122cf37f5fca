"""Makes the .tflite files, expected.json and operators.json.gz with TensorFlow's own converter and interpreter.

    pip install tensorflow==2.21 && CUDA_VISIBLE_DEVICES= python make.py

One small network (convolutions, depthwise, residual, pools, concatenation, dense, softmax) in five kinds: float, float16
weights, int8 weights (dynamic range), int8 and uint8 throughout; the last with metadata and an archive of labels as
tflite-support writes them, the int8 one also as older converters leave activations out. `expected.json` holds what the
interpreter computes, and hashes of the dequantised weights. `operators.json.gz` holds a tiny model per operator. Weights and
inputs are seeded (../seeded.py).
"""

import base64
import gzip
import hashlib
import io
import json
import os
import sys
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import flatbuffers
import numpy as np
import tensorflow as tf
from seeded import seeded
from tensorflow.lite.python import schema_py_generated as schema

HERE = os.path.dirname(os.path.abspath(__file__))
CLASSES = 6


def text(array):
    return base64.b64encode(np.asarray(array, dtype="<f4").tobytes()).decode()


# ---------------------------------------------------------------- the network


def network():
    L = tf.keras.layers
    x = image = L.Input((16, 16, 3), name="image")
    x = L.Conv2D(8, 3, strides=2, padding="same", use_bias=False, name="stem")(x)
    x = L.BatchNormalization(name="stem_bn")(x)
    x = L.ReLU(6.0, name="stem_relu")(x)
    x = L.DepthwiseConv2D(3, padding="same", depth_multiplier=2, name="depthwise", activation="relu")(x)
    y = L.Conv2D(16, 3, padding="same", dilation_rate=2, name="residual")(x)
    x = L.ReLU(name="sum_relu")(L.Add(name="sum")([x, y]))
    a = L.MaxPooling2D(3, strides=2, padding="same", name="max")(x)
    b = L.AveragePooling2D(3, strides=2, padding="same", name="average")(x)
    x = L.Concatenate(name="both")([a, b])
    x = L.Conv2D(12, 1, activation="relu", name="head")(x)
    x = L.GlobalAveragePooling2D(name="pool")(x)
    x = L.Dense(CLASSES, name="logits")(x)
    model = tf.keras.Model(image, L.Softmax(name="softmax")(x), name="tiny")
    for layer in model.layers:
        for v in layer.variables:
            fan_in = int(np.prod(v.shape[:-1])) if len(v.shape) > 1 else 1
            name = f"{layer.name}/{v.name}"
            if v.name in ("gamma", "moving_variance"):
                v.assign(seeded(v.shape, name, 0.4, 1.0))
            elif len(v.shape) == 1:
                v.assign(seeded(v.shape, name, 0.3))
            else:
                fan_in = 9 if layer.name == "depthwise" else fan_in
                v.assign(seeded(v.shape, name, (6 / fan_in) ** 0.5))
    return model


def images(name, count):
    """Of the range −1..1, smooth as photographs are."""
    small = seeded((count, 5, 5, 3), name, 1.0)
    return np.clip(tf.image.resize(small, (16, 16)).numpy() * 1.3, -1, 1).astype(np.float32)


def convert(model, kind):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind != "float":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if kind in ("int8", "uint8"):
        samples = images("calibration", 64)
        converter.representative_dataset = lambda: ([s[None]] for s in samples)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.as_dtype(kind)
    return converter.convert()


def interpreter_of(content):
    interpreter = tf.lite.Interpreter(
        model_content=content,
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    return interpreter


def real(values, detail):
    scale, zero = detail["quantization"]
    return np.float32(scale) * (values.astype(np.float32) - zero) if scale else values.astype(np.float32)


def run(content, image):
    """Output and logits as real numbers. An image of real numbers is quantised first."""
    interpreter = interpreter_of(content)
    (fed,) = interpreter.get_input_details()
    scale, zero = fed["quantization"]
    if scale:
        limits = np.iinfo(fed["dtype"])
        image = np.clip(np.round(image / scale) + zero, limits.min, limits.max)
    interpreter.set_tensor(fed["index"], image.astype(fed["dtype"]))
    interpreter.invoke()
    (out,) = interpreter.get_output_details()
    softmax = next(op for op in interpreter._get_ops_details() if op["op_name"] == "SOFTMAX")
    tensors = {t["index"]: t for t in interpreter.get_tensor_details()}
    read = lambda index: real(interpreter.get_tensor(index), tensors[index])
    return read(out["index"])[0], read(softmax["inputs"][0])[0]


def weights(content):
    """SHA-256 of the real numbers that each quantised constant stands for, by name."""
    interpreter = interpreter_of(content)
    hashes = {}
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    constants = {i for i, t in enumerate(model.subgraphs[0].tensors) if model.buffers[t.buffer].data is not None}
    for t in interpreter.get_tensor_details():
        scales = t["quantization_parameters"]["scales"]
        if t["index"] not in constants or len(scales) == 0:
            continue
        q = interpreter.get_tensor(t["index"]).astype(np.float64)
        zeros = t["quantization_parameters"]["zero_points"].astype(np.float64)
        axis = t["quantization_parameters"]["quantized_dimension"]
        shape = [1] * q.ndim
        if len(scales) > 1:
            shape[axis] = -1
        values = (scales.astype(np.float64).reshape(shape) * (q - zeros.reshape(shape))).astype("<f4")
        hashes[t["name"]] = hashlib.sha256(values.tobytes()).hexdigest()
    return hashes


def without_activations(content):
    """As toco leaves activations out that the range of the quantised output implies."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    network = model.subgraphs[0]
    for op in network.operators:
        options = op.builtinOptions
        q = network.tensors[op.outputs[0]].quantization
        if getattr(options, "fusedActivationFunction", 0) and list(q.zeroPoint) == [-128]:
            options.fusedActivationFunction = 0
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


# ---------------------------------------------------------------- metadata, as tflite-support writes it


def table(builder, *fields):
    """fields: (id, 'offset' | 'int8' | 'uint8', value)."""
    builder.StartObject(max(f[0] for f in fields) + 1)
    for field, kind, value in fields:
        if kind == "offset":
            builder.PrependUOffsetTRelativeSlot(field, value, 0)
        elif kind == "int8":
            builder.PrependInt8Slot(field, value, 0)
        else:
            builder.PrependUint8Slot(field, value, 0)
    return builder.EndObject()


def vector(builder, offsets):
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return builder.EndVector()


def floats(builder, values):
    builder.StartVector(4, len(values), 4)
    for value in reversed(values):
        builder.PrependFloat32(value)
    return builder.EndVector()


def metadata(mean, std, label_file):
    b = flatbuffers.Builder(256)
    normalization = table(b, (0, "offset", floats(b, mean)), (1, "offset", floats(b, std)))
    unit = table(b, (0, "uint8", 1), (1, "offset", normalization))
    image = table(b, (0, "offset", b.CreateString("image")), (4, "offset", vector(b, [unit])))
    german = table(b, (0, "offset", b.CreateString("labels_de.txt")), (2, "int8", 2), (3, "offset", b.CreateString("de")))
    english = table(b, (0, "offset", b.CreateString(label_file)), (2, "int8", 2))
    scores = table(b, (0, "offset", b.CreateString("probability")), (6, "offset", vector(b, [german, english])))
    subgraph = table(b, (2, "offset", vector(b, [image])), (3, "offset", vector(b, [scores])))
    model = table(b, (0, "offset", b.CreateString("tiny classifier")), (3, "offset", vector(b, [subgraph])))
    b.Finish(model, b"M001")
    return bytes(b.Output())


def with_metadata(content, described, files):
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(described, dtype=np.uint8)
    model.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = "TFLITE_METADATA", len(model.buffers) - 1
    model.metadata = (model.metadata or []) + [entry]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    out = io.BytesIO(bytes(builder.Output()))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, lines in files.items():
            archive.writestr(zipfile.ZipInfo(name), "\n".join(lines) + "\n")
    return out.getvalue()


# ---------------------------------------------------------------- operators


def with_operator(content, old, new):
    """The same model with another operator."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    for code in model.operatorCodes:
        if code.builtinCode == old:
            code.builtinCode, code.deprecatedBuiltinCode = new, min(new, 127)
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def operators():
    x4 = (1, 6, 5, 4)
    w = lambda name, *shape: tf.constant(seeded(shape, name, 0.5))
    conv = lambda x, f, **k: tf.nn.conv2d(x, f, **{"strides": 1, "padding": "SAME", **k})
    cases = {
        "conv valid, strides": lambda x: conv(x, w("f", 3, 2, 4, 3), strides=[1, 2, 1, 1], padding="VALID"),
        "conv dilated": lambda x: conv(x, w("f", 3, 3, 4, 3), dilations=2),
        "conv grouped": lambda x: conv(x, w("f", 3, 3, 2, 6)),
        "conv bias tanh": lambda x: tf.tanh(conv(x, w("f", 3, 3, 4, 3)) + w("b", 3)),
        "conv relu -1..1": lambda x: tf.clip_by_value(conv(x, w("f", 3, 3, 4, 3)), -1.0, 1.0),
        "depthwise multiplier": lambda x: tf.nn.depthwise_conv2d(x, w("f", 3, 3, 4, 2), [1, 1, 1, 1], "SAME"),
        "depthwise strides": lambda x: tf.nn.depthwise_conv2d(x, w("f", 2, 2, 4, 1), [1, 2, 2, 1], "VALID") + w("b", 4),
        "transpose conv same": lambda x: tf.nn.conv2d_transpose(x, w("f", 3, 3, 2, 4), [1, 12, 10, 2], 2, "SAME"),
        "transpose conv valid": lambda x: tf.nn.relu(tf.nn.conv2d_transpose(x, w("f", 3, 2, 2, 4), [1, 13, 10, 2], 2, "VALID") + w("b", 2)),
        "dense of rows": lambda x: tf.nn.relu(tf.matmul(tf.reshape(x, [1, 120]), w("f", 120, 3)) + w("b", 3)),
        "dense keeps axes": lambda x: tf.tensordot(x, w("f", 4, 3), 1) + w("b", 3),
        "batch matmul": lambda x: tf.matmul(tf.reshape(x, [1, 30, 4]), tf.reshape(x, [1, 30, 4]), transpose_b=True),
        "average pool same": lambda x: tf.nn.avg_pool2d(x, 3, 2, "SAME"),
        "average pool valid": lambda x: tf.nn.avg_pool2d(x, [2, 3], [2, 1], "VALID"),
        "max pool": lambda x: tf.nn.relu(tf.nn.max_pool2d(x, 3, 2, "SAME")),
        "add relu6": lambda x: tf.nn.relu6(x * 5.0 + x[:, ::-1]),
        "sub relu": lambda x: tf.nn.relu(1.0 - x),
        "div": lambda x: x / (w("d", 4) + 2.0),
        "div by image": lambda x: 1.0 / (x + 3.0),
        "maximum minimum": lambda x: tf.maximum(tf.minimum(x, w("m", 5, 4)), -0.2),
        "pow": lambda x: tf.pow(tf.abs(x) + 0.5, 1.7),
        "squared difference": lambda x: tf.math.squared_difference(x, w("s", 1, 1, 5, 1)),
        "unary chain": lambda x: tf.exp(-tf.sqrt(tf.abs(x))) + tf.math.log(tf.square(x) + 1.0) * tf.math.rsqrt(x * x + 0.5),
        "logistic": lambda x: tf.sigmoid(x) + tf.tanh(x),
        "relus": lambda x: tf.nn.relu(x) + tf.nn.relu6(x * 9.0) + tf.clip_by_value(x * 2.0, -1.0, 1.0) + tf.clip_by_value(x * 2.0, 0.0, 1.0),
        "leaky elu": lambda x: tf.nn.leaky_relu(x, 0.3) + tf.nn.elu(x),
        "hard swish": lambda x: x * tf.nn.relu6(x + 3.0) / 6.0,
        "gelu exact": lambda x: tf.nn.gelu(x),
        "gelu tanh": lambda x: tf.nn.gelu(x, approximate=True),
        "prelu": lambda x: tf.nn.relu(x) + -w("slope", 1, 1, 4) * tf.nn.relu(-x),
        "l2 normalisation": lambda x: tf.nn.l2_normalize(x, -1),
        "lrn": lambda x: tf.nn.local_response_normalization(x, 2, 1.0, 0.3, 0.6),
        "mean keeps": lambda x: x * tf.reduce_mean(x, [1, 2], keepdims=True),
        "mean of channels": lambda x: tf.reduce_mean(x, [3]),
        "mean of rows": lambda x: tf.reduce_mean(x, [1]),
        "sum max min": lambda x: tf.reduce_sum(x, 3, True) + tf.reduce_max(x, [1, 2], True) * tf.reduce_min(x, 2, True),
        "softmax beta": lambda x: tf.nn.softmax(tf.reshape(x, [1, 30, 4]) * 2.0),
        "softmax of channels": lambda x: x + tf.nn.softmax(x),
        "log softmax": lambda x: tf.nn.log_softmax(tf.reshape(x, [1, 120])) * x[0, 0, 0, 0],
        "pad": lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 3]]),
        "pad value": lambda x: tf.pad(x, [[0, 0], [1, 0], [2, 1], [0, 0]], constant_values=0.7),
        "mirror pad": lambda x: tf.pad(x, [[0, 0], [1, 2], [2, 1], [0, 0]], "REFLECT"),
        "concat rows": lambda x: tf.concat([x, x * 2.0], 1),
        "concat channels": lambda x: tf.nn.relu(tf.concat([x, -x, x * x], -1)),
        "split": lambda x: tf.split(x, 2, 3)[0] * tf.split(x, 2, 3)[1],
        "split sizes": lambda x: tf.concat(tf.split(x, [1, 3, 2], 1)[::-1], 1),
        "slice": lambda x: tf.slice(x, [0, 1, 2, 0], [1, 3, -1, 2]),
        "strided slice": lambda x: x[:, 1:5:2, ::-1, 1],
        "pack unpack": lambda x: tf.stack([y * float(i) for i, y in enumerate(tf.unstack(x, axis=3))], axis=2),
        "gather": lambda x: tf.gather(x, [2, 0, 0], axis=3),
        "transpose": lambda x: tf.transpose(x, [0, 3, 1, 2]),
        "shuffle": lambda x: tf.reshape(tf.transpose(tf.reshape(x, [1, 6, 5, 2, 2]), [0, 1, 2, 4, 3]), [1, 6, 5, 4]),
        "squeeze expand, free batch": lambda x: tf.expand_dims(tf.squeeze(tf.nn.avg_pool2d(x, [6, 5], 1, "VALID"), [1, 2]), 1),
        "tile": lambda x: tf.tile(tf.reduce_mean(x, [1, 2], keepdims=True), [1, 2, 3, 1]),
        "select": lambda x: tf.where(x > 0.1, x, x * x) + tf.where(tf.less(x, 0.0), 1.0, 0.0),
        "resize bilinear": lambda x: tf.image.resize(x, (9, 12)),
        "resize corners": lambda x: tf.compat.v1.image.resize_bilinear(x, (9, 12), align_corners=True),
        "resize asymmetric": lambda x: tf.compat.v1.image.resize_bilinear(x, (12, 7)),
        "resize nearest": lambda x: tf.image.resize(x, (12, 10), "nearest"),
        "space to depth": lambda x: tf.nn.space_to_depth(x[:, :, :4], 2),
        "depth to space": lambda x: tf.nn.depth_to_space(x, 2),
        "shape, free batch": lambda x: tf.reshape(x * 2.0, tf.stack([tf.shape(x)[0], tf.shape(x)[1] * 5, 4])),
        "fill, free batch": lambda x: x[:, 0, 0] * tf.fill([tf.shape(x)[0], 4], 0.5) + tf.cast(tf.range(4) + tf.shape(x)[2], tf.float32),
        "dense of an image, free batch": lambda x: tf.matmul(tf.reshape(x, [-1, 120]), w("f", 120, 3)),
        "relu6": lambda x: tf.nn.elu(x * 9.0),
        "relu 0..1": lambda x: tf.nn.elu(x * 2.0),
        "argmax aside": lambda x: tf.nn.relu(x) + 0.0 * tf.cast(tf.argmax(x, 3), tf.float32)[..., None],
    }
    out = []
    for name, build in cases.items():
        free = name.endswith("free batch")
        spec = tf.TensorSpec((None if free else 1, *x4[1:]), tf.float32, name="image")
        function = tf.function(lambda image: tf.reshape(build(image), [1 if not free else -1, int(np.prod(build(tf.zeros(x4)).shape))]))
        concrete = function.get_concrete_function(spec)
        content = tf.lite.TFLiteConverter.from_concrete_functions([concrete], function).convert()
        # What no converter writes any more, or only for other machines.
        recoded = {"relu6": schema.BuiltinOperator.RELU6, "relu 0..1": schema.BuiltinOperator.RELU_0_TO_1}.get(name)
        if recoded is not None:
            content = with_operator(content, schema.BuiltinOperator.ELU, recoded)
        image = seeded(x4, name, 1.0)
        interpreter = interpreter_of(content)
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], image)
        interpreter.invoke()
        result = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
        # TensorFlow itself agrees, so that a fault of a kernel is no reference.
        if recoded is None:
            np.testing.assert_allclose(result, function(image).numpy(), rtol=1e-4, atol=1e-5, err_msg=name)
        kinds = sorted({op["op_name"] for op in interpreter._get_ops_details()})
        out.append({"name": name, "kinds": kinds, "model": base64.b64encode(content).decode(), "output": text(result)})
    return out


def main():
    model = network()
    image = images("image", 1)
    files = {kind: convert(model, kind) for kind in ("float", "float16", "dynamic", "int8", "uint8")}
    files["implied"] = without_activations(files["int8"])
    labels = {"labels.txt": ["tench", "goldfish", "shark", "ray", "cock", "hen"], "labels_de.txt": list("abcdef")}
    files["uint8"] = with_metadata(files["uint8"], metadata([127.5], [127.5], "labels.txt"), labels)
    expected = {"image": text(image)}
    for kind, content in files.items():
        with open(os.path.join(HERE, f"{kind}.tflite"), "wb") as f:
            f.write(content)
        output, logits = run(content, image)
        expected[kind] = {"output": text(output), "logits": text(logits), "weights": weights(content)}
        print(kind, len(content), np.round(logits, 3), np.round(output, 3), len(expected[kind]["weights"]))
    with open(os.path.join(HERE, "expected.json"), "w") as f:
        json.dump(expected, f, indent=1)
        f.write("\n")
    cases = operators()
    with gzip.GzipFile(os.path.join(HERE, "operators.json.gz"), "wb", mtime=0) as f:
        f.write(json.dumps(cases).encode())
    print(len(cases), "operators:", " ".join(sorted({k for c in cases for k in c["kinds"]})))


main()
