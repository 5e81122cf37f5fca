import type { GraphBuilder } from '../../src/graph/builder.ts';
import { float32 } from '../../src/graph/graph.ts';
import type { Pads } from '../../src/graph/opset.ts';
import type { Layer, Model } from '../../src/importers/model.ts';
import { newBuilder } from '../../src/ops/index.ts';

/** Zeros, where only shapes matter, take neither time nor memory. */
type Weights = 'random' | 'zero';

/** Networks of well-known shapes with seeded random weights: for benchmarks and tests without model files. */
export function squeezeNet(weights: Weights = 'random'): Model {
  const net = new Net(227, weights);
  let x = net.relu(net.conv(net.input, 96, 7, 2, [0, 0, 0, 0], 'conv1'), 'relu_conv1');
  x = net.maxPool(x, 3, 2, 'pool1');
  const fire = (name: string, squeeze: number, expand: number) => {
    const s = net.relu(net.conv(x, squeeze, 1, 1, [0, 0, 0, 0], `${name}_squeeze`), `${name}_relu_squeeze`);
    const a = net.relu(net.conv(s, expand, 1, 1, [0, 0, 0, 0], `${name}_1x1`), `${name}_relu_1x1`);
    const c = net.relu(net.conv(s, expand, 3, 1, [1, 1, 1, 1], `${name}_3x3`), `${name}_relu_3x3`);
    x = net.layer(net.b.op('Concat', [a, c], { axis: 1 }, `${name}_concat`), 'Concat');
  };
  fire('fire2', 16, 64);
  fire('fire3', 16, 64);
  fire('fire4', 32, 128);
  x = net.maxPool(x, 3, 2, 'pool4');
  fire('fire5', 32, 128);
  fire('fire6', 48, 192);
  fire('fire7', 48, 192);
  fire('fire8', 64, 256);
  x = net.maxPool(x, 3, 2, 'pool8');
  fire('fire9', 64, 256);
  x = net.relu(net.conv(x, 1000, 1, 1, [1, 1, 1, 1], 'conv10'), 'relu_conv10');
  return net.model(net.b.op('Flatten', [net.b.op('GlobalAveragePool', [x], {}, 'gap')], { axis: 1 }, 'logits'));
}

/** ResNet50 v1 with batch normalisation after every convolution, as Keras writes it. */
export function resNet50(weights: Weights = 'random'): Model {
  const net = new Net(224, weights);
  let x = net.relu(net.norm(net.conv(net.input, 64, 7, 2, [3, 3, 3, 3], 'conv1'), 'bn_conv1'), 'activation');
  x = net.maxPool(
    net.layer(net.b.op('Pad', [x], { pads: [0, 0, 1, 1, 0, 0, 1, 1], mode: 'constant', value: 0 }, 'pool_pad'), 'Pad'),
    3,
    2,
    'pool1',
  );
  const block = (name: string, width: number, stride: number, project: boolean) => {
    const unit = (v: string, c: number, k: number, s: number, tag: string) => {
      const p = (k - 1) / 2;
      return net.norm(net.conv(v, c, k, s, [p, p, p, p], `res${name}_${tag}`), `bn${name}_${tag}`);
    };
    const a = net.relu(unit(x, width, 1, stride, '2a'), `act${name}_a`);
    const c = net.relu(unit(a, width, 3, 1, '2b'), `act${name}_b`);
    const d = unit(c, width * 4, 1, 1, '2c');
    const shortcut = project ? unit(x, width * 4, 1, stride, '1') : x;
    x = net.relu(net.layer(net.b.op('Add', [d, shortcut], {}, `add${name}`), 'Add'), `act${name}`);
  };
  const stage = (s: number, width: number, blocks: number, stride: number) => {
    for (let i = 0; i < blocks; i++) block(`${s}${'abcdef'[i]}`, width, i === 0 ? stride : 1, i === 0);
  };
  stage(2, 64, 3, 1);
  stage(3, 128, 4, 2);
  stage(4, 256, 6, 2);
  stage(5, 512, 3, 2);
  const features = net.b.op('Flatten', [net.b.op('GlobalAveragePool', [x], {}, 'avg_pool')], { axis: 1 }, 'flat');
  const fc = net.b.constant('fc/kernel', float32([2048, 1000], net.random(2048 * 1000, 0.02)));
  const bias = net.b.constant('fc/bias', float32([1000], net.random(1000, 0.1)));
  return net.model(net.b.op('Gemm', [features, fc, bias], { transA: false, transB: false, alpha: 1, beta: 1 }, 'logits'));
}

