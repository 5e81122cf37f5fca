// TensorFlow.js as it is at hand: natively (tfjs-node), else as WebAssembly.
import { createRequire } from 'node:module';

// Terminals of the sample workspace know where Glassbox is, which brings TensorFlow.js along. Elsewhere:
// npm install @tensorflow/tfjs-core @tensorflow/tfjs-layers @tensorflow/tfjs-backend-wasm
const require = createRequire(process.env.GLASSBOX_MODULES ?? import.meta.url);

export const tf = require('@tensorflow/tfjs-core');
export const { loadLayersModel } = require('@tensorflow/tfjs-layers');

await start();

async function start() {
  try {
    require('@tensorflow/tfjs-node');
    await tf.setBackend('tensorflow');
  } catch {
    require('@tensorflow/tfjs-backend-wasm');
    trainable();
    await tf.setBackend('wasm');
  }
  await tf.ready();
}

/**
 * The WebAssembly backend has no gradient of a convolution by its filter and a slow one by its input. Both are convolutions themselves, of
 * which it has a fast one. For strides of 1 and odd filters.
 */
function trainable() {
  // Batch and channels change places: each channel is a picture whose channels are the batch.
  const byFilter = ({ inputs: { x, dy }, attrs: { pad, filterShape } }) =>
    tf.tidy(() => {
      const padded = tf.pad(x, margins(filterShape, pad, false));
      const gradient = tf.conv2d(tf.transpose(padded, [3, 1, 2, 0]), tf.transpose(dy, [1, 2, 0, 3]), 1, 'valid');
      return tf.transpose(gradient, [1, 2, 0, 3]);
    });
  const byInput = ({ inputs: { dy, filter }, attrs: { pad } }) =>
    tf.tidy(() => {
      const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
      return tf.conv2d(tf.pad(dy, margins(filter.shape, pad, true)), turned, 1, 'valid');
    });
  tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
  tf.registerKernel({ kernelName: 'Conv2DBackpropFilter', backendName: 'wasm', kernelFunc: byFilter });
  tf.registerKernel({ kernelName: 'Conv2DBackpropInput', backendName: 'wasm', kernelFunc: byInput });
}

/** Zeros around a picture: those that the convolution saw, or on the way back the others. */
function margins([height, width], pad, back) {
  const margin = (side) => {
    const seen = pad === 'same' ? (side - 1) / 2 : 0;
    const zeros = back ? side - 1 - seen : seen;
    return [zeros, zeros];
  };
  return [[0, 0], margin(height), margin(width), [0, 0]];
}
