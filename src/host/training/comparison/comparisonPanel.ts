import type * as vscode from 'vscode';
import { ModelError } from '../../../shared/errors.ts';
import { emit, type Handlers, serve } from '../../../shared/rpc.ts';
import { SharedJobs } from '../../../shared/sharedJobs.ts';
import type {
  BothSides,
  Checkpoint,
  ComparisonPageCalls,
  ComparisonPageEvents,
  ComparisonResults,
  ComparisonSubject,
} from '../../../shared/trainingProtocol.ts';
import type { Host } from '../../host.ts';
import { loadPage } from '../../loadPage.ts';
import { servePages } from '../../ports.ts';
import { settings } from '../../settings.ts';
import { Showings } from '../../showings.ts';
import type { Training } from '../training.ts';
import { type ComparedNow, comparisonCalls } from './comparisonCalls.ts';
import { comparisonEditorCalls } from './comparisonEditorCalls.ts';
import { type ComparedPair, comparisonKey, describeComparison } from './comparisonSubject.ts';

type Turn = { image: string };

/** Two checkpoints of a run, shown by a page. It follows the run: what is read later appears. */
export class ComparisonPanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #host: Host;
  readonly #training: Training;
  readonly #jobs = new SharedJobs();
  readonly #pages: ReturnType<typeof servePages>;
  readonly #showings: Showings<ComparisonSubject, Turn>;
  readonly #subscriptions: vscode.Disposable[];
  #pair: ComparedPair;
  #key = '';
  /** What the page was told last. */
  #told = '';
  #toldGeneration = 0;
  #versions: BothSides<string | undefined> = { from: undefined, to: undefined };

  constructor(panel: vscode.WebviewPanel, host: Host, training: Training, pair: ComparedPair, image?: string) {
    this.panel = panel;
    this.#host = host;
    this.#training = training;
    this.#pair = pair;
    this.#pages = servePages(panel.webview, (port) => {
      // What the page before this one had asked for goes on: this one will ask for the same.
      this.#jobs.forsake();
      serve<ComparisonPageCalls>(port, this.#handlers());
    });
    this.#showings = new Showings(
      (subject) => this.#tell(subject),
      (error) => host.log.error(error),
    );
    const looks = () => {
      training.setLooking(this, panel.visible);
      this.#want();
    };
    const none = () => {};
    this.#subscriptions = [
      panel.onDidChangeViewState(looks),
      training.listen({
        state: () => this.#look(),
        frames: (_, checkpoint) => this.#read(checkpoint),
        whole: (_, checkpoint) => this.#read(checkpoint),
        logs: none,
      }),
    ];
    loadPage(panel.webview, { name: 'comparison', extensionUri: host.context.extensionUri });
    this.show(pair, image);
    looks();
  }

  get subject(): ComparedPair & { readonly pinned: boolean } {
    return { ...this.#pair, pinned: false };
  }

  /** Shows another pair, or turns to an image. */
  show(pair: ComparedPair, image?: string): void {
    this.#pair = pair;
    this.panel.title = `Compare: ${pair.from.name} ↔ ${pair.to.name}`;
    this.#look(image === undefined ? undefined : { image });
  }

  dispose(): void {
    this.#training.desk?.want(this, []);
    this.#training.setLooking(this, false);
    this.#jobs.abort();
    this.#pages.dispose();
    for (const each of this.#subscriptions) each.dispose();
  }

  get #results(): ComparisonResults {
    const { desk } = this.#training;
    const { from, to } = this.#pair;
    const isOurs = desk?.run.id === this.#pair.run.id;
    const both = <T>(of: (id: string) => T) => ({ from: isOurs ? of(from.id) : undefined, to: isOurs ? of(to.id) : undefined });
    return { frames: both((id) => desk?.framesOf(id)), wholes: both((id) => desk?.wholeOf(id)) };
  }

  /** The two are read before others while somebody looks at them. */
  #want(): void {
    const { desk } = this.#training;
    const { run, from, to } = this.#pair;
    desk?.want(this, this.panel.visible && desk.run.id === run.id ? [from.id, to.id] : []);
  }

  /** Pair, probes, choice or what is known of the checkpoints may be another. */
  #look(turn?: Turn): void {
    this.#want();
    const { state } = this.#training;
    const key = comparisonKey(this.#pair, state);
    const isAnew = key !== this.#key || this.#isOverwritten(state.checkpoints);
    this.#key = key;
    if (isAnew) {
      this.#jobs.abort();
      this.#showings.next(turn);
    } else {
      // What to turn to is said once: later news must not turn a page back.
      this.#showings.goOn(turn);
    }
    const showing = this.#showings.now;
    const described = describeComparison(this.#pair, showing, state);
    const text = JSON.stringify(described);
    if (!isAnew && !turn && text === this.#told) return;
    this.#told = text;
    this.#showings.announce(Promise.resolve(described));
  }

  /** The files of a side are others now: maps of before are of another network. */
  #isOverwritten(checkpoints: readonly Checkpoint[]): boolean {
    const versionOf = (id: string) => checkpoints.find((each) => each.id === id)?.version;
    const [before, now] = [this.#versions, { from: versionOf(this.#pair.from.id), to: versionOf(this.#pair.to.id) }];
    this.#versions = now;
    const differs = (side: 'from' | 'to') => before[side] !== undefined && now[side] !== undefined && before[side] !== now[side];
    return differs('from') || differs('to');
  }

  #read(checkpoint: string): void {
    const { from, to } = this.#pair;
    if (checkpoint !== from.id && checkpoint !== to.id) return;
    this.#look();
    this.#tellResults();
  }

  #tell(subject: ComparisonSubject): void {
    emit<ComparisonPageEvents, 'subject'>(this.#pages.port, 'subject', subject);
    if (subject.generation === this.#toldGeneration) return;
    this.#toldGeneration = subject.generation;
    this.#tellResults();
  }

  #tellResults(): void {
    const { generation } = this.#showings.now;
    emit<ComparisonPageEvents, 'results'>(this.#pages.port, 'results', { generation, ...this.#results });
  }

  #now(generation: number): ComparedNow {
    this.#showings.expect(generation);
    const { state, choice, store, desk } = this.#training;
    const { from, to } = describeComparison(this.#pair, this.#showings.now, state);
    const results = this.#results;
    return {
      from: { checkpoint: from, frames: results.frames.from },
      to: { checkpoint: to, frames: results.frames.to },
      ...{ results, choice, store, images: state.probes.map(({ path }) => path), newest: desk?.newest?.path },
    };
  }

  #handlers(): Handlers<ComparisonPageCalls> {
    const [host, training] = [this.#host, this.#training];
    const { engine } = host;
    const now = (generation: number) => this.#now(generation);
    return {
      ready: async () => {
        const [methods] = await Promise.all([engine.call('methods', {}), training.ready()]);
        this.#look();
        return { subject: await this.#showings.first(), methods, ...this.#results };
      },
      turn: async ({ from, to }) => {
        const { run } = this.#pair;
        const known = (id: string) => {
          const found = [...training.state.checkpoints, this.#pair.from, this.#pair.to].find((each) => each.id === id);
          if (found) return { id: found.id, name: found.name, at: found.at };
          throw new ModelError('file-missing', 'This checkpoint is not in the run any more.', { hint: 'Choose another one.' });
        };
        this.show({ run, from: known(from), to: known(to) });
      },
      follow: async () => {
        if (training.state.following === 'off') await training.follow();
        if (training.state.run?.id !== this.#pair.run.id) await training.chooseRun(this.#pair.run.id);
      },
      ...comparisonCalls({ engine, jobs: this.#jobs, now, maskFolders: () => settings().masks }),
      ...comparisonEditorCalls({ host, training, now }),
    };
  }
}
