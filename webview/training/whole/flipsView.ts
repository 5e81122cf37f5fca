import { html, type TemplateResult } from 'lit';
import { type SetFlips, setFlips } from '../../confusion/setFlips.ts';
import { counted, number } from '../../confusion/text.ts';
import { percent } from '../../draw/format.ts';
import { segments } from '../../ui/segments.ts';
import type { Flow } from '../flow.ts';
import type { PageState } from '../state.ts';
import { usualWhole, type WholeList } from './choices.ts';
import { forgottenIn, type Memory, memoryAfter } from './forgetting.ts';
import { pictureList } from './pictureList.ts';
import type { Sight } from './selectors.ts';

const noFlips: SetFlips = { becameWrong: [], becameRight: [], stillWrong: 0, judged: 0 };

let kept: { sight: Sight; memory: Memory | undefined } | undefined;

/** What the run has learnt and forgotten up to the checkpoint on show. */
function memoryOf(sight: Sight): Memory | undefined {
  if (kept?.sight !== sight) kept = { sight, memory: memoryAfter(sight.all.slice(0, sight.index + 1).map(({ whole }) => whole)) };
  return kept.memory;
}

function flipsOf({ before, now }: Sight): SetFlips {
  return before ? setFlips(before.whole, now.whole) : noFlips;
}

export function flipsGist(sight: Sight): string {
  if (!sight.before) return 'the first evaluated';
  const { becameWrong, becameRight } = flipsOf(sight);
  return `${number(becameWrong.length)} became wrong, ${number(becameRight.length)} right`;
}

/** Pictures whose prediction turned since the evaluated checkpoint before, and those that the run has forgotten. */
export function flipsView(state: PageState, flow: Flow, sight: Sight): TemplateResult {
  const { before, now, all } = sight;
  const { becameWrong, becameRight, stillWrong } = flipsOf(sight);
  const memory = memoryOf(sight);
  const forgotten = memory ? forgottenIn(memory) : { rows: [], never: 0, kept: 0 };
  const chosen = (state.choices.whole ?? usualWhole).list;
  const lists: Record<WholeList, { rows: readonly number[]; note: (row: number) => string; about: string; none: string }> = {
    wrong: {
      rows: becameWrong,
      note: (row) => (before ? `${percent(before.whole.confidence[row] as number)} sure of it at ${before.checkpoint.name}` : ''),
      about: 'Right before and wrong now; those that the network was surest of come first.',
      none: 'No picture became wrong.',
    },
    right: {
      rows: becameRight,
      note: (row) => (before ? `${before.whole.classes[before.whole.predicted[row] as number] ?? ''} at ${before.checkpoint.name}` : ''),
      about: 'Wrong before and right now; the surest first.',
      none: 'No picture became right.',
    },
    forgotten: {
      rows: forgotten.rows,
      note: (row) => forgottenText(memory, row, sight),
      about: `Right at an earlier evaluated checkpoint, wrong now; forgotten most often first (Toneva et al. 2019). ${counted(forgotten.never, 'picture was', 'pictures were')} never right, ${number(forgotten.kept)} never forgotten once learnt.`,
      none: 'Nothing that was right before is wrong now.',
    },
  };
  const { rows, note, about, none } = lists[chosen];
  return html`${segments({
    testid: 'set-list',
    label: 'Pictures that turned',
    value: chosen,
    options: [
      { id: 'wrong', label: `Wrong ${number(becameWrong.length)}`, about: 'Became wrong' },
      { id: 'right', label: `Right ${number(becameRight.length)}`, about: 'Became right' },
      { id: 'forgotten', label: `Forgotten ${number(forgotten.rows.length)}`, about: 'Right once, wrong now' },
    ],
    onChange: (list) => flow.whole.chooseList(list),
  })}
    <p class="small" data-testid="list-about">
      ${about}${stillWrong > 0 && chosen === 'wrong' ? ` ${counted(stillWrong, 'other one is', 'other ones are')} wrong in another way than before.` : ''}
    </p>
    ${rows.length === 0 ? html`<p data-testid="list-none">${chosen !== 'forgotten' && !before ? `${now.checkpoint.name} is the first of ${counted(all.length, 'evaluated checkpoint', 'evaluated checkpoints')}: nothing to compare with.` : none}</p>` : pictureList(state, flow, sight, { id: 'list', label: about, rows, note })}`;
}

function forgottenText(memory: Memory | undefined, row: number, { all }: Sight): string {
  if (!memory) return '';
  const times = memory.events[row] as number;
  const last = all[memory.lastRight[row] as number]?.checkpoint.name ?? '';
  return `forgotten ${times === 1 ? 'once' : times === 2 ? 'twice' : `${times} times`}, right last at ${last}`;
}
