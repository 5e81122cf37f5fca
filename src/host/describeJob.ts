import { basename } from 'node:path';
import { modelName as nameOfModel } from '../shared/modelFormats.ts';

/** What an engine call does, to complete 'The engine process ended unexpectedly while …'. */
export function describeJob(method: string, params: unknown): string {
  const { image, model, layer, request, images, other, files } = (params ?? {}) as Partial<Record<string, unknown>>;
  const imageName = typeof image === 'string' ? basename(image) : 'an image';
  const modelName = typeof model === 'string' ? nameOfModel(model) : 'a model';
  if (method === 'explain' || method === 'explainAll') return `explaining ${imageName}`;
  if (method === 'exportOnnx') return `exporting an explanation of ${imageName}`;
  if (method === 'predict') return `classifying ${imageName}`;
  if (method === 'preprocessings') return `trying preprocessings on ${imageName}`;
  if (method === 'imagePng') return `decoding ${imageName}`;
  if (method === 'open' || method === 'forget') return `opening ${modelName}`;
  const units = typeof layer === 'string' ? `the units of ${layer}` : `the units of ${modelName}`;
  if (method === 'visualisers') return 'listing the ways to visualise';
  if (method === 'unitLayers') return `opening ${modelName}`;
  if (method === 'unitWall') return `computing the activations of ${imageName}`;
  if (method === 'unitMaps') return `computing activations of ${units}`;
  if (method === 'collect') return `collecting activations of ${modelName}`;
  if (['collected', 'layerUnits', 'unitSummary'].includes(method)) return `reading what was collected of ${modelName}`;
  if (method === 'forgetCollected') return `deleting what was collected of ${modelName}`;
  if (method === 'topPatches') return `cutting out the patches of ${units}`;
  if (method === 'projections') return `projecting patches of ${units} back to the pixels`;
  if (method === 'unitClasses') return `weighing the classes of ${units}`;
  if (method === 'filters') return `reading the kernels of ${typeof layer === 'string' ? layer : modelName}`;
  if (method === 'visualise') return `visualising ${objectiveOf(request)}`;
  const count = Array.isArray(images) ? images.length : 0;
  const many = count === 1 ? '1 picture' : `${count.toLocaleString('en')} pictures`;
  if (method === 'layouts') return 'listing the ways to lay pictures out';
  if (method === 'featureLayers') return `opening ${modelName}`;
  if (method === 'index') return `indexing ${many} with ${modelName}`;
  if (method === 'indexed' || method === 'rows') return `reading the feature index of ${modelName}`;
  if (method === 'forgetIndex') return 'deleting a feature index';
  if (method === 'thumbnails') return `reading thumbnails of ${many}`;
  if (method === 'neighbours') return `finding what is similar to ${imageName}`;
  if (method === 'agreement') return 'comparing labels with those of neighbours';
  if (method === 'layout' || method === 'stopLayout') return 'laying pictures out';
  if (method === 'pair') return `comparing ${imageName} with ${typeof other === 'string' ? basename(other) : 'another one'}`;
  if (method === 'picture') return `preprocessing ${imageName}`;
  if (method === 'probeFrames')
    return `reading the checkpoint ${modelName} with ${count === 1 ? '1 probe' : `${count.toLocaleString('en')} probes`}`;
  if (method === 'wholeSet') return `evaluating the checkpoint ${modelName} on ${many}`;
  if (method === 'recall') return 'looking up what was read of a checkpoint';
  if (method === 'drift') return 'measuring how far the network has moved between two checkpoints';
  if (method === 'forgetVersion') return 'deleting what was read of checkpoints';
  if (method === 'mapLayers') return `opening ${modelName}`;
  if (method === 'trainingLogs') return `reading ${Array.isArray(files) && files.length === 1 ? 'a training log' : 'training logs'}`;
  return `answering '${method}'`;
}

function objectiveOf(request: unknown): string {
  const { objective } = (request ?? {}) as { objective?: Partial<Record<string, unknown>> };
  if (objective?.kind === 'class') return `class ${objective.class}`;
  return objective?.kind === 'unit' ? `unit ${objective.unit} of ${objective.layer}` : 'what the network looks for';
}