/** VGG16 (configuration D), without dropout. */
export function vgg16(weights: Weights = 'random'): Model {
  const net = new Net(224, weights);
  let x = net.input;
  [
    [64, 64],
    [128, 128],
    [256, 256, 256],
    [512, 512, 512],
    [512, 512, 512],
  ].forEach((block, b) => {
    block.forEach((channels, i) => {
      const name = `block${b + 1}_conv${i + 1}`;
      x = net.relu(net.conv(x, channels, 3, 1, [1, 1, 1, 1], name), `${name}_relu`);
    });
    x = net.maxPool(x, 2, 2, `block${b + 1}_pool`);
  });
  const flat = net.b.op('Flatten', [x], { axis: 1 }, 'flatten');
  const hidden = net.b.op('Relu', [net.dense(flat, 4096, 'fc1')], {}, 'fc1_relu');
  const second = net.b.op('Relu', [net.dense(hidden, 4096, 'fc2')], {}, 'fc2_relu');
  return net.model(net.dense(second, 1000, 'predictions'));
}

/** ResNet18 with batch normalisation after every convolution, as torchvision has it. */
export function resNet18(weights: Weights = 'random'): Model {
  const net = new Net(224, weights);
  const unit = (v: string, c: number, k: number, stride: number, name: string) => {
    const p = (k - 1) / 2;
    return net.norm(net.conv(v, c, k, stride, [p, p, p, p], name), `${name}_bn`);
  };
  const stem = net.relu(unit(net.input, 64, 7, 2, 'conv1'), 'relu');
  const window = { kernel: [3, 3], strides: [2, 2], dilations: [1, 1], pads: [1, 1, 1, 1], ceilMode: false, withIndices: false } as const;
  let x = net.layer(net.b.op('MaxPool', [stem], window, 'maxpool'), 'MaxPool');
  [64, 128, 256, 512].forEach((channels, s) => {
    for (const i of [0, 1]) {
      const name = `layer${s + 1}.${i}`;
      const stride = s > 0 && i === 0 ? 2 : 1;
      const branch = unit(net.relu(unit(x, channels, 3, stride, `${name}.conv1`), `${name}.relu1`), channels, 3, 1, `${name}.conv2`);
      const shortcut = stride === 2 ? unit(x, channels, 1, 2, `${name}.downsample`) : x;
      x = net.relu(net.layer(net.b.op('Add', [branch, shortcut], {}, `${name}.add`), 'Add'), `${name}.relu`);
    }
  });
  const pooled = net.b.op('GlobalAveragePool', [x], {}, 'gap');
  return net.model(net.b.op('Flatten', [net.conv(pooled, 1000, 1, 1, [0, 0, 0, 0], 'fc')], { axis: 1 }, 'logits'));
}

/** MobileNet v1 with a quarter of the channels. */
export function mobileNet(): Model {
  const net = new Net(224);
  const unit = (v: string, name: string) => net.clip(net.norm(v, `${name}_bn`), `${name}_relu`);
  let x = unit(net.conv(net.input, 8, 3, 2, [0, 0, 1, 1], 'conv1'), 'conv1');
  const plan: [number, number][] = [
    [16, 1],
    [32, 2],
    [32, 1],
    [64, 2],
    [64, 1],
    [128, 2],
    [128, 1],
    [128, 1],
    [128, 1],
    [128, 1],
    [128, 1],
    [256, 2],
    [256, 1],
  ];
  plan.forEach(([channels, stride], i) => {
    const pads: Pads = stride === 2 ? [0, 0, 1, 1] : [1, 1, 1, 1];
    x = unit(net.conv(x, -1, 3, stride, pads, `conv_dw_${i + 1}`), `conv_dw_${i + 1}`);
    x = unit(net.conv(x, channels, 1, 1, [0, 0, 0, 0], `conv_pw_${i + 1}`), `conv_pw_${i + 1}`);
  });
  const pooled = net.b.op('GlobalAveragePool', [x], {}, 'gap');
  return net.model(net.b.op('Flatten', [net.conv(pooled, 1000, 1, 1, [0, 0, 0, 0], 'conv_preds')], { axis: 1 }, 'logits'));
}

