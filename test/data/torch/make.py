"""Topologies of torchvision and timm networks as both PyTorch exporters write them, and the logits they compute.

    python make.py                                  the committed set, into this folder
    GLASSBOX_ZOO=folder python make.py [WORD...]    the whole zoo (of names with a WORD in it), into `folder`; goes on where it ended

A file holds no weights: each large float initializer is external data whose location `I_COUNT_SCALE_OFFSET` says how to make
it (seeded.py, seed I), with mean and spread of what was exported. Constants with few distinct values stay. Made with torch 2.13,
torchvision 0.28, timm 1.0.29, onnx 1.22; the export is compared with torch before the weights are replaced, the logits are
onnxruntime's on the file with seeded weights.
"""

import gzip
import io
import json
import os
import pathlib
import sys
import tempfile
import time
import traceback
import warnings

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
warnings.filterwarnings("ignore")
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import numpy_helper
from seeded import seeded

try:
    import torchvision
except RuntimeError:  # torchvision without its compiled operators: classification needs none
    for name in [m for m in sys.modules if m.startswith("torchvision")]:
        del sys.modules[name]
    _stub = torch.library.Library("torchvision", "FRAGMENT")
    for op in ("nms", "qnms", "roi_align", "_roi_align_backward", "ps_roi_align", "_ps_roi_align_backward", "roi_pool",
               "_roi_pool_backward", "ps_roi_pool", "_ps_roi_pool_backward", "deform_conv2d", "_deform_conv2d_backward"):
        _stub.define(f"{op}(Tensor a) -> Tensor")
    import torchvision
import timm

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))

CLASSES = 10

