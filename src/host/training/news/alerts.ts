import * as vscode from 'vscode';
import type { TrainingLog } from '../../../shared/trainingProtocol.ts';
import { section } from '../../settings.ts';
import type { Training } from '../training.ts';
import { TrainingView } from '../trainingView.ts';
import { type AlertCause, alertCauses, alertsOf } from './alertRules.ts';
import { LogNews } from './logNews.ts';
import type { RunReading } from './runReading.ts';

const setting = 'training.alert';
/** How often a run is looked after that may have gone quiet, ms. */
const often = 15_000;

/**
 * Tells of what goes wrong in the run that is followed, where a person has asked for it: one notification at a time, each cause once a run.
 * Who asks for alerts wants them while looking elsewhere: checkpoints and logs are then read although no view is visible.
 */
export class Alerts implements vscode.Disposable {
  readonly #training: Training;
  readonly #reading: RunReading;
  readonly #subscriptions: vscode.Disposable[];
  readonly #told = new Map<string, Set<AlertCause>>();
  /** When each run was first followed in this window, ms since 1970: what was written before is no news. */
  readonly #since = new Map<string, number>();
  readonly #logNews = new LogNews();
  #showing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(training: Training, reading: RunReading) {
    this.#training = training;
    this.#reading = reading;
    const look = () => this.#look();
    this.#subscriptions = [
      training.listen({ state: look, frames: look, whole: look, logs: (logs) => this.#hear(logs) }),
      vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration(`${section}.${setting}`) && this.#look()),
    ];
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#training.setLooking(this, false);
    for (const each of this.#subscriptions) each.dispose();
  }

  #look(): void {
    const { following, run, checkpoints } = this.#training.state;
    const causes = following === 'on' ? wanted() : [];
    this.#settle(causes);
    if (!run) return;
    const since = this.#sinceOf(run.id);
    if (causes.length === 0) return;
    const told = this.#told.get(run.id) ?? new Set();
    this.#told.set(run.id, told);
    const drop = vscode.workspace.getConfiguration(section).get('training.alertDrop', 10);
    const [facts, faults] = [this.#reading.all(), this.#logNews.of(run.id)];
    for (const { cause, message } of alertsOf(causes, { checkpoints, facts, faults, since, now: Date.now(), drop })) {
      if (told.has(cause)) continue;
      told.add(cause);
      this.#showing = this.#showing.then(() => show(`${run.label}: ${message}`, cause));
    }
  }

  /** Also while nothing is to be told: what the logs said before is no news once it is. */
  #hear(logs: readonly TrainingLog[]): void {
    const { run } = this.#training.state;
    if (run) this.#logNews.look(run.id, logs, this.#sinceOf(run.id));
    this.#look();
  }

  #sinceOf(run: string): number {
    const since = this.#since.get(run) ?? Date.now();
    this.#since.set(run, since);
    return since;
  }

  #wasReading = false;

  #settle(causes: readonly AlertCause[]): void {
    const reads = causes.some((cause) => cause !== 'stale');
    if (reads !== this.#wasReading) this.#training.setLooking(this, reads);
    this.#wasReading = reads;
    if (causes.includes('stale')) this.#timer ??= setInterval(() => this.#look(), often).unref();
    else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }
}

function wanted(): readonly AlertCause[] {
  const set: unknown = vscode.workspace.getConfiguration(section).get(setting, []);
  return Array.isArray(set) ? alertCauses.filter((cause) => set.includes(cause)) : [];
}

async function show(message: string, cause: AlertCause): Promise<void> {
  if (!wanted().includes(cause)) return;
  const [look, off] = ['Show', 'Turn Off'];
  const chosen = await vscode.window.showWarningMessage(message, look, off);
  if (chosen === look) await vscode.commands.executeCommand(`${TrainingView.id}.focus`);
  if (chosen === off) await turnOff();
}

/** All alerts, where they were turned on. */
async function turnOff(): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(section);
  const { Global, Workspace, WorkspaceFolder } = vscode.ConfigurationTarget;
  const { workspaceFolderValue, workspaceValue } = configuration.inspect(setting) ?? {};
  const target = workspaceFolderValue !== undefined ? WorkspaceFolder : workspaceValue !== undefined ? Workspace : Global;
  await configuration.update(setting, [], target);
}
