import type { Checkpoint } from '../../../shared/trainingProtocol.ts';
import { count } from './checkpointText.ts';
import type { Facts } from './runReading.ts';

/** Which checkpoints came since somebody looked last. */
export class News {
  #run: string | undefined;
  #known = new Set<string>();

  /** `seen`: somebody looks right now. Those that are whole, in order of the run; what was there when the run was first followed is no news. */
  look({ run, checkpoints, seen }: { run: string | undefined; checkpoints: readonly Checkpoint[]; seen: boolean }): readonly Checkpoint[] {
    if (seen || run !== this.#run || this.#known.size === 0) this.#known = new Set(checkpoints.map(keyOf));
    this.#run = run;
    return checkpoints.filter((each) => !this.#known.has(keyOf(each)) && !each.gone && each.reading.state !== 'incomplete');
  }
}

/** Overwritten in place it is another one. */
function keyOf({ id, modified }: Checkpoint): string {
  return `${id} ${modified}`;
}

const mostNames = 5;

/** For the badge's tooltip; undefined: no news. */
export function newsText(news: readonly Checkpoint[], facts: ReadonlyMap<string, Facts>): string | undefined {
  if (news.length === 0) return undefined;
  const names = news.slice(-mostNames).map(({ name }) => name);
  const read = news.flatMap(({ id }) => facts.get(id) ?? []);
  const wrong = new Set(read.flatMap(({ becameWrong }) => becameWrong)).size;
  const alarms = new Set(read.flatMap((each) => each.alarms.map(({ label }) => label))).size;
  return [
    `${count(news.length, 'new checkpoint')}: ${news.length > mostNames ? '…, ' : ''}${names.join(', ')}`,
    wrong > 0 && `${count(wrong, 'probe')} became wrong`,
    alarms > 0 && `alarm for ${count(alarms, 'class')}`.replace(/classs$/, 'classes'),
  ]
    .filter(Boolean)
    .join('; ');
}
