import { decodeTflite } from '../../formats/tflite/read.ts';
import type { TfliteTensor } from '../../formats/tflite/types.ts';
import type { Imported, Importer, ModelSource } from '../model.ts';
import { importTensorFlow } from '../tensorflow/import.ts';
import { networkOf, tfGraph } from './graph.ts';
import { hintsOf } from './hints.ts';

/** TensorFlow Lite, schema version 3, float and quantised. */
export const tfliteImporter: Importer = {
  id: 'tflite',
  matches: ({ bytes }) => Buffer.from(bytes.subarray(4, 8)).toString('latin1') === 'TFL3',
  open,
};

async function open(source: ModelSource): Promise<Imported> {
  const { bytes } = source;
  const file = decodeTflite(bytes);
  const network = networkOf(file);
  const graph = tfGraph(file);
  const model = importTensorFlow(graph, source);
  const input = graph.inputs.findIndex(({ name }) => name === model.input.name);
  const hints = await hintsOf({
    bytes,
    metadata: file.metadata.get('TFLITE_METADATA'),
    image: network.tensors[network.inputs[input] as number] as TfliteTensor,
    channels: model.input.channels,
    input,
    output: graph.outputs.findIndex(({ name }) => name === model.output),
    operators: graph.nodes.map(({ name }) => name),
  });
  return { format: 'tflite', ...model, hints: { ...model.hints, ...hints } };
}
