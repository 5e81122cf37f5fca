import { logName } from '../../../shared/logName.ts';
import { quantityOf } from '../../../shared/logQuantity.ts';
import { firstNotFinite, isTrainingLoss } from '../../../shared/notFinite.ts';
import type { LogSeries, TrainingLog } from '../../../shared/trainingProtocol.ts';

/** A logged curve that has stopped being finite. */
export interface LogFault extends Pick<TrainingLog, 'file' | 'kind' | 'axis'> {
  /** Of the curve. */
  name: string;
  /** Where it does: epoch or step as the file counts; of a file that counts both, the step too. */
  at: number;
  step: number | undefined;
  value: number;
}

interface Known {
  fault: LogFault;
  isNew: boolean;
}

/** In mixed precision gradients overflow now and then: the step is left out, and training goes on. */
const mayOverflow = /\bgrad(ient)?s?\b/;

/** Which curves have stopped being finite since their run was followed in this window. */
export class LogNews {
  /** By run, then by file and curve. */
  readonly #runs = new Map<string, Map<string, Known>>();

  /**
   * What the logs of a run say now. `since`: when it was first followed, ms since 1970. Where a log has no times, what it says at the first
   * look is no news.
   */
  look(run: string, logs: readonly TrainingLog[], since: number): void {
    const before = this.#runs.get(run);
    const known = before ?? new Map<string, Known>();
    this.#runs.set(run, known);
    for (const log of logs) {
      for (const series of log.series) {
        const key = `${log.file}\n${log.axis}\n${series.name}`;
        const index = mayOverflow.test(quantityOf(series.name).id) ? undefined : firstNotFinite(series);
        if (index === undefined) {
          known.delete(key);
          continue;
        }
        const fault = faultAt(log, series, index);
        const old = known.get(key)?.fault;
        if (old?.at === fault.at && old.step === fault.step) continue;
        const time = series.time?.[index];
        known.set(key, { fault, isNew: time === undefined ? before !== undefined && log.modified >= since : time >= since });
      }
    }
  }

  /** The losses of training first. */
  of(run: string): readonly LogFault[] {
    const fresh = [...(this.#runs.get(run)?.values() ?? [])].flatMap(({ fault, isNew }) => (isNew ? [fault] : []));
    return fresh.sort((a, b) => Number(isTrainingLoss(b.name)) - Number(isTrainingLoss(a.name)));
  }
}

function faultAt({ file, kind, axis }: TrainingLog, { name, x, y, step }: LogSeries, index: number): LogFault {
  return { file, kind, axis, name, at: x[index] as number, step: step?.[index], value: y[index] as number };
}

/** `loss is NaN at epoch 3 (history.csv).` */
export function faultText(fault: LogFault): string {
  const { name, axis, at, step, value } = fault;
  const number = (each: number) => each.toLocaleString('en', { maximumFractionDigits: 2 });
  const place = `${axis} ${number(at)}${step === undefined ? '' : `, step ${number(step)}`}`;
  return `${name} is ${Number.isNaN(value) ? 'NaN' : 'infinite'} at ${place} (${logName(fault)}).`;
}
