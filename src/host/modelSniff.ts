import { basename } from 'node:path';
import type { ModelFormat } from '../shared/modelFormats.ts';

/** So many first bytes tell what a file is. In a model.json the topology stands before the weights, or the weights are few. */
export function sniffBytes(path: string): number {
  return /\.json$/i.test(path) ? 256 * 1024 : 16 * 1024;
}

/** What a dialog for model files offers; a frozen graph (`.pb`) can only be found there. */
export const modelFileExtensions = ['json', 'onnx', 'keras', 'h5', 'hdf5', 'tflite', 'pb'] as const;

/** The format of a model, by its name and its first bytes; undefined: none, or nothing that is a model by itself. */
export function sniffModel(path: string, head: Buffer): ModelFormat | undefined {
  const name = basename(path).toLowerCase();
  const text = head.toString('latin1');
  if (name.endsWith('.onnx')) return isExplanation(text) ? undefined : 'onnx';
  if (text.startsWith('\x89HDF\r\n\x1a\n')) return isWholeKeras(text) ? 'keras-h5' : undefined;
  if (name.endsWith('.keras')) return text.startsWith('PK\x03\x04') ? 'keras' : undefined;
  if (text.startsWith('TFL3', 4)) return 'tflite';
  if (name.endsWith('.pb')) return text.startsWith('\x08\x01\x12') ? 'saved-model' : undefined;
  return name.endsWith('.json') ? sniffTfjs(head.toString('utf8')) : undefined;
}

/** Tells a TensorFlow.js model from other JSON: graph models have nodes where Layers models have layers. */
export function sniffTfjs(head: string): 'tfjs-layers' | 'tfjs-graph' | undefined {
  if (/"format"\s*:\s*"graph-model"|"modelTopology"\s*:\s*\{\s*"(node|library|versions)"/.test(head)) return 'tfjs-graph';
  return /"(modelTopology|model_config|weightsManifest)"|^\s*\{\s*"class_name"/.test(head) ? 'tfjs-layers' : undefined;
}

/** Keras writes the architecture before the weights; files of weights alone and data sets have none. */
function isWholeKeras(text: string): boolean {
  return text.includes('model_config');
}

/** An explanation that Glassbox exported: its ONNX model names it as the producer (field 2, right behind the IR version). */
function isExplanation(text: string): boolean {
  return text.slice(0, 64).includes('\x12\x08Glassbox');
}
