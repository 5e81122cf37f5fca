"""Makes NET.json.gz: the networks of keras.applications as Keras itself builds them, with the logits it computes.

    pip install keras==3.15.1 tensorflow-cpu==2.21 && python make.py [NET ...]

Each file: `config` (model.to_json(), whole), `weights` ([path, shape, scale, offset] in Keras' order: their values come from
seeded.py under that name), `input` (the same, for one image), and `logits` of two images, the input and a quarter of it, computed in float64.
"""

import gzip
import json
import math
import os
import sys

os.environ.update(CUDA_VISIBLE_DEVICES="", TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow")
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(here))
import keras
import numpy as np
from keras import applications as A
from keras import layers as L
from seeded import seeded


def app(build, side, **options):
    return lambda: build(weights=None, input_shape=(side, side, 3), classes=10, **options)


def as_downloaded(build, side):
    """The topology that goes with ImageNet weights (EfficientNet rescales once more), without the download."""

    def make():
        keras.src.utils.file_utils.get_file = lambda *a, **k: None
        keras.Model.load_weights = lambda *a, **k: None
        return build(weights="imagenet", input_shape=(side, side, 3))

    return make


def resnext():
    """Keras has no ResNeXt: grouped convolutions in residual blocks, as a user writes them."""
    x = inputs = keras.Input((48, 48, 3))
    x = L.Conv2D(16, 7, strides=2, padding="same", use_bias=False)(x)
    x = L.ReLU()(L.BatchNormalization()(x))
    for width, stride in ((32, 1), (32, 1), (64, 2), (64, 1)):
        y = L.ReLU()(L.BatchNormalization()(L.Conv2D(width, 1, use_bias=False)(x)))
        y = L.Conv2D(width, 3, strides=stride, padding="same", groups=8, use_bias=False)(y)
        y = L.ReLU()(L.BatchNormalization()(y))
        y = L.BatchNormalization()(L.Conv2D(2 * width, 1, use_bias=False)(y))
        if x.shape[-1] != 2 * width or stride > 1:
            x = L.BatchNormalization()(L.Conv2D(2 * width, 1, strides=stride, use_bias=False)(x))
        x = L.ReLU()(L.Add()([x, y]))
    return keras.Model(inputs, L.Dense(10, activation="softmax")(L.GlobalAveragePooling2D()(x)), name="resnext")


# Pixels as the network takes them: 0..255 where it rescales by itself, else -1..1.
PIXELS, UNIT = (127.5, 127.5), (1.0, 0.0)
nets = {
    "vgg16": (app(A.VGG16, 32), UNIT),
    "vgg19": (app(A.VGG19, 32), UNIT),
    "resnet50": (app(A.ResNet50, 64), UNIT),
    "resnet50v2": (app(A.ResNet50V2, 64), UNIT),
    "resnet101": (app(A.ResNet101, 64), UNIT),
    "resnet152v2": (app(A.ResNet152V2, 64), UNIT),
    "resnext": (resnext, UNIT),
    "mobilenet": (app(A.MobileNet, 64, alpha=0.25), UNIT),
    "mobilenetv2": (app(A.MobileNetV2, 64, alpha=0.35), UNIT),
    "mobilenetv3small": (app(A.MobileNetV3Small, 64), PIXELS),
    "mobilenetv3small-plain": (app(A.MobileNetV3Small, 64, include_preprocessing=False, minimalistic=True), UNIT),
    "mobilenetv3large": (app(A.MobileNetV3Large, 64), PIXELS),
    "efficientnetb0": (app(A.EfficientNetB0, 64), PIXELS),
    "efficientnetb0-imagenet": (as_downloaded(A.EfficientNetB0, 224), PIXELS),
    "efficientnetv2b0": (app(A.EfficientNetV2B0, 64), PIXELS),
    "efficientnetv2b0-plain": (app(A.EfficientNetV2B0, 64, include_preprocessing=False), UNIT),
    "efficientnetv2s": (app(A.EfficientNetV2S, 64), PIXELS),
    "densenet121": (app(A.DenseNet121, 64), UNIT),
    "inceptionv3": (app(A.InceptionV3, 128), UNIT),
    "inceptionresnetv2": (app(A.InceptionResNetV2, 128), UNIT),
    "xception": (app(A.Xception, 96), UNIT),
    "nasnetmobile": (app(A.NASNetMobile, 64), UNIT),
    "convnexttiny": (app(A.ConvNeXtTiny, 64), PIXELS),
    "convnexttiny-plain": (app(A.ConvNeXtTiny, 64, include_preprocessing=False), UNIT),
}


