import { html, nothing, type TemplateResult } from 'lit';
import { logName } from '../../../src/shared/logName.ts';
import { checkbox } from '../../ui/fields.ts';
import type { Flow } from '../flow.ts';
import type { LogCharts } from './charts.ts';

/** Which quantities are drawn. */
export function pickerView(logs: readonly LogCharts[], shown: ReadonlySet<string>, flow: Flow): TemplateResult | typeof nothing {
  const all = logs.flatMap(({ charts }) => charts);
  if (all.length < 2) return nothing;
  const set = (id: string, on: boolean) => {
    const known = all.filter((chart) => (chart.id === id ? on : shown.has(chart.id)));
    const { logs: chosen } = flow.state.choices;
    flow.choose({ logs: { ...chosen, shown: known.map((chart) => chart.id) } });
  };
  const drawn = all.filter(({ id }) => shown.has(id)).length;
  return html`<details class="log-picker">
    <summary class="small" data-testid="log-picker">${drawn} of ${all.length} quantities</summary>
    ${logs.map(
      ({ log, charts }) => html`<fieldset class="log-choices">
        <legend class="small" title=${log.file}>${log.kind === 'tensorboard' ? logName(log) : log.file.split(/[\\/]/).slice(-2).join('/')}</legend>
        ${charts.map(
          ({ id, title, onRun }) => html`<div class="log-choice">
            ${checkbox('log-choice', onRun ? title : `${title} (own axis)`, shown.has(id), (on) => set(id, on))}
          </div>`,
        )}
      </fieldset>`,
    )}
  </details>`;
}
