import { storable } from '../../../formats/tflite/quantization.ts';
import type { TfliteTensor } from '../../../formats/tflite/types.ts';

/** How far the largest value may be from 6 in a network whose range was measured as that of a Relu6. */
const NEAR_SIX = 0.06;

/**
 * The activation that the range of a quantised output implies. Converters leave a Relu or Relu6 out where nothing else can be
 * stored (toco's RemoveTrivialQuantizedActivationFunc); run in floats the network needs it. None where no input is negative
 * and the operator keeps it so.
 */
export function impliedActivation(kind: string, inputs: readonly TfliteTensor[], output: TfliteTensor): readonly string[] {
  const range = storable(output);
  if (range?.min !== 0) return [];
  if (kind !== 'SUB' && inputs.every((input) => (storable(input)?.min ?? -1) >= 0)) return [];
  return [Math.abs(range.max - 6) < NEAR_SIX ? 'Relu6' : 'Relu'];
}