def all_layers(model):
    for layer in model.layers:
        yield from all_layers(layer) if hasattr(layer, "layers") else (layer,)


def digits(value):
    return float(f"{value:.4g}")


class Field:
    """Seeded values for every weight of a model, and a record of what they were made of."""

    def __init__(self, model):
        self.sown = {}
        for layer in all_layers(model):
            for v in layer.weights:
                if v.dtype == "float32":
                    self.sow(v, *self.distribution(layer, v))
            if isinstance(layer, L.Normalization):
                layer.finalize_state()
        self.order = [v.path for layer in all_layers(model) for v in layer.weights if v.path in self.sown]

    @staticmethod
    def distribution(layer, variable):
        """He's for kernels, else near (0, 1)."""
        name, shape = variable.name, variable.shape
        if name in ("gamma", "moving_variance", "variance"):
            return 0.2, 1.0
        if "kernel" not in name:
            return 0.1, 0.0
        depthwise = isinstance(layer, L.DepthwiseConv2D) or name == "depthwise_kernel"
        return math.sqrt(6 / math.prod(shape[:2] if depthwise else shape[:-1])), 0.0

    def sow(self, variable, scale, offset):
        scale, offset = digits(scale), digits(offset)
        variable.assign(seeded(variable.shape, variable.path, scale, offset))
        self.sown[variable.path] = [variable.path, list(variable.shape), scale, offset]

    def calibrate(self, model, images):
        """Statistics of batch normalisation near those of its inputs, as training leaves them: the net is well conditioned."""
        call = L.BatchNormalization.call

        def measured(layer, x, **options):
            variance = float(np.var(x))
            self.sow(layer.moving_mean, 0.2 * math.sqrt(variance), float(np.mean(x)))
            self.sow(layer.moving_variance, 0.2 * variance, variance)
            return call(layer, x, **options)

        L.BatchNormalization.call = measured
        model(images, training=False)
        L.BatchNormalization.call = call

    def entries(self):
        return [self.sown[path] for path in self.order]


def logits_of(model, images):
    model.layers[-1].activation = keras.activations.linear
    return np.asarray(model(images, training=False), "float64")


def in_double(build, model):
    """The same network computing in float64."""
    keras.config.set_dtype_policy("float64")
    double = build()
    keras.config.set_dtype_policy("float32")
    double.set_weights(model.get_weights())
    for layer in all_layers(double):
        if isinstance(layer, L.Normalization):
            layer.finalize_state()
    return double


def make(name):
    keras.utils.clear_session()
    build, (scale, offset) = nets[name]
    model = build()
    config = json.loads(model.to_json())
    shape = (1, *model.input_shape[1:])
    image = seeded(shape, "image", scale, offset)
    field = Field(model)
    images = np.concatenate([image, image / 4])
    field.calibrate(model, images)
    logits = logits_of(in_double(build, model), images.astype("float64"))
    size = np.abs(logits).max()
    rounding = np.abs(logits_of(model, images) - logits).max() / size
    difference = np.abs(logits[0] - logits[1]).max() / size
    # What answers alike whatever it sees, or is at the mercy of rounding, would not show a mistake.
    assert difference > 0.05 and rounding < 3e-5, (name, difference, rounding)
    values = [[float(f"{v:.8g}") for v in row] for row in logits]
    data = {"config": config, "weights": field.entries(), "input": ["image", list(shape), scale, offset], "logits": values}
    packed = gzip.compress(json.dumps(data, separators=(",", ":")).encode(), 9, mtime=0)
    with open(os.path.join(here, f"{name}.json.gz"), "wb") as file:
        file.write(packed)
    print(f"{name}: {len(packed)} bytes, logits to {size:.3g}, differ by {difference:.0%}, rounding {rounding:.1g}", flush=True)


if __name__ == "__main__":
    for net in sys.argv[1:] or nets:
        make(net)
