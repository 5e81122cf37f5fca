import type { Checkpoint } from '../../../shared/trainingProtocol.ts';
import { alarmSentence, count, percent } from './checkpointText.ts';
import { faultText, type LogFault } from './logNews.ts';
import { duration, isStale, rhythmOf } from './rhythm.ts';
import { type Facts, nothingRead } from './runReading.ts';

/** What a person may want to be told of, as the setting names it. */
export const alertCauses = ['nan', 'accuracyDrop', 'stale', 'shortcut'] as const;
export type AlertCause = (typeof alertCauses)[number];

export interface Alert {
  cause: AlertCause;
  message: string;
}

interface Watched {
  /** In order of the run. */
  checkpoints: readonly Checkpoint[];
  facts: ReadonlyMap<string, Facts>;
  /** Curves of its logs that have stopped being finite since then; the one that says most first. */
  faults: readonly LogFault[];
  /** Only what was written since then is news, ms since 1970. */
  since: number;
  now: number;
  /** A fall of the accuracy by more is worth telling, percentage points. */
  drop: number;
}

/** What there is to tell of a run, one alert for each cause at most. */
export function alertsOf(causes: readonly AlertCause[], watched: Watched): readonly Alert[] {
  return alertCauses.flatMap((cause): Alert[] => {
    const message = causes.includes(cause) ? rules[cause](watched) : undefined;
    return message === undefined ? [] : [{ cause, message }];
  });
}

const rules: Record<AlertCause, (watched: Watched) => string | undefined> = {
  nan(watched) {
    for (const { name, reading, facts } of news(watched)) {
      if (facts.notFinite > 0)
        return `${name}: the network has no finite answer for ${count(facts.notFinite, 'probe')}: NaN or infinite weights.`;
      if (reading.state === 'failed' && reading.error.code === 'weights') return `${name}: ${reading.error.message}`;
    }
    // A loss is logged long before the next checkpoint is written.
    const [fault] = watched.faults;
    return fault && faultText(fault);
  },

  accuracyDrop({ checkpoints, facts, since, drop }) {
    let best: { name: string; share: number } | undefined;
    const kind = latestKind(checkpoints, facts);
    for (const { id, name, modified } of checkpoints) {
      const accuracy = facts.get(id)?.accuracy;
      if (!accuracy || accuracy.of !== kind) continue;
      const { share, of, count: images } = accuracy;
      // Rounded, since shares of a few images are no exact numbers.
      const fall = best && Math.round(1_000 * (best.share - share)) / 10;
      if (best && fall !== undefined && fall > drop && modified >= since) {
        const what = of === 'probes' ? 'probes' : 'images of the data set';
        return `${name}: ${percent(share)} of ${images} ${what} right, ${Math.round(fall)} points less than at ${best.name}.`;
      }
      if (!best || share > best.share) best = { name, share };
    }
    return undefined;
  },

  stale({ checkpoints, since, now }) {
    const rhythm = rhythmOf(checkpoints);
    if (!rhythm || !isStale(rhythm, since, now)) return undefined;
    return `No new checkpoint for ${duration(now - rhythm.last)}; usually one comes every ${duration(rhythm.gap)}. The run has ended or stands still.`;
  },

  shortcut(watched) {
    for (const { name, facts } of news(watched)) {
      const [alarm] = facts.alarms;
      if (alarm) return `${name}: ${alarmSentence(alarm)}`;
    }
    return undefined;
  },
};

function news({ checkpoints, facts, since }: Watched): (Checkpoint & { facts: Facts })[] {
  return checkpoints.flatMap((each) => (each.modified >= since ? [{ ...each, facts: facts.get(each.id) ?? nothingRead }] : []));
}

/** The data set is evaluated after the probes, and says more: both are never mixed. */
function latestKind(checkpoints: readonly Checkpoint[], facts: ReadonlyMap<string, Facts>): string | undefined {
  return checkpoints.map(({ id }) => facts.get(id)?.accuracy?.of).findLast((of) => of !== undefined);
}