# name: side of the square image. tv/ is torchvision, the others timm.
ZOO = {
    "tv/alexnet": 224, "tv/vgg11": 224, "tv/vgg16_bn": 224, "tv/resnet18": 64, "tv/resnet50": 64, "tv/resnext50_32x4d": 64,
    "tv/wide_resnet50_2": 64, "tv/mobilenet_v2": 64, "tv/mobilenet_v3_small": 64, "tv/mobilenet_v3_large": 64,
    "tv/efficientnet_b0": 64, "tv/efficientnet_v2_s": 64, "tv/densenet121": 64, "tv/googlenet": 64, "tv/inception_v3": 96,
    "tv/squeezenet1_0": 64, "tv/squeezenet1_1": 64, "tv/shufflenet_v2_x0_5": 64, "tv/mnasnet0_5": 64, "tv/regnet_x_400mf": 64,
    "tv/regnet_y_400mf": 64, "tv/convnext_tiny": 64, "tv/vit_b_16": 224, "tv/swin_t": 64, "tv/swin_v2_t": 64, "tv/maxvit_t": 224,
    "resnet18": 64, "resnet26d": 64, "seresnet18": 64, "ecaresnet50t": 64, "resnetblur18": 64, "resnetv2_50": 64, "resnetaa34d": 64,
    "res2net50_26w_4s": 64, "resnest14d": 64, "regnety_002": 64, "efficientnet_b0": 64, "efficientnetv2_rw_t": 64,
    "mobilenetv3_small_050": 64, "mobilenetv4_conv_small_035": 64, "mobilenetv4_hybrid_medium": 64, "ghostnet_050": 64, "ghostnetv2_100": 64,
    "ghostnetv3_050": 64, "hrnet_w18_small": 64, "dla34": 64, "dpn48b": 64, "ese_vovnet19b_dw": 64, "vovnet39a": 64, "nf_resnet26": 64,
    "eca_nfnet_l0": 64, "dm_nfnet_f0": 64, "skresnet18": 64, "selecsls42": 64, "rexnet_100": 64, "fbnetc_100": 64, "fbnetv3_b": 64,
    "mnasnet_050": 64, "tinynet_e": 64, "lcnet_035": 64, "edgenext_xx_small": 64, "fastvit_t8": 64, "repghostnet_050": 64,
    "hardcorenas_a": 64, "gernet_s": 64, "rdnet_tiny": 64, "starnet_s1": 64, "mobileone_s0": 64, "inception_next_atto": 64,
    "poolformer_s12": 64, "repvgg_a0": 64, "mixnet_s": 64, "tf_mixnet_s": 64, "tf_efficientnet_b0": 64, "tf_efficientnetv2_b0": 64,
    "tf_mobilenetv3_small_minimal_100": 64, "xception41": 64, "legacy_xception": 64, "inception_v4": 96, "inception_resnet_v2": 96,
    "inception_v3": 96, "nasnetalarge": 96, "pnasnet5large": 96, "cspresnet50": 64, "cspdarknet53": 64, "cs3darknet_s": 64, "darknet53": 64,
    "darknetaa53": 64, "convnext_atto": 64, "convnextv2_atto": 64, "convmixer_768_32": 64, "mambaout_femto": 64, "repvit_m0_9": 64,
    "tresnet_m": 64, "densenet121": 64, "vgg11_bn": 224, "bat_resnext26ts": 64, "gcresnet33ts": 64, "botnet26t_256": 256,
    "halonet26t": 256, "lambda_resnet26t": 256, "focalnet_tiny_srf": 64, "mobilevit_xxs": 64, "mobilevitv2_050": 64, "visformer_tiny": 224,
    "efficientvit_b0": 64, "efficientvit_m0": 224, "levit_128s": 224, "efficientformer_l1": 224, "coat_lite_tiny": 224, "pvt_v2_b0": 64,
    "mixer_s32_224": 224, "resmlp_12_224": 224, "gmlp_ti16_224": 224, "vit_tiny_patch16_224": 224, "deit_tiny_patch16_224": 224,
    "swin_tiny_patch4_window7_224": 224, "swinv2_cr_tiny_ns_224": 224, "maxvit_rmlp_pico_rw_256": 256, "coatnet_pico_rw_224": 224,
    "xcit_nano_12_p16_224": 224, "cait_xxs24_224": 224, "crossvit_tiny_240": 240, "beit_base_patch16_224": 224, "eva02_tiny_patch14_224": 224,
    "davit_tiny": 224, "gcvit_xxtiny": 224, "hiera_tiny_224": 224, "tiny_vit_5m_224": 224, "tnt_s_patch16_224": 224, "pit_ti_224": 224,
    "shvit_s1": 224, "swiftformer_xs": 224, "fasternet_t0": 64, "mobilenet_edgetpu_v2_xs": 64, "test_byobnet": 64, "test_efficientnet": 64,
    "test_vit": 160, "hgnet_tiny": 64, "hgnetv2_b0": 64, "caformer_s18": 224, "metaformer_none": 64, "sequencer2d_s": 224, "nextvit_small": 64,
    "efficientformerv2_s0": 224, "csatv2": 64, "repvgg_b0": 64, "seresnext26ts": 64, "res2next50": 64, "semnasnet_050": 64, "spnasnet_100": 64,
    "regnetz_005": 64, "mobilenetv1_100": 64, "mobilenet_edgetpu_100": 64, "resnet51q": 64, "eca_resnext26ts": 64, "eca_botnext26ts_256": 256,
}
# What is committed: one network of every pattern of operators.
COMMITTED = {
    "legacy": """
        convnextv2_atto cspresnet50 dpn48b ecaresnet50t edgenext_xx_small fastvit_t8 ghostnet_050 hrnet_w18_small
        inception_next_atto mobilevit_xxs nf_resnet26 poolformer_s12 res2net50_26w_4s resnest14d resnetblur18 selecsls42
        skresnet18 test_vit tf_efficientnet_b0 tv/alexnet tv/convnext_tiny tv/densenet121 tv/efficientnet_b0 tv/googlenet
        tv/mnasnet0_5 tv/mobilenet_v3_small tv/regnet_y_400mf tv/resnet18 tv/shufflenet_v2_x0_5 vit_tiny_patch16_224
    """,
    "dynamo": """
        dla34 ghostnet_050 hrnet_w18_small mobilenetv4_conv_small_035 nf_resnet26 resnest14d skresnet18 tv/inception_v3
        tv/mobilenet_v2 tv/resnet18 tv/shufflenet_v2_x0_5 tv/squeezenet1_1 tv/swin_t
    """,
}


def build(name):
    if not name.startswith("tv/"):
        return timm.create_model(name, pretrained=False, num_classes=CLASSES)
    make = getattr(torchvision.models, name[3:])
    more = {"aux_logits": False, "init_weights": False} if name in ("tv/googlenet", "tv/inception_v3") else {}
    return make(num_classes=CLASSES, **more)


def randomise(model, image):
    """No parameter is constant, no branch is switched off by a 0, and the statistics of BatchNormalization fit."""
    g = torch.Generator().manual_seed(1)
    noise = lambda p: torch.rand(p.shape, generator=g) * 2 - 1
    with torch.no_grad():
        for p in model.parameters():
            if p.numel() == 0:
                continue
            if p.numel() > 1 and float(p.std()) < 1e-4:
                mean = float(p.mean())
                p.copy_((0.5 if abs(mean) < 1e-3 and p.ndim == 1 else mean) + 0.2 * noise(p))
        norms = [m for m in model.modules() if isinstance(m, torch.nn.modules.batchnorm._BatchNorm)]
        for m in norms:
            m.momentum = 1.0
        if norms:
            model.train()
            for m in model.modules():
                if isinstance(m, torch.nn.Dropout) or "DropPath" in type(m).__name__:
                    m.eval()
            try:
                model(torch.randn((4, *image[1:]), generator=g))
            except ValueError:
                pass
        model.eval()


