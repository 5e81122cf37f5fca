import { separatorOf } from './separator.ts';

export type LogKind = 'csv' | 'json' | 'tensorboard';

/** TensorBoard's names: `events.out.tfevents.1795842486.host.8257.0.v2`. */
const eventFile = /(^|\.)tfevents\.\d+/;
const textFile = /\.(csv|tsv|log|txt|json|jsonl|ndjson)$/i;
/** Files of these names are something else, whatever they hold. */
const never =
  /^(package(-lock)?|tsconfig.*|glassbox|model|metadata|config|labels?|classes|class_names|tokenizer.*|preprocessor_config|weights_manifest)\.json$/i;
/** A file in JSON is a log by its name and by its keys: too many others have a key `loss`. */
const jsonName = /\.(jsonl|ndjson)$|hist|log|metric|loss|train|result|curve|progress|scalar|stats|fit/i;
/** What counts the rows of a log, and what is usually in it. */
const counts = /^(epochs?|(global|train)?_?steps?|iter(ation)?s?)$/i;
const quantities = /loss|acc(uracy)?\b|error|\bmae\b|\bmse\b|auc|f1/i;
const jsonKeys = /"(epoch|step|global_step|iteration|loss|val_loss|acc|accuracy|history|log_history|train_loss)"\s*:/;

/** Whether a file of that name may be a training log, before it is looked into. */
export function maybeLog(name: string): boolean {
  return eventFile.test(name) || (textFile.test(name) && !never.test(name));
}

/** What kind of training log a file is, by its name and its first bytes (some 4 KB); undefined: none. */
export function logKind(name: string, first: Uint8Array): LogKind | undefined {
  if (eventFile.test(name)) return 'tensorboard';
  if (!maybeLog(name)) return undefined;
  const text = new TextDecoder().decode(first).trimStart();
  if (text.startsWith('{') || text.startsWith('[')) return jsonName.test(name) && jsonKeys.test(text) ? 'json' : undefined;
  // Keras' own example of a CSVLogger writes `training.log`.
  const line = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  const cells = line.split(separatorOf(text)).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
  if (cells.length < 2) return undefined;
  const isNamed = cells.some((cell) => counts.test(cell)) || cells.filter((cell) => cell.length < 40 && quantities.test(cell)).length > 1;
  // Names, not a sentence that has a comma.
  return isNamed && cells.every((cell) => cell.length < 80) ? 'csv' : undefined;
}
