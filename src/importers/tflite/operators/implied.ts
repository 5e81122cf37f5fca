import type { TfliteTensor } from '../../../formats/tflite/types.ts';
import { quantizationOf } from '../../../formats/tflite/values.ts';

/** Smallest and largest integers that activations are stored as. */
const integers: Readonly<Record<string, readonly [number, number] | undefined>> = { INT8: [-128, 127], UINT8: [0, 255] };

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

/** The real numbers that a tensor can hold; undefined where it is not quantised to eight bits. */
function storable(tensor: TfliteTensor): { min: number; max: number } | undefined {
  const limits = integers[tensor.type];
  const quantization = quantizationOf(tensor);
  if (!limits || quantization?.scale.length !== 1) return undefined;
  const [scale, zeroPoint] = [quantization.scale[0] as number, quantization.zeroPoint[0] as number];
  return { min: scale * (limits[0] - zeroPoint), max: scale * (limits[1] - zeroPoint) };
}
