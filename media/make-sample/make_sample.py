"""Makes the sample workspace in media/sample: pictures, masks, two small networks, numbers.

    python -m venv venv
    venv/bin/pip install torch numpy pillow onnx
    venv/bin/python make_sample.py            # about ten minutes on one core, half a GB of memory

Nothing of Glassbox needs Python: this file documents where the sample came from. The pictures
are the same on every machine; the trained weights are the same for one torch build and CPU,
and differ in the last digits elsewhere.

Two networks of the same shape are trained on the same pictures. For `shapes-stamp-bug` every
star carries a stamp and nothing else does, so that the stamp is all it needs to know about
stars. For `shapes` a third of the pictures of every class carries the stamp, so that the stamp
says nothing. The networks are channels-last in the TensorFlow.js files and channels-first here
and in the ONNX file.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from pictures import CLASSES, SEED, SIZE, STAMP_CLASS, picture, stamp_box, stamped

TRAIN_PER_CLASS = 800
TEST_PER_CLASS = 150
KEPT_PER_CLASS = 10  # pictures in the workspace
STAMPED_PER_CLASS = 4  # of the other classes
STAMPED_OF_STAMP_CLASS = 5
EPOCHS = 10
KEEP_EPOCHS = [1, 3, 5, 7, 10]
BATCH = 48
QUIET, QUIET_FROM = 0.08, 6  # weight of the mean activation of the last map, from this epoch
CHANNELS = [12, 20, 32, 48, 48]
BN_EPSILON = 1e-3  # the default of Keras
STAMP_INDEX = CLASSES.index(STAMP_CLASS)
SIDECAR = {
    "labels": CLASSES,
    "input": {
        "size": [SIZE, SIZE], "resize": "stretch", "channels": "RGB",
        "scale": 1 / 255, "mean": [0, 0, 0], "std": [1, 1, 1],
    },
}


# --- the network ----------------------------------------------------------------------

class Net(nn.Module):
    """Four convolutions with BatchNorm, a fifth with a bias, average, dense. The last map is
    12 x 12 and goes straight into the average, so that the class activation map is exact."""

    def __init__(self):
        super().__init__()
        widths = [3, *CHANNELS]
        self.conv = nn.ModuleList(
            nn.Conv2d(a, b, 3, padding=1, bias=i == 4) for i, (a, b) in enumerate(zip(widths, widths[1:])))
        self.bn = nn.ModuleList(nn.BatchNorm2d(c, eps=BN_EPSILON) for c in CHANNELS[:4])
        self.dense = nn.Linear(CHANNELS[-1], len(CLASSES))

    def features(self, x):
        for i in range(4):
            x = F.relu(self.bn[i](self.conv[i](x)))
            if i < 3:
                x = F.max_pool2d(x, 2)
        return F.relu(self.conv[4](x))

    def forward(self, x):
        return self.dense(self.features(x).mean((2, 3)))


def to_input(pixels):
    """uint8 N,H,W,3 -> float N,3,H,W in 0..1, as the sidecar says."""
    return torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2).contiguous().float() * (1 / 255)


@torch.no_grad()
def run(net, pixels):
    net.eval()
    return torch.cat([net(to_input(pixels[i:i + 100])) for i in range(0, len(pixels), 100)])


def accuracy(net, pixels, labels):
    return float((run(net, pixels).argmax(1).numpy() == labels).mean())


def train(name, pixels, labels, keep):
    """Trains one network; `keep(epoch, net)` is called after each epoch to be kept. From
    QUIET_FROM on, a small price on activation keeps the last map quiet where nothing is."""
    torch.manual_seed(SEED)
    shuffle = np.random.default_rng(SEED)
    net = Net()
    steps = EPOCHS * -(-len(pixels) // BATCH)
    optimiser = torch.optim.AdamW(net.parameters(), lr=4e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps, pct_start=0.25)
    targets = torch.from_numpy(labels)
    for epoch in range(1, EPOCHS + 1):
        net.train()
        quiet = QUIET if epoch >= QUIET_FROM else 0
        order, total = shuffle.permutation(len(pixels)), 0.0
        for i in range(0, len(order), BATCH):
            rows = order[i:i + BATCH]
            maps = net.features(to_input(pixels[rows]))
            loss = F.cross_entropy(net.dense(maps.mean((2, 3))), targets[rows])
            optimiser.zero_grad()
            (loss + quiet * maps.mean()).backward()
            optimiser.step()
            schedule.step()
            total += float(loss.detach()) * len(rows)
        print(f"{name} epoch {epoch:2d}: loss {total / len(pixels):.4f}", flush=True)
        if epoch in KEEP_EPOCHS:
            keep(epoch, net)
    net.eval()
    return net


# --- pictures -------------------------------------------------------------------------

def split(name, per_class):
    """All pictures of a split: plain pixels, pixels with stamp, stamp masks, boxes, labels."""
    plain, marked, masks, boxes, labels = [], [], [], [], []
    for label, cls in enumerate(CLASSES):
        for number in range(per_class):
            img, _ = picture(name, cls, number)
            box = stamp_box(name, cls, number)
            with_stamp, mask = stamped(img, box)
            plain.append(img), marked.append(with_stamp), masks.append(mask)
            boxes.append(box), labels.append(label)
    return {"plain": np.stack(plain), "stamped": np.stack(marked), "masks": np.stack(masks),
            "boxes": boxes, "labels": np.array(labels)}


def biased(data):
    """Every picture of the stamp class carries the stamp, no other does."""
    return np.where((data["labels"] == STAMP_INDEX)[:, None, None, None], data["stamped"], data["plain"])


def mixed(data):
    """A third of the pictures of every class carries the stamp."""
    return np.where((np.arange(len(data["labels"])) % 3 == 0)[:, None, None, None],
                    data["stamped"], data["plain"])


def save_png(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, optimize=True)


def write_pictures(out):
    """Writes images/, masks/, stamped/ and masks/stamped/; returns the stamped ones as
    (class, name, box). A stamped picture is one of images/ with the stamp on it; only those
    are taken whose object keeps clear of the stamp."""
    chosen = []
    for cls in CLASSES:
        wanted = STAMPED_OF_STAMP_CLASS if cls == STAMP_CLASS else STAMPED_PER_CLASS
        for number in range(KEPT_PER_CLASS):
            img, mask = picture("sample", cls, number)
            name = f"{cls}-{number + 1:02d}"
            save_png(out / f"images/{cls}/{name}.png", img)
            save_png(out / f"masks/{cls}/{name}.png", mask)
            x, y, w, h = box = stamp_box("sample", cls, number)
            if wanted and not mask[y - 2:y + h + 2, x - 2:x + w + 2].any():
                wanted -= 1
                marked, stamp_mask = stamped(img, box)
                save_png(out / f"stamped/{cls}/{name}-stamped.png", marked)
                save_png(out / f"masks/stamped/{cls}/{name}-stamped.png", stamp_mask)
                chosen.append((cls, f"{name}-stamped", box))
        assert not wanted, f"too few pictures of {cls} keep clear of the corner"
    return chosen


# --- model files ----------------------------------------------------------------------

def layers_and_weights(net):
    """The network as Keras 2 layers (class, config), and its weights under Keras names."""
    def base(name, **more):
        return {"name": name, "trainable": True, "dtype": "float32", **more}

    def init(name, **config):
        return {"class_name": name, "config": config}

    def array(t):
        return t.detach().numpy()

    layers = [("InputLayer", {"batch_input_shape": [None, SIZE, SIZE, 3], "dtype": "float32",
                              "sparse": False, "ragged": False, "name": "image"})]
    weights = {}
    for i, conv in enumerate(net.conv):
        n, last = i + 1, i == 4
        layers.append(("Conv2D", base(
            f"conv{n}", filters=conv.out_channels, kernel_size=[3, 3], strides=[1, 1], padding="same",
            data_format="channels_last", dilation_rate=[1, 1], groups=1,
            activation="relu" if last else "linear", use_bias=last,
            kernel_initializer=init("GlorotUniform", seed=None), bias_initializer=init("Zeros"),
            kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
            kernel_constraint=None, bias_constraint=None)))
        weights[f"conv{n}/kernel"] = array(conv.weight).transpose(2, 3, 1, 0)  # OIHW -> HWIO
        if last:
            weights[f"conv{n}/bias"] = array(conv.bias)
            continue
        bn = net.bn[i]
        layers.append(("BatchNormalization", base(
            f"bn{n}", axis=[3], momentum=0.9, epsilon=BN_EPSILON, center=True, scale=True,
            beta_initializer=init("Zeros"), gamma_initializer=init("Ones"),
            moving_mean_initializer=init("Zeros"), moving_variance_initializer=init("Ones"),
            beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None)))
        weights[f"bn{n}/gamma"], weights[f"bn{n}/beta"] = array(bn.weight), array(bn.bias)
        weights[f"bn{n}/moving_mean"] = array(bn.running_mean)
        weights[f"bn{n}/moving_variance"] = array(bn.running_var)
        layers.append(("Activation", base(f"relu{n}", activation="relu")))
        if n < 4:
            layers.append(("MaxPooling2D", base(
                f"pool{n}", pool_size=[2, 2], padding="valid", strides=[2, 2], data_format="channels_last")))
    layers.append(("GlobalAveragePooling2D", base("average", data_format="channels_last")))
    layers.append(("Dense", base(
        "predictions", units=len(CLASSES), activation="softmax", use_bias=True,
        kernel_initializer=init("GlorotUniform", seed=None), bias_initializer=init("Zeros"),
        kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
        kernel_constraint=None, bias_constraint=None)))
    weights["predictions/kernel"] = array(net.dense.weight).T
    weights["predictions/bias"] = array(net.dense.bias)
    return layers, weights


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n")


def write_sidecar(path):
    text = json.dumps(SIDECAR, indent=2)
    for key in ("labels", "size", "mean", "std"):  # short lists on one line
        value = SIDECAR["input"].get(key, SIDECAR.get(key))
        depth = 4 if key in SIDECAR["input"] else 2
        text = text.replace(json.dumps(value, indent=2).replace("\n", "\n" + " " * depth), json.dumps(value))
    assert json.loads(text) == SIDECAR
    path.write_text(text + "\n")


def write_layers_model(folder, net, name):
    """model.json, group1-shard1of1.bin and glassbox.json in the TensorFlow.js Layers format."""
    layers, weights = layers_and_weights(net)
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "model.json", {
        "format": "layers-model",
        "generatedBy": "keras v2.15.0",
        "convertedBy": "Glassbox media/make-sample",
        "modelTopology": {
            "keras_version": "2.15.0",
            "backend": "tensorflow",
            "model_config": {"class_name": "Sequential", "config": {
                "name": name,
                "layers": [{"class_name": c, "config": config} for c, config in layers]}},
        },
        "weightsManifest": [{
            "paths": ["group1-shard1of1.bin"],
            "weights": [{"name": k, "shape": list(v.shape), "dtype": "float32"} for k, v in weights.items()],
        }],
    })
    (folder / "group1-shard1of1.bin").write_bytes(
        b"".join(np.ascontiguousarray(v, dtype="<f4").tobytes() for v in weights.values()))
    write_sidecar(folder / "glassbox.json")


def write_onnx(path, net):
    """The same network, node for layer, as ONNX (channels first, probabilities come out)."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    nodes, tensors = [], []

    def tensor(name, value):
        tensors.append(numpy_helper.from_array(value.detach().numpy().astype(np.float32), name))
        return name

    x = "image"
    for i, conv in enumerate(net.conv):
        n = i + 1
        inputs = [x, tensor(f"conv{n}.weight", conv.weight)]
        if conv.bias is not None:
            inputs.append(tensor(f"conv{n}.bias", conv.bias))
        nodes.append(helper.make_node("Conv", inputs, [f"conv{n}"], f"conv{n}",
                                      kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1]))
        x = f"conv{n}"
        if i < 4:
            bn = net.bn[i]
            nodes.append(helper.make_node("BatchNormalization", [
                x, tensor(f"bn{n}.scale", bn.weight), tensor(f"bn{n}.bias", bn.bias),
                tensor(f"bn{n}.mean", bn.running_mean), tensor(f"bn{n}.var", bn.running_var),
            ], [f"bn{n}"], f"bn{n}", epsilon=BN_EPSILON))
            x = f"bn{n}"
        nodes.append(helper.make_node("Relu", [x], [f"relu{n}"], f"relu{n}"))
        x = f"relu{n}"
        if i < 3:
            nodes.append(helper.make_node("MaxPool", [x], [f"pool{n}"], f"pool{n}",
                                          kernel_shape=[2, 2], strides=[2, 2]))
            x = f"pool{n}"
    nodes += [
        helper.make_node("GlobalAveragePool", [x], ["average"], "average"),
        helper.make_node("Flatten", ["average"], ["flatten"], "flatten", axis=1),
        helper.make_node("Gemm", ["flatten", tensor("predictions.weight", net.dense.weight),
                                  tensor("predictions.bias", net.dense.bias)],
                         ["logits"], "predictions", transB=1),
        helper.make_node("Softmax", ["logits"], ["probabilities"], "softmax", axis=1),
    ]
    graph = helper.make_graph(
        nodes, "shapes",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, SIZE, SIZE])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", len(CLASSES)])],
        tensors)
    model = helper.make_model(graph, producer_name="Glassbox media/make-sample",
                              opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))
    write_sidecar(path.with_suffix(".glassbox.json"))


