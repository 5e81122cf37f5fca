import { ModelError } from '../../shared/errors.ts';
import { excerpt, isObject, type Json, type JsonObject } from './json.ts';

/** A config holds no weights: larger ones are something else. */
const LARGEST = 2 ** 27;

/**
 * The object in a JSON file.
 * @param name the file's, for messages
 * @throws ModelError 'file-corrupt' for truncated or invalid JSON, 'file-too-large'.
 */
export function parseJsonObject(bytes: Uint8Array, name: string): JsonObject {
  if (bytes.length > LARGEST) {
    throw new ModelError('file-too-large', `The file has ${bytes.length} bytes; a ${name} is at most ${LARGEST}.`);
  }
  const content = new TextDecoder().decode(bytes).trim();
  let json: Json;
  try {
    json = JSON.parse(content) as Json;
  } catch (cause) {
    const truncated = !content.endsWith('}');
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ModelError(
      'file-corrupt',
      truncated ? `The ${name} is cut off: its JSON does not end.` : `The ${name} is no valid JSON: ${why}.`,
      {
        hint: 'Save or download the model again.',
        cause,
      },
    );
  }
  if (!isObject(json)) throw new ModelError('file-corrupt', `The ${name} holds ${excerpt(json)}, not a model.`);
  return json;
}

/** With the file named, and the error of a config that is nested without end: configs are read recursively, no honest one comes near. */
export function inFile(error: unknown, file: string, config: string): unknown {
  if (error instanceof ModelError) return error.with({ file });
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return new ModelError('file-corrupt', `The ${config} is nested too deep.`, { file, cause: error });
  }
  return error;
}
