import { html, nothing, type TemplateResult } from 'lit';
import { logName } from '../../../src/shared/logName.ts';
import type { RunAxis } from '../../../src/shared/trainingProtocol.ts';
import { curves } from '../../draw/curves.ts';
import { number } from '../../draw/format.ts';
import { icon } from '../../ui/icons.ts';
import type { Flow } from '../flow.ts';
import { current, readCheckpoints } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { bestOf } from './best.ts';
import { chartsOf, type LogChart, type LogCharts, usualCharts } from './charts.ts';
import { toggled } from './choices.ts';
import { pickerView } from './pickerView.ts';
import { isDense, smoothed } from './smoothed.ts';

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
  const name = logName(log);
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
  const isSmooth = isDense(chart.curves) && (choices.logs?.smooth ?? []).includes(id);
  const read = readCheckpoints(state);
  const now = current(state);
  const toggle = (list: 'scales' | 'smooth') => flow.choose({ logs: toggled(choices.logs, list, id) });
  return html`<div class="log-chart" data-testid="log-chart" data-quantity=${title} data-aligned=${chart.aligned}>
    <div class="log-chart-head">
      <h3 class="log-title" title=${title}>${title}</h3>
      ${bestView(chart, state, flow)}
      ${isDense(chart.curves) ? toggleButton('log-smooth', 'smooth', `Smooth ${title}`, isSmooth, () => toggle('smooth')) : nothing}
      ${chart.positive ? toggleButton('log-scale', 'log', `Logarithmic scale of ${title}`, isLog, () => toggle('scales')) : nothing}
    </div>
    <div class=${chart.aligned ? 'on-axis' : 'own-axis'}>
      ${curves({
        ...{ testid: `curves-${title}`, label: title, curves: isSmooth ? smoothed(chart.curves) : chart.curves, x: chart.x },
        xText: (at) => (onRun ? placeText(at, subject?.run?.axis ?? 'epoch') : `${axisWord(chart)} ${rounded(at)}`),
        at: onRun ? now?.at : undefined,
        scale: isLog ? 'log' : 'linear',
        ends: !chart.aligned,
        ...(onRun && !chart.aligned && { marks: (subject?.checkpoints ?? []).map((checkpoint) => checkpoint.at) }),
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

function toggleButton(testid: string, word: string, label: string, pressed: boolean, onClick: () => void): TemplateResult {
  return html`<button class="log-toggle small" data-testid=${testid} aria-pressed=${pressed} aria-label=${label} title=${label} @click=${onClick}>${word}</button>`;
}

/** Where the quantity is best: the slider goes there. */
function bestView(chart: LogChart, state: PageState, flow: Flow): TemplateResult | typeof nothing {
  const best = bestOf(chart, readCheckpoints(state));
  if (!best) return nothing;
  const { checkpoint, name, value } = best;
  const what = `${chart.kind === 'loss' ? 'lowest' : 'highest'}${chart.curves.length > 1 ? ` ${name}` : ''}`;
  if (checkpoint.id === current(state)?.id) return html`<span class="log-best small" data-testid="log-best">${what} here</span>`;
  const go = () => {
    flow.player.stop();
    flow.lookAt(checkpoint.id);
  };
  return html`<button class="log-best link small" data-testid="log-best" title="${what}: ${number(value)}, at ${checkpoint.name}" @click=${go}>${what}: ${checkpoint.name}</button>`;
}

function axisWord({ id }: LogChart): string {
  return id.split('\n')[1] ?? 'step';
}

function placeText(at: number, axis: RunAxis): string {
  return axis === 'number' ? rounded(at) : `${axis} ${rounded(at)}`;
}

function rounded(at: number): string {
  return String(Number(at.toFixed(2))).replace('-', '−');
}
