"""Writes small SavedModels and frozen graphs as TensorFlow writes them, their files gzipped, and expected.json.gz: what TensorFlow
answers for each, and the values of its variables.

Run with TensorFlow 2.21 and Keras 3.15: python make.py [NAME…]. Images and weights are `seeded` numbers (../seeded.py).
"""

import gzip
import json
import os
import shutil
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import keras
import numpy as np
import tensorflow as tf
from seeded import seeded

v1 = tf.compat.v1
HERE = os.path.dirname(os.path.abspath(__file__))
SHAPE = (8, 10, 3)
MAKERS = {}
image = seeded((2, *SHAPE), "image", 1.0)
count = 0


def maker(function):
    MAKERS[function.__name__] = function
    return function


def numbers(*shape, scale=0.5, offset=0.0):
    """New ones at each call."""
    global count
    count += 1
    return seeded(shape, f"weight{count}", scale, offset)


def served(folder, signature="serving_default"):
    """What the SavedModel itself answers."""
    loaded = tf.saved_model.load(folder)
    run = loaded.signatures[signature]
    (name,) = run.structured_input_signature[1]
    return {key: value.numpy() for key, value in run(**{name: tf.constant(image)}).items()}


# ---------------------------------------------------------------- Keras


def randomise(model):
    for weight in model.weights:
        positive = "variance" in weight.name or "gamma" in weight.name
        weight.assign(numbers(*weight.shape, scale=0.3, offset=1.0 if positive else 0.0))


@maker
def keras_export(folder):
    """A nested model, batch norm, depthwise and separable convolutions, as model.export() writes them."""
    layers = keras.layers
    block = keras.Sequential(
        [
            layers.Input((8, 10, 4)),
            layers.DepthwiseConv2D(3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(max_value=6),
        ],
        name="block",
    )
    model = keras.Sequential(
        [
            layers.Input(SHAPE),
            layers.Rescaling(0.5, offset=0.1),
            layers.Conv2D(4, 3, padding="same", name="stem"),
            layers.BatchNormalization(name="stem_bn"),
            layers.Activation("relu"),
            block,
            layers.MaxPooling2D(2),
            layers.SeparableConv2D(6, 3, activation="silu", name="separable"),
            layers.Dropout(0.5),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, activation="softmax", name="scores"),
        ],
        name="net",
    )
    randomise(model)
    model.export(folder, verbose=False)
    return served(folder), {w.path: w.numpy() for w in model.weights}


# ---------------------------------------------------------------- TensorFlow 2


class Conv(tf.Module):
    """Every instance calls its variables the same."""

    def __init__(self, into, out, dtype=tf.float32):
        super().__init__(name="conv")
        self.w = tf.Variable(numbers(3, 3, into, out), name="w", dtype=dtype)
        self.b = tf.Variable(numbers(out), name="b", dtype=dtype)

    @tf.function
    def __call__(self, x):
        w, b = tf.cast(self.w, tf.float32), tf.cast(self.b, tf.float32)
        return tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, w, 1, "SAME"), b))


class Net(tf.Module):
    def __init__(self):
        super().__init__(name="net")
        self.first = Conv(3, 4)
        self.twice = Conv(4, 4)
        self.half = Conv(4, 4, tf.float16)
        self.brain = Conv(4, 4, tf.bfloat16)
        self.dense = tf.Variable(numbers(4, 3), name="w")
        self.offset = tf.constant(numbers(1, 1, 1, 3))

    @tf.function
    def features(self, x):
        y = self.twice(self.twice(self.first(x - self.offset)))
        return self.brain(self.half(y))

    @tf.function(input_signature=[tf.TensorSpec([None, *SHAPE], tf.float32, name="image")])
    def classify(self, image):
        y = tf.reduce_mean(self.features(image), [1, 2]) @ self.dense
        return {"scores": y, "probabilities": tf.nn.softmax(y)}

    @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, name="features")])
    def only_dense(self, features):
        return {"scores": features @ self.dense}


@maker
def module(folder):
    """Functions within functions, one called twice, variables that are called alike, 16-bit ones, several signatures."""
    net = Net()
    tf.saved_model.save(net, folder, signatures={"a_dense": net.only_dense, "classify": net.classify})
    return served(folder, "classify"), {}


class Phases(tf.Module):
    """tf.cond on a phase that is a constant in the signature: If."""

    def __init__(self):
        super().__init__()
        self.w = tf.Variable(numbers(3, 3, 3, 3), name="w")

    @tf.function
    def body(self, x, training):
        y = tf.nn.conv2d(x, self.w, 1, "VALID")
        y = tf.cond(training, lambda: tf.nn.dropout(y, 0.5, seed=1), lambda: tf.nn.elu(y))
        return tf.reduce_mean(y, [1, 2])

    @tf.function(input_signature=[tf.TensorSpec([None, *SHAPE], tf.float32, name="x")])
    def serve(self, x):
        return {"scores": self.body(x, tf.constant(False))}


@maker
def condition(folder):
    net = Phases()
    tf.saved_model.save(net, folder, signatures=net.serve)
    return served(folder), {}


# ---------------------------------------------------------------- TensorFlow 1


