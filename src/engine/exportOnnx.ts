import { toOnnx } from '../execute/onnxruntime/toOnnx.ts';
import type { Method } from '../explain/method.ts';
import { standaloneMap } from '../explain/standalone.ts';
import { targetWeights } from '../explain/target.ts';
import { replaceFile } from '../formats/file.ts';
import { encodeModel } from '../formats/onnx/write.ts';
import type { Graph } from '../graph/graph.ts';
import { unitOf } from '../shared/classScores.ts';
import { ModelError } from '../shared/errors.ts';
import { describeTarget } from './explainer.ts';
import { sizeOf } from './graphMaps.ts';
import type { Prepared } from './inputs.ts';
import type { JobContext } from './jobs.ts';
import { inRegion } from './region.ts';
import type { MapTask } from './resolve.ts';
import type { Services } from './services.ts';

/** An ONNX file is one protobuf message: less than 2 GiB. */
const mostBytes = 2 ** 31 - 2 ** 20;

/**
 * Writes an explanation as a self-contained ONNX model: image in, map out (`standaloneMap`), its origin in the metadata.
 * In memory there is one copy of the weights more meanwhile.
 * @throws ModelError 'method' where the method is no graph, 'file-too-large', 'file-missing' where the file cannot be written
 */
export async function exportOnnx(
  { queue }: Services,
  input: Prepared,
  task: MapTask,
  { file, priority, signal }: JobContext & { file: string },
): Promise<{ bytes: number }> {
  return await queue.run(priority, signal, async () => {
    const bytes = encodeModel({ ...toOnnx(standalone(inRegion(input, task.target.region), task)), metadata: metadata(input, task) });
    await replaceFile(file, bytes, 'ONNX model');
    return { bytes: bytes.byteLength };
  });
}

function standalone({ open, info, bounds }: Prepared, { method, target, ...task }: MapTask): Graph {
  const { model } = open;
  if (method.family !== 'graph' || !method.info.exportable) throw notExportable(method);
  const spec = { ...task, method };
  const graph = standaloneMap(model, spec, {
    target: targetWeights(target, model.classes),
    bounds,
    preprocessing: info.preprocessing,
    size: sizeOf(open, spec),
  });
  const bytes = [...graph.constants.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes <= mostBytes) return graph;
  throw new ModelError(
    'file-too-large',
    `The explanation of ${open.name} has ${(bytes / 2 ** 30).toFixed(1)} GiB of weights; an ONNX file holds 2.`,
    {
      file: model.file,
      hint: 'Export an explanation of a smaller model.',
    },
  );
}

function notExportable({ family, info }: Method): ModelError {
  const why =
    family === 'graph' ? 'it does not follow from one image alone' : 'it asks the network many times, which is a loop and no graph';
  return new ModelError('method', `${info.label} cannot be exported as an ONNX model: ${why}.`, {
    hint: 'Export a method of one pass, such as Grad-CAM or LRP; for this one, export the numbers (NumPy or JSON).',
  });
}

/** Everything needed to tell later what the model's map is. */
function metadata(input: Prepared, task: MapTask): Record<string, string> {
  const { info, open } = input;
  const { method, variant, layer, params } = task;
  const { relu, unit } = method.kind(variant);
  const { target } = describeTarget(input, task);
  return {
    tool: 'Glassbox',
    method: method.info.id,
    variant,
    layer,
    target,
    class: String(task.target.class),
    ...(task.target.against !== undefined && { against: String(task.target.against) }),
    params: JSON.stringify(params),
    formula: method.info.formula,
    source: method.info.source,
    unit: unitOf(unit, info),
    draw: relu ? 'max(0, map)' : 'map',
    model: open.name,
    modelHash: open.model.hash,
    preprocessing: info.preprocessing ? JSON.stringify(info.preprocessing) : 'none: the input is the tensor as fed',
  };
}
