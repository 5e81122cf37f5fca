import type { TfliteTensor } from '../../formats/tflite/types.ts';

/** One name per tensor: its own where no other has it, else with its index. */
export function tensorNames(tensors: readonly TfliteTensor[]): string[] {
  const taken = new Set<string>();
  return tensors.map(({ name }, index) => {
    let unique = name === '' ? `tensor_${index}` : name;
    while (taken.has(unique)) unique = `${unique}#${index}`;
    taken.add(unique);
    return unique;
  });
}

/**
 * What an operator is called: as its output. The converter joins the names of all that it merged into one
 * (`block/Relu;block/bn/add;block/conv`); the first says what comes out, if no other operator has it.
 */
export function operatorName(output: string, taken: Set<string>): string {
  const [first = ''] = output.split(';');
  const name = first === '' || taken.has(first) ? output : first;
  taken.add(name);
  return name;
}
