import type { Params } from '../explain/method.ts';
import { ModelError } from '../shared/errors.ts';
import type { ParamInfo } from '../shared/protocol.ts';

/** What has parameters, as menus show it. */
interface Described {
  label: string;
  params: readonly ParamInfo[];
}

/**
 * Its parameters with what is not given filled in, each checked. Throws ModelError('method') naming the parameter.
 * @param sized defaults that depend on the input's size
 */
export function checkedParameters({ label, params }: Described, given: Params, sized: Params = {}): Params {
  const stranger = Object.keys(given).find((id) => !params.some((p) => p.id === id));
  if (stranger !== undefined) {
    throw new ModelError('method', `${label} has no parameter '${stranger}'.`, {
      hint: `Parameters: ${params.map((p) => p.id).join(', ') || 'none'}.`,
    });
  }
  const values: Params = Object.fromEntries(params.map((p) => [p.id, given[p.id] ?? sized[p.id] ?? p.default]));
  for (const param of params) checkParameter(label, param, values[param.id] as number | string);
  return values;
}

function checkParameter(
  label: string,
  { label: name, about, default: usual, min, max, step, options }: ParamInfo,
  value: number | string,
): void {
  const fits =
    typeof usual === 'number'
      ? typeof value === 'number' &&
        Number.isFinite(value) &&
        value >= (min ?? value) &&
        value <= (max ?? value) &&
        (step !== 1 || Number.isInteger(value))
      : typeof value === 'string' && (options?.includes(value) ?? true);
  if (fits) return;
  const bounds = max === undefined ? (min === undefined ? '' : ` At least ${min}.`) : ` From ${min ?? 'any number'} to ${max}.`;
  const choices = options ? ` One of: ${options.join(', ')}.` : bounds;
  throw new ModelError('method', `${label}: ${name.toLowerCase()} cannot be ${JSON.stringify(value)}.`, { hint: `${about}${choices}` });
}
