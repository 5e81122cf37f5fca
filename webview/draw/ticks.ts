/** Round numbers for an axis. */
export interface Ticks {
  values: readonly number[];
  text(value: number): string;
}

const minus = '−';

/** Numbers inside low..high that are 1, 2 or 5 times a power of ten apart: as many as there can be up to `most` (≥ 2), or one more. */
export function linearTicks(low: number, high: number, most: number): Ticks {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return { values: [low], text: shortest };
  let finer: Ticks | undefined;
  for (const step of steps(span / (2 * most))) {
    // Multiples rather than sums: 0.1 + 0.2 is no round number.
    const first = Math.ceil(low / step - 1e-9);
    const count = Math.floor(high / step + 1e-9) - first + 1;
    // One alone gives no scale.
    if (count < 2) return finer ?? ticksOf(step, first, count, low);
    const ticks = ticksOf(step, first, count, low);
    if (count <= most) return ticks;
    if (count <= most + 1) finer = ticks;
  }
  return { values: [low], text: shortest };
}

function ticksOf(step: number, first: number, count: number, low: number): Ticks {
  if (count < 1) return { values: [low], text: shortest };
  return { values: Array.from({ length: count }, (_, i) => (first + i) * step), text: (value) => told(value, step) };
}

/** Powers of ten inside low..high (> 0), thinned out to `most`; where there are fewer than two, 2 and 5 times them as well. */
export function logTicks(low: number, high: number, most: number): Ticks {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const inside = (values: number[]) => values.filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
  let values = inside(powers.map((power) => 10 ** power));
  if (values.length < 2) values = inside(powers.flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power)));
  if (values.length === 0) return linearTicks(low, high, most);
  const every = Math.ceil(values.length / most);
  return { values: values.filter((_, i) => i % every === 0), text: shortest };
}

/** Round steps from about `least` up. */
function* steps(least: number): Generator<number> {
  for (let power = Math.floor(Math.log10(least)); power < 310; power++) for (const digit of [1, 2, 5]) yield Number(`${digit}e${power}`);
}

/** As many decimals as the step has. */
function told(value: number, step: number): string {
  if (Math.abs(value) >= 1e5 || step < 1e-4) return shortest(value);
  return value.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9))).replace('-', minus);
}

function shortest(value: number): string {
  const size = Math.abs(value);
  const text = size !== 0 && (size >= 1e5 || size < 1e-3) ? value.toExponential() : String(Number(value.toPrecision(4)));
  return (text.length > 8 ? value.toExponential(1) : text).replaceAll('-', minus).replace('e+', 'e');
}