def v1_network(resource):
    """Batch norm and dropout with tf.cond on a learning phase, as Keras 2.0 and tf.layers built them."""
    x = v1.placeholder(tf.float32, [None, *SHAPE], name="x")
    phase = v1.placeholder_with_default(False, [], name="keras_learning_phase")
    with v1.variable_scope("net", use_resource=resource):
        w = v1.get_variable("conv/kernel", initializer=numbers(3, 3, 3, 4))
        y = tf.nn.conv2d(x, w, 2, "SAME", name="conv/Conv2D")
        scale = v1.get_variable("bn/gamma", initializer=numbers(4, offset=1.0, scale=0.2))
        shift = v1.get_variable("bn/beta", initializer=numbers(4))
        mean = v1.get_variable("bn/moving_mean", initializer=numbers(4), trainable=False)
        variance = v1.get_variable("bn/moving_variance", initializer=numbers(4, offset=1.0, scale=0.2), trainable=False)

        def train():
            out, batch_mean, _ = v1.nn.fused_batch_norm(y, scale, shift, epsilon=1e-3, name="train")
            return out + tf.reduce_mean(batch_mean) * 0

        def infer():
            return v1.nn.fused_batch_norm(
                y, tf.convert_to_tensor(scale), shift, mean, variance, epsilon=1e-3, is_training=False, name="infer"
            )[0]

        y = tf.nn.relu(v1.cond(phase, train, infer, name="bn/cond"))
        y = v1.cond(phase, lambda: tf.nn.dropout(y, 0.5, seed=1), lambda: tf.identity(y), name="dropout/cond")
        y = v1.cond(tf.logical_not(phase), lambda: y * tf.constant(2.0), lambda: y * tf.constant(3.0), name="scale/cond")
        dense = v1.get_variable("dense/kernel", initializer=numbers(4, 3))
        scores = tf.matmul(tf.reduce_mean(y, [1, 2]), dense, name="scores")
        tf.nn.softmax(scores, name="probabilities")
        step = v1.get_variable("step", initializer=tf.constant(7, tf.int64), trainable=False)
        v1.assign_add(step, tf.constant(1, tf.int64))
    return x, scores


def in_graph(build, devices=1):
    """Builds in graph mode; gives what `build` gives with a session in hand."""
    graph = tf.Graph()
    with graph.as_default(), v1.Session(config=v1.ConfigProto(device_count={"CPU": devices})) as session:
        v1.disable_control_flow_v2()
        return build(session)


@maker
def tf1(folder):
    """Reference variables, Switch and Merge, simple_save."""

    def build(session):
        x, scores = v1_network(resource=False)
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, folder, {"image": x}, {"scores": scores})
        return {"scores": session.run(scores, {x: image})}, {v.op.name: session.run(v) for v in v1.global_variables()}

    return in_graph(build)


@maker
def tf1_sharded(folder):
    """Resource variables, the checkpoint in two files."""

    def build(session):
        with tf.device("/cpu:0"):
            x, scores = v1_network(resource=True)
        with tf.device("/cpu:1"):
            extra = v1.get_variable("extra", initializer=numbers(3), use_resource=True)
        scores = tf.add(scores, extra, name="sum")
        session.run(v1.global_variables_initializer())
        builder = v1.saved_model.Builder(folder)
        signature = v1.saved_model.predict_signature_def({"image": x}, {"scores": scores})
        builder.add_meta_graph_and_variables(
            session, ["serve"], {"predict": signature}, saver=v1.train.Saver(sharded=True), clear_devices=False
        )
        builder.save()
        return {"scores": session.run(scores, {x: image})}, {v.op.name: session.run(v) for v in v1.global_variables()}

    return in_graph(build, devices=2)


@maker
def tf1_partitioned(folder):
    """A variable stored in parts, which is refused."""

    def build(session):
        x = v1.placeholder(tf.float32, [None, *SHAPE], name="x")
        parts = v1.fixed_size_partitioner(2, axis=0)
        w = v1.get_variable("w", [8 * 10 * 3, 3], initializer=v1.constant_initializer(0.1), partitioner=parts)
        scores = tf.matmul(tf.reshape(x, [-1, 8 * 10 * 3]), w)
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, folder, {"image": x}, {"scores": scores})
        return {"scores": session.run(scores, {x: image})}, {}

    return in_graph(build)


@maker
def frozen_graph(folder):
    names = ["net/probabilities"]

    def build(session):
        x, scores = v1_network(resource=False)
        session.run(v1.global_variables_initializer())
        graph = v1.graph_util.convert_variables_to_constants(session, session.graph_def, names)
        os.makedirs(folder)
        with open(os.path.join(folder, "frozen.pb"), "wb") as file:
            file.write(graph.SerializeToString())
        results = [session.graph.get_tensor_by_name(f"{n}:0") for n in names]
        return dict(zip(names, session.run(results, {x: image}))), {}

    return in_graph(build)


# ---------------------------------------------------------------- writing


def store(name, folder):
    target = os.path.join(HERE, name)
    shutil.rmtree(target, ignore_errors=True)
    for path, _, files in os.walk(folder):
        for file in files:
            if file == "fingerprint.pb":
                continue
            inside = os.path.relpath(os.path.join(path, file), folder)
            out = os.path.join(target, f"{inside}.gz")
            os.makedirs(os.path.dirname(out), exist_ok=True)
            with open(os.path.join(path, file), "rb") as f, open(out, "wb") as g:
                g.write(gzip.compress(f.read(), mtime=0))


def main():
    path = os.path.join(HERE, "expected.json.gz")
    expected = json.loads(gzip.open(path).read()) if os.path.exists(path) else {}
    for name in sys.argv[1:] or MAKERS:
        global count
        count = 0
        folder = os.path.join(tempfile.mkdtemp(), name)
        outputs, variables = MAKERS[name](folder)
        listed = lambda values: {k: {"shape": list(v.shape), "data": [float(x) for x in v.ravel()]} for k, v in values.items()}
        expected[name] = {"outputs": listed(outputs), "variables": listed(variables)}
        store(name, folder)
        shutil.rmtree(os.path.dirname(folder))
        print(name, {k: v.shape for k, v in outputs.items()})
    with open(path, "wb") as file:
        file.write(gzip.compress(json.dumps(expected).encode(), mtime=0))


main()
