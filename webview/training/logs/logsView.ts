import { html, nothing, type TemplateResult } from 'lit';
import type { RunAxis, TrainingLog } from '../../../src/shared/trainingProtocol.ts';
import { curves } from '../../draw/curves.ts';
import { icon } from '../../ui/icons.ts';
import type { Flow } from '../flow.ts';
import { current, readCheckpoints } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { chartsOf, type LogChart, type LogCharts, usualCharts } from './charts.ts';
import { pickerView } from './pickerView.ts';

/** Curves of the run's log files over the axis of the slider. */
export function logsView(state: PageState, flow: Flow): TemplateResult | typeof nothing {
  const { subject, logs, choices } = state;
  if (!subject?.run || subject.checkpoints.length === 0) return nothing;
  if (logs.length === 0) return noLogs();
  const all = chartsOf(logs, subject.checkpoints, subject.run.axis);
  const shown = new Set(choices.logs?.shown ?? usualCharts(all));
  return html`<section class="logs" aria-label="Logs" data-testid="logs">
    <div class="logs-head"><h2>Logs</h2>${pickerView(all, shown, flow)}</div>
    ${all.map((log) => logView(log, shown, state, flow))}
  </section>`;
}

function noLogs(): TemplateResult {
  return html`<section class="logs" aria-label="Logs" data-testid="logs">
    <p class="small" data-testid="no-logs">
      No training log lies beside the checkpoints. Glassbox draws Keras CSVLogger files, histories as JSON and TensorBoard event files it finds there.
    </p>
  </section>`;
}

function logView({ log, charts, notes }: LogCharts, shown: ReadonlySet<string>, state: PageState, flow: Flow): TemplateResult {
  const drawn = charts.filter(({ id }) => shown.has(id));
  const name = nameOf(log);
  const open = () => void flow.ask(() => flow.client.call('openLog', { file: log.file }));
  return html`<div class="log" data-testid="log" data-file=${log.file}>
    ${drawn.map((chart) => chartView(chart, state, flow))}
    <p class="log-source small">
      <button class="link" data-testid="open-log" title=${log.file} aria-label="Open ${name}" @click=${open}>${name}</button>
      ${drawn.length === 0 && charts.length > 0 ? html`<span>${hidden(charts.length)}</span>` : nothing}
      ${drawn.length === 0 ? nothing : notes.map((note) => html`<span data-testid="log-note">${note}</span>`)}
    </p>
    ${log.warnings.map(
      ({ message, hint, code }) => html`<p class="log-warning small" data-testid="log-warning" data-code=${code}>
        ${icon(code === 'stale' ? 'info' : 'warning')}<span>${message} ${hint ?? ''}</span>
      </p>`,
    )}
  </div>`;
}

function hidden(charts: number): string {
  return charts === 1 ? 'one curve, not shown' : `${charts} quantities, none of them shown`;
}

function chartView(chart: LogChart, state: PageState, flow: Flow): TemplateResult {
  const { subject, choices } = state;
  const { id, title, onRun } = chart;
  const isLog = chart.positive && (choices.logs?.scales ?? []).includes(id);
  const read = readCheckpoints(state);
  const now = current(state);
  const toggle = () => flow.choose({ logs: toggledScale(choices.logs, id) });
  return html`<div class="log-chart" data-testid="log-chart" data-quantity=${title} data-aligned=${chart.aligned}>
    <div class="log-chart-head">
      <h3 class="log-title">${title}</h3>
      ${
        chart.positive
          ? html`<button class="log-scale small" data-testid="log-scale" aria-pressed=${isLog} aria-label="Logarithmic scale of ${title}" title="Logarithmic scale" @click=${toggle}>log</button>`
          : nothing
      }
    </div>
    <div class=${chart.aligned ? 'on-axis' : 'own-axis'}>
    ${curves({
      ...{ testid: `curves-${title}`, label: title, curves: chart.curves, x: chart.x },
      xText: (at) => (onRun ? placeText(at, subject?.run?.axis ?? 'epoch') : `${axisWord(chart)} ${rounded(at)}`),
      at: onRun ? now?.at : undefined,
      scale: isLog ? 'log' : 'linear',
      ends: !chart.aligned,
      ...(onRun && {
        stops: read.map((checkpoint) => checkpoint.at),
        onPick: (at: number) => {
          flow.player.stop();
          const to = read.find((checkpoint) => checkpoint.at === at);
          if (to) flow.lookAt(to.id);
        },
        onHold: (held: boolean) => (held ? flow.hold() : flow.release()),
      }),
    })}
    </div>
  </div>`;
}

function toggledScale(logs: { shown?: readonly string[]; scales?: readonly string[] } | undefined, id: string) {
  const scales = logs?.scales ?? [];
  return { ...logs, scales: scales.includes(id) ? scales.filter((each) => each !== id) : [...scales, id] };
}

function axisWord({ id }: LogChart): string {
  return id.split('\n')[1] ?? 'step';
}

function placeText(at: number, axis: RunAxis): string {
  return axis === 'number' ? rounded(at) : `${axis} ${rounded(at)}`;
}

function rounded(at: number): string {
  return String(Number(at.toFixed(2)));
}

/** The file; of event files, whose names say nothing, the folder. */
function nameOf({ file, kind }: TrainingLog): string {
  const parts = file.split(/[\\/]/);
  return kind === 'tensorboard' ? `TensorBoard: ${parts.at(-2) ?? ''}` : (parts.at(-1) ?? file);
}