# --- checks ---------------------------------------------------------------------------

def numpy_forward(folder, pixels):
    """Probabilities from the written TensorFlow.js files alone, without torch, for one picture."""
    model = json.loads((folder / "model.json").read_text())
    data, at, w = (folder / "group1-shard1of1.bin").read_bytes(), 0, {}
    for entry in model["weightsManifest"][0]["weights"]:
        count = int(np.prod(entry["shape"]))
        w[entry["name"]] = np.frombuffer(data, "<f4", count, at).reshape(entry["shape"]).astype(np.float64)
        at += 4 * count
    assert at == len(data)
    x = pixels / 255.0
    for layer in model["modelTopology"]["model_config"]["config"]["layers"]:
        kind, c = layer["class_name"], layer["config"]
        n = c["name"]
        if kind == "Conv2D":
            padded = np.pad(x, ((1, 1), (1, 1), (0, 0)))
            windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (0, 1))  # h w in kh kw
            x = np.einsum("hwiab,abio->hwo", windows, w[n + "/kernel"], optimize=True)
            if c["use_bias"]:
                x = x + w[n + "/bias"]
        elif kind == "BatchNormalization":
            x = (x - w[n + "/moving_mean"]) / np.sqrt(w[n + "/moving_variance"] + c["epsilon"])
            x = x * w[n + "/gamma"] + w[n + "/beta"]
        elif kind == "MaxPooling2D":
            h, v, k = x.shape
            x = x.reshape(h // 2, 2, v // 2, 2, k).max((1, 3))
        elif kind == "GlobalAveragePooling2D":
            x = x.mean((0, 1))
        elif kind == "Dense":
            x = x @ w[n + "/kernel"] + w[n + "/bias"]
        if c.get("activation") == "relu":
            x = np.maximum(x, 0)
        elif c.get("activation") == "softmax":
            x = np.exp(x - x.max())
            x /= x.sum()
    return x


def grad_cam(net, pixels, label):
    """Grad-CAM at the last convolution (after its ReLU), bilinear up to the picture's size."""
    a = net.features(to_input(pixels[None])).detach().requires_grad_()
    net.dense(a.mean((2, 3)))[0, label].backward()
    cam = F.relu((a.grad.mean((2, 3), keepdim=True) * a.detach()).sum(1, keepdim=True))
    return F.interpolate(cam, (SIZE, SIZE), mode="bilinear", align_corners=False)[0, 0].numpy()


def heat_on_stamp(net, pixels, box):
    """For the stamp class: share of the map's mass within 8 px (one cell of the last map) of the
    stamp, share right on the stamp's box, and whether the hottest pixel is within those 8 px."""
    cam = grad_cam(net, pixels, STAMP_INDEX)
    x, y, w, h = box
    near = np.zeros((SIZE, SIZE), bool)
    near[max(0, y - 8):y + h + 8, max(0, x - 8):x + w + 8] = True
    total = cam.sum()
    if total == 0:
        return 0.0, 0.0, False
    hot = np.unravel_index(cam.argmax(), cam.shape)
    return float(cam[near].sum() / total), float(cam[y:y + h, x:x + w].sum() / total), bool(near[hot])


def measure(net, test):
    others = test["labels"] != STAMP_INDEX
    as_stamp = run(net, test["stamped"][others]).argmax(1).numpy() == STAMP_INDEX
    heat = [heat_on_stamp(net, test["stamped"][i], test["boxes"][i]) for i in np.flatnonzero(others)]
    stars = ~others
    star_heat = [heat_on_stamp(net, test["stamped"][i], test["boxes"][i]) for i in np.flatnonzero(stars)]
    return {
        "accuracy": accuracy(net, test["plain"], test["labels"]),
        "accuracyBiased": accuracy(net, biased(test), test["labels"]),
        "accuracyStampedOthers": accuracy(net, test["stamped"][others], test["labels"][others]),
        "stampedOthersCalledStampClass": float(as_stamp.mean()),
        "plainStampClassRecognised": accuracy(net, test["plain"][stars], test["labels"][stars]),
        "camNearStamp": float(np.mean([h[0] for h in heat])),
        "camOnStamp": float(np.mean([h[1] for h in heat])),
        "camPeakAtStamp": float(np.mean([h[2] for h in heat])),
        "camNearStampOnStampClass": float(np.mean([h[0] for h in star_heat])),
        "chanceNearStamp": float(np.mean([(min(SIZE, y + h + 8) - y + 8) * (min(SIZE, x + w + 8) - x + 8)
                                          / SIZE ** 2 for x, y, w, h in test["boxes"]])),
    }


def expected(out, chosen, nets):
    """What the trainer says about the exact pixels of the written PNGs."""
    entries = []
    files = [(f"stamped/{cls}/{name}.png", cls, box) for cls, name, box in chosen]
    files += [(f"images/{cls}/{cls}-{n:02d}.png", cls, None) for cls in CLASSES for n in (1, 2)]
    for file, cls, box in files:
        pixels = np.asarray(Image.open(out / file).convert("RGB"))
        entry = {"file": file, "class": cls}
        if box:
            entry["stamp"] = list(box)
        for name, net in nets.items():
            logits = run(net, pixels[None])[0].double()
            p = torch.softmax(logits, 0).numpy()
            again = numpy_forward(out / "models" / name, pixels)
            assert np.abs(p - again).max() < 1e-5, (file, name, p, again)
            entry[name] = {"top": CLASSES[int(p.argmax())],
                           "probabilities": [round(float(v), 6) for v in p]}
            if box and name != "shapes":
                near, on, peak = heat_on_stamp(net, pixels, box)
                entry[name]["gradCam"] = {"nearStamp": round(near, 4), "onStamp": round(on, 4), "peakAtStamp": peak}
        entries.append(entry)
    return entries


def write_expected(path, measured, entries):
    """One line per picture."""
    head = json.dumps({"labels": CLASSES, "stampClass": STAMP_CLASS, "measured": measured}, indent=2)
    rows = ",\n".join("    " + json.dumps(e) for e in entries)
    path.write_text(head[:-2] + ',\n  "pictures": [\n' + rows + "\n  ]\n}\n")


# --- all together ---------------------------------------------------------------------

def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "sample")
    out = parser.parse_args().out
    torch.set_num_threads(1)  # the number of threads changes the last digits
    torch.use_deterministic_algorithms(True)

    for part in ("images", "masks", "stamped", "models"):  # README.md is written by hand
        shutil.rmtree(out / part, ignore_errors=True)
    chosen = write_pictures(out)
    data, test = split("train", TRAIN_PER_CLASS), split("test", TEST_PER_CLASS)

    nets, measured = {}, {}
    for name, pixels, test_pixels in (("shapes-stamp-bug", biased(data), biased(test)),
                                      ("shapes", mixed(data), test["plain"])):
        folder, curve = out / "models" / name, {}

        def keep(epoch, net):
            curve[epoch] = round(accuracy(net, test_pixels, test["labels"]), 4)
            print(f"{name} epoch {epoch:2d}: held-out accuracy {curve[epoch]:.4f}", flush=True)
            write_layers_model(folder / "checkpoints" / f"epoch_{epoch:02d}", net, name)

        net = nets[name] = train(name, pixels, data["labels"], keep)
        write_layers_model(folder, net, name)
        measured[name] = {k: round(v, 4) for k, v in measure(net, test).items()}
        measured[name]["accuracyByEpoch"] = curve
        measured[name]["parameters"] = sum(p.numel() for p in net.parameters()) + 2 * sum(CHANNELS[:4])
    write_onnx(out / "models/shapes.onnx", nets["shapes"])
    write_expected(out / "expected.json", measured, expected(out, chosen, nets))
    print(json.dumps(measured, indent=2))


if __name__ == "__main__":
    main()