def export(model, x, exporter):
    if exporter == "dynamo":
        program = torch.onnx.export(model, (x,), dynamo=True, input_names=["input"], output_names=["logits"], verbose=False)
        return program.model_proto
    axes = {"input": {0: "batch"}, "logits": {0: "batch"}} if exporter == "legacy" else None
    out = io.BytesIO()
    torch.onnx.export(model, (x,), out, dynamo=False, opset_version=17, input_names=["input"], output_names=["logits"], dynamic_axes=axes)
    return onnx.load_from_string(out.getvalue())


def run(proto, x):
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/m.onnx"
        onnx.save(proto, path)
        options = ort.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1
        session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        return session.run(None, {session.get_inputs()[0].name: x})[0]


def short(value):
    return float(f"{value:.4g}")


def reseed(proto):
    """Replaces large float constants; returns the places that say how to make them again."""
    places = {}
    tensors = list(proto.graph.initializer)
    for n in proto.graph.node:
        tensors += [a.t for a in n.attribute if n.op_type == "Constant" and a.name == "value"]
    for i, t in enumerate(tensors):
        if t.data_type != onnx.TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(t)
        if values.size < 64 or not np.isfinite(values).all() or len(np.unique(values[..., :64])) <= 8 and len(np.unique(values)) <= 8:
            continue
        offset, scale = float(values.mean()), float(values.std()) * 3**0.5
        if values.min() >= 0:
            scale = min(scale, 0.8 * offset)
        if abs(offset) < 0.1 * scale:
            offset = 0.0
        place = (str(i), values.size, short(scale), short(offset))
        places[i] = "_".join(str(p) for p in place)
        name = t.name
        t.CopyFrom(numpy_helper.from_array(seeded(values.shape, place[0], place[2], place[3]), name))
    return tensors, places


def strip(proto, tensors, places):
    for i, place in places.items():
        t = tensors[i]
        t.ClearField("raw_data")
        t.data_location = onnx.TensorProto.EXTERNAL
        t.external_data.add(key="location", value=place)
    del proto.graph.value_info[:]
    del proto.metadata_props[:]
    del proto.graph.metadata_props[:]
    for n in list(proto.graph.node) + [n for f in proto.functions for n in f.node]:
        n.doc_string = ""
        del n.metadata_props[:]
    for v in list(proto.graph.input) + list(proto.graph.output) + list(proto.graph.initializer):
        v.doc_string = ""
        del v.metadata_props[:]


def difference(a, b):
    return float(np.abs(a - b).max() / np.abs(b).max())


def make(name, exporter, folder):
    side = ZOO[name]
    shape = (1, 3, side, side)
    torch.manual_seed(0)
    model = build(name)
    randomise(model, shape)
    x = seeded(shape, "input", 1.0)
    proto = export(model, torch.from_numpy(x), exporter)
    with torch.no_grad():
        expected = model(torch.from_numpy(x)).numpy()
    apart = difference(run(proto, x), expected)
    assert apart < 1e-3, f"the export is {apart} off"
    tensors, places = reseed(proto)
    logits = run(proto, x)
    assert np.isfinite(logits).all(), "logits are not finite with seeded weights"
    strip(proto, tensors, places)
    file = f"{name.replace('tv/', 'tv-')}.{exporter}.onnx.gz"
    (folder / file).write_bytes(gzip.compress(proto.SerializeToString(), 9, mtime=0))
    return {"file": file, "side": side, "logits": [float(f"{v:.8g}") for v in logits.ravel()], "torch": short(apart)}


def main():
    zoo = os.environ.get("GLASSBOX_ZOO")
    folder = pathlib.Path(zoo) if zoo else pathlib.Path(__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / "index.json"
    words = sys.argv[1:]
    jobs = [(n, e) for e in ("legacy", "fixed", "dynamo") for n in ZOO] if zoo else [(n, e) for e, names in COMMITTED.items() for n in names.split()]
    done = {r["file"]: r for r in json.loads(index.read_text())} if zoo and index.exists() else {}
    for name, exporter in jobs:
        file = f"{name.replace('tv/', 'tv-')}.{exporter}.onnx.gz"
        if file in done or words and not any(w in file for w in words):
            continue
        if exporter == "fixed" and not any(w in name for w in ("resnet18", "swin", "vit_tiny", "tf_eff", "mobilenet_v2")):
            continue
        start = time.time()
        try:
            done[file] = make(name, exporter, folder)
            print(f"{file} {time.time() - start:.0f} s, {(folder / file).stat().st_size} bytes, {done[file]['torch']} of torch", flush=True)
        except Exception as error:  # a network the exporter refuses
            print(f"{file} FAILED {type(error).__name__}: {str(error).splitlines()[:1]}", flush=True)
            if os.environ.get("TRACE"):
                traceback.print_exc()
        index.write_text("[\n" + ",\n".join(json.dumps(r) for _, r in sorted(done.items())) + "\n]\n")


main()
