import { basename } from 'node:path';

/** What an engine call does, to complete 'The engine process ended unexpectedly while …'. */
export function describeJob(method: string, params: unknown): string {
  const { image, model } = (params ?? {}) as { image?: unknown; model?: unknown };
  const imageName = typeof image === 'string' ? basename(image) : 'an image';
  const modelName = typeof model === 'string' ? basename(model) : 'a model';
  if (method === 'explain' || method === 'explainAll') return `explaining ${imageName}`;
  if (method === 'exportOnnx') return `exporting an explanation of ${imageName}`;
  if (method === 'predict') return `classifying ${imageName}`;
  if (method === 'preprocessings') return `trying preprocessings on ${imageName}`;
  if (method === 'imagePng') return `decoding ${imageName}`;
  if (method === 'open' || method === 'forget') return `opening ${modelName}`;
  return `answering '${method}'`;
}
