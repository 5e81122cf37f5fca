import { html, type TemplateResult } from 'lit';
import type { ParamInfo } from '../../src/shared/protocol.ts';
import { dropdown } from '../ui/dropdown.ts';
import { numberField } from '../ui/fields.ts';

type Values = Readonly<Record<string, number | string>>;

export interface ParamFieldsOptions {
  /** Of the method, for screen readers. */
  label: string;
  params: readonly ParamInfo[];
  /** What the person chose; the others have their defaults. */
  chosen: Values;
  /** What the last result was computed with: tells what the method chose where it was left to it. */
  used: Values | undefined;
  /** Undefined: the method shall choose. */
  onChange: (id: string, value: number | string | undefined) => void;
  onReset: () => void;
}

/** A method's parameters, each with its sentence. */
export function paramFields(options: ParamFieldsOptions): TemplateResult {
  const { label, params, chosen, onReset } = options;
  const changed = params.some(({ id }) => chosen[id] !== undefined);
  return html`<div class="params" role="group" aria-label="Parameters of ${label}" data-testid="params">
    ${params.map((info) => paramField(info, options))}
    <button class="link reset" data-testid="reset-params" ?disabled=${!changed} @click=${onReset}>Reset to defaults</button>
  </div>`;
}

/** One parameter with its sentence. */
export function paramField(info: ParamInfo, { chosen, used, onChange }: Pick<ParamFieldsOptions, 'chosen' | 'used' | 'onChange'>) {
  const { id, label, about, min, max, step } = info;
  const value = chosen[id] ?? info.default;
  const common = { testid: `param-${id}`, label, about };
  if (info.options) {
    const options = info.options.map((each) => ({ id: each, label: each }));
    return dropdown({ ...common, value: String(value), options, onChange: (v) => onChange(id, v) });
  }
  // A default below what may be chosen stands for "the method chooses".
  const automatic = min !== undefined && Number(value) < min;
  const was = Number(used?.[id]);
  return numberField({
    ...common,
    value: automatic ? undefined : Number(value),
    automatic: Number.isFinite(was) ? was : undefined,
    min,
    max,
    step,
    onChange: (v) => onChange(id, v),
  });
}
