import type { TfliteTensor } from '../../formats/tflite/types.ts';

/** A name that is not taken yet, and now is. `index` tells it from others of the name. */
export function fresh(name: string, index: number, taken: Set<string>): string {
  let unique = name;
  while (taken.has(unique)) unique = `${unique}#${index}`;
  taken.add(unique);
  return unique;
}

/** One name per tensor: its own where no other before it has it. */
export function tensorNames(tensors: readonly TfliteTensor[], taken: Set<string>): string[] {
  return tensors.map(({ name }, index) => fresh(name === '' ? `tensor_${index}` : name, index, taken));
}

/**
 * What an operator is called: as its output. The converter joins the names of all that it merged into one
 * (`block/Relu;block/bn/add;block/conv`); the first says what comes out, if no other operator has it.
 */
export function operatorName(output: string, index: number, taken: Set<string>): string {
  const [first = ''] = output.split(';');
  return fresh(first === '' || taken.has(first) ? output : first, index, taken);
}
