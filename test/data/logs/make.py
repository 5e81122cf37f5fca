"""Logs of small runs as the frameworks write them, and what the frameworks' own readers say of them (`expected.json`).

    python make.py          into this folder
    (cd X && npm install @tensorflow/tfjs@4.22.0 && node THIS_FOLDER/makeTfjs.mjs)

Made with TensorFlow 2.21, Keras 3.15, torch 2.13, tensorboard 2.21, pytorch-lightning 2.6. Event files are read by TensorBoard's
EventAccumulator (one per folder that holds event files; values by tag as [step, wall time, value]), CSV files by pandas or csv.
"""

import json
import os
import pathlib
import shutil
import warnings

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", KERAS_BACKEND="tensorflow")
warnings.filterwarnings("ignore")

import keras
import numpy as np
import pytorch_lightning as pl
import tensorflow as tf
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util
from torch.utils.tensorboard import SummaryWriter

here = pathlib.Path(__file__).parent
for old in ("keras", "tf", "torch", "lightning"):
    shutil.rmtree(here / old, ignore_errors=True)
for folder in ("keras", "tf", "torch"):
    (here / folder).mkdir()

keras.utils.set_random_seed(7)
numbers = np.random.default_rng(7)
x = numbers.normal(size=(96, 6)).astype("float32")
y = (x[:, 0] + 0.5 * x[:, 1] > 0).astype("int32")


def network():
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(5, activation="relu"), keras.layers.Dense(2, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# Keras: CSVLogger, the TensorBoard callback, history as JSON.
model = network()
history = model.fit(
    x, y, validation_split=0.25, epochs=5, batch_size=12, verbose=0,
    callbacks=[
        keras.callbacks.CSVLogger(here / "keras/history.csv"),
        keras.callbacks.TensorBoard(here / "keras/board", write_graph=False, update_freq="epoch"),
    ],
)
(here / "keras/history.json").write_text(json.dumps(history.history))
# A second run of the same model into the same files: epochs 3 to 6, with a semicolon.
for first, last in ((0, 5), (3, 7)):
    model.fit(
        x, y, validation_split=0.25, epochs=last, initial_epoch=first, batch_size=12, verbose=0,
        callbacks=[keras.callbacks.CSVLogger(here / "keras/continued.csv", separator=";", append=True)],
    )
# update_freq=1: steps of batches beside epochs.
network().fit(x, y, epochs=2, batch_size=24, verbose=0,
              callbacks=[keras.callbacks.TensorBoard(here / "keras/batches", write_graph=False, update_freq=1)])

# tf.summary: tensors; TF 1's writer: simple values; other kinds of summaries that are no scalars.
with tf.summary.create_file_writer(str(here / "tf/two")).as_default():
    for step in range(4):
        tf.summary.scalar("loss", 1 / (step + 1), step=step, description="mean over the batch")
        tf.summary.scalar("odd", [0.5, float("nan"), float("inf"), -float("inf")][step], step=step)
        tf.summary.text("note", "not a number", step=step)
        tf.summary.histogram("weights", numbers.normal(size=20), step=step, buckets=3)
        metadata = tf.compat.v1.SummaryMetadata(plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars"))
        for kind in ("float64", "float16", "int32", "int64", "uint8"):
            value = tf.cast(3 + step * 1.25, kind)
            tf.summary.write(f"as/{kind}", value, step=step, metadata=metadata)
with tf.Graph().as_default():
    writer = tf.compat.v1.summary.FileWriter(str(here / "tf/one"), graph=None)
    for step in (0, 10, 20):
        values = [tf.compat.v1.Summary.Value(tag="accuracy", simple_value=0.5 + step / 100)]
        writer.add_summary(tf.compat.v1.Summary(value=values), step)
    writer.close()

# torch: simple values, tensors of both widths, and a continued run in a second file.
for start in (0, 3):
    writer = SummaryWriter(here / "torch/run", filename_suffix=f".{start}")
    for step in range(start, start + 4):
        writer.add_scalar("Loss/train", 2.0**-step, step)
        writer.add_scalar("Loss/test", 2.0**-step + 0.1, step)
        writer.add_scalar("new", step / 3, step, new_style=True)
        writer.add_scalar("double", step / 3, step, new_style=True, double_precision=True)
    writer.close()
writer = SummaryWriter(here / "torch/together")
for step in range(3):
    writer.add_scalars("loss", {"train": 0.5 / (step + 1), "val": 0.6 / (step + 1)}, step)
writer.close()


# Lightning: sparse columns, epoch and step.
class Net(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(6, 2)

    def loss(self, batch):
        return torch.nn.functional.cross_entropy(self.layer(batch[0]), batch[1].long())

    def training_step(self, batch, _):
        loss = self.loss(batch)
        self.log("train_loss", loss, on_step=True, on_epoch=True)
        return loss

    def validation_step(self, batch, _):
        self.log("val_loss", self.loss(batch))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.05)


torch.manual_seed(7)
data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.tensor(x), torch.tensor(y)), batch_size=24)
logger = pl.loggers.CSVLogger(here, name="lightning", version=0)
pl.Trainer(max_epochs=4, logger=logger, enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False,
           log_every_n_steps=2, accelerator="cpu").fit(Net(), data, data)
(here / "lightning/version_0/hparams.yaml").unlink(missing_ok=True)


def scalars(folder):
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0})
    events.Reload()
    told = {tag: [[e.step, e.wall_time, e.value] for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
    for tag in events.Tags()["tensors"]:
        if events.summary_metadata[tag].plugin_data.plugin_name != "scalars":
            continue
        told[tag] = [[e.step, e.wall_time, float(tensor_util.make_ndarray(e.tensor_proto).item())] for e in events.Tensors(tag)]
    return told


folders = sorted({str(file.parent.relative_to(here)) for file in here.rglob("events.out.tfevents.*")})
expected = {folder: scalars(here / folder) for folder in folders}
(here / "expected.json").write_text(json.dumps(expected).replace("NaN", '"NaN"').replace("-Infinity", '"-inf"').replace("Infinity", '"inf"'))