class Net {
  readonly b: GraphBuilder = newBuilder();
  readonly layers: Layer[] = [];
  readonly input: string;
  readonly #size: number;
  readonly #weights: Weights;
  #seed = 1;

  constructor(size: number, weights: Weights = 'random') {
    this.#size = size;
    this.#weights = weights;
    this.input = this.b.input('input', { dtype: 'float32', shape: ['N', 3, size, size] });
  }

  /** Uniform with the given standard deviation; mulberry32. */
  random(n: number, deviation: number): Float32Array {
    if (this.#weights === 'zero') return new Float32Array(n);
    return Float32Array.from({ length: n }, () => {
      this.#seed = (this.#seed + 0x6d2b79f5) | 0;
      let t = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return (((t ^ (t >>> 14)) >>> 0) / 2 ** 32 - 0.5) * Math.sqrt(12) * deviation;
    });
  }

  layer(value: string, kind: string): string {
    this.layers.push({ name: value, aliases: [], kind, value, shape: this.b.shape(value), parameters: 0, place: {} });
    return value;
  }

  /** channels −1: depthwise. */
  conv(x: string, channels: number, k: number, stride: number, pads: Pads, name: string): string {
    const inputs = this.b.shape(x)[1] as number;
    const group = channels < 0 ? inputs : 1;
    const [outputs, perGroup] = [channels < 0 ? inputs : channels, inputs / group];
    const fan = perGroup * k * k;
    const weight = this.b.constant(`${name}/kernel`, float32([outputs, perGroup, k, k], this.random(outputs * fan, Math.sqrt(2 / fan))));
    const bias = this.b.constant(`${name}/bias`, float32([outputs], this.random(outputs, 0.1)));
    return this.layer(this.b.op('Conv', [x, weight, bias], { strides: [stride, stride], dilations: [1, 1], pads, group }, name), 'Conv2D');
  }

  dense(x: string, outputs: number, name: string): string {
    const inputs = this.b.shape(x)[1] as number;
    const weight = this.b.constant(`${name}/kernel`, float32([inputs, outputs], this.random(inputs * outputs, Math.sqrt(2 / inputs))));
    const bias = this.b.constant(`${name}/bias`, float32([outputs], this.random(outputs, 0.1)));
    return this.b.op('Gemm', [x, weight, bias], { transA: false, transB: false, alpha: 1, beta: 1 }, name);
  }

  norm(x: string, name: string): string {
    const channels = this.b.shape(x)[1] as number;
    const parameter = (what: string, base: number) =>
      this.b.constant(
        `${name}/${what}`,
        float32(
          [channels],
          this.random(channels, 0.1).map((v) => base + v),
        ),
      );
    const inputs = [x, parameter('gamma', 1), parameter('beta', 0), parameter('mean', 0), parameter('variance', 1)];
    return this.layer(this.b.op('BatchNormalization', inputs, { epsilon: 1e-3 }, name), 'BatchNormalization');
  }

  relu(x: string, name: string): string {
    return this.layer(this.b.op('Relu', [x], {}, name), 'ReLU');
  }

  clip(x: string, name: string): string {
    return this.layer(this.b.op('Clip', [x], { min: 0, max: 6 }, name), 'ReLU');
  }

  maxPool(x: string, k: number, s: number, name: string): string {
    const window = { kernel: [k, k], strides: [s, s], dilations: [1, 1], pads: [0, 0, 0, 0], ceilMode: false, withIndices: false } as const;
    return this.layer(this.b.op('MaxPool', [x], window, name), 'MaxPooling2D');
  }

  model(logits: string): Model {
    return {
      format: 'onnx',
      file: 'synthetic',
      hash: 'synthetic',
      graph: this.b.build([logits]),
      input: { value: this.input, name: 'input', channels: 3, height: this.#size, width: this.#size, layout: 'NCHW' },
      logits,
      classes: this.b.shape(logits)[1] as number,
      activation: 'none',
      dense: undefined,
      outputs: [logits],
      output: logits,
      layers: this.layers,
      hints: {},
    };
  }
}
