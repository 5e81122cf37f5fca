import { targetPhrase } from '../../explain/target.ts';
import { FedColours } from '../../image/fedColours.ts';
import { normalise } from '../../image/preprocess.ts';
import type { Model } from '../../importers/model.ts';
import { findVisualiser, visualisers as methods } from '../../inspect/visualise/index.ts';
import type { Climb } from '../../inspect/visualise/visualiser.ts';
import { canLead, className } from '../../shared/classScores.ts';
import { ModelError, throwIfAborted } from '../../shared/errors.ts';
import type { ModelInfo, RankedClass } from '../../shared/protocol.ts';
import { untilAborted } from '../../shared/sharedJobs.ts';
import type { Objective } from '../../shared/unitsProtocol.ts';
import { preprocessingUnknown } from '../inputs.ts';
import type { JobContext } from '../jobs.ts';
import type { OpenModel } from '../models.ts';
import { checkedParameters } from '../parameters.ts';
import { forward, rank } from '../predict.ts';
import { checkClass } from '../resolve.ts';
import type { Services } from '../services.ts';
import { type Aim, type Ascent, ascend, classAim, leadAim, unitAim } from './ascent.ts';
import { checkUnit } from './checkUnit.ts';
import { ClimbProgress } from './climbProgress.ts';
import type { UnitHandler } from './handler.ts';
import { fedPicture, shownOpacity, shownPicture, shownRgb } from './shownPicture.ts';
import { findUnitLayer } from './unitLayer.ts';

/** The ways to climb. */
export const visualisers: UnitHandler<'visualisers'> = async () => methods.map(({ info }) => info);

/** Behind what is asked for and on screen: a climb is hundreds of steps. */
const usualPriority = -1;

/**
 * Makes a picture that excites a class or a unit, step by step through the queue. Throws ModelError where the method, its
 * parameters, the class or the unit do not exist, where nothing tells the preprocessing, and where a value is not finite.
 */
export const visualise: UnitHandler<'visualise'> = async (services, { model: path, request, priority = usualPriority }, context) => {
  const start = performance.now();
  const { signal } = context;
  const open = await untilAborted(services.models.open(path), signal);
  const info = await services.inputs.describe(open, undefined);
  try {
    const method = findVisualiser(request.method);
    const params = checkedParameters(method.info, request.params ?? {});
    const { aim, target } = resolveObjective(open, info, request.objective);
    const { preprocessing } = info;
    if (!preprocessing) throw preprocessingUnknown(info);
    const { height, width } = info.input;
    const colours = new FedColours(preprocessing, info.input);
    const climb = method.start({ channels: colours.channels, height, width }, params);
    const progress = new ClimbProgress(climb, info.input, context.progress);
    const slope = new Slope(services, open.model, { aim, colours }, { priority, signal });
    const values = await ascendAll(climb, slope, progress);
    const shown = shownPicture(climb.render(), info.input);
    const fed = normalise(fedPicture(shown, preprocessing.channels), preprocessing).tensor;
    const job = { priority, signal };
    const logits = await forward(services, open, { batch: fed, n: 1, what: 'the visualisation', ...job });
    const { objective } = request;
    const value = await valueAt(services, open.model, { aim, fed }, job);
    throwIfAborted(signal);
    const ranked = rank(logits, info);
    progress.end(value, shown);
    return {
      objective,
      target,
      method: method.info.id,
      params,
      pixels: shownRgb(shown),
      alpha: shownOpacity(climb, info.input),
      values,
      value,
      top: ranked.slice(0, 5),
      probability: objective.kind === 'class' ? ranked.find(({ index }) => index === objective.class)?.probability : undefined,
      remark: remark(slope, {
        objective,
        first: values[0] as number,
        last: value,
        top: ranked,
        couldLead: aim.leader === undefined && canLead(info),
      }),
      engine: info.engine,
      ms: performance.now() - start,
    };
  } catch (error) {
    throw error instanceof ModelError ? error.with({ file: info.path }) : error;
  }
};

/** The scalar, and what it is called. */
function resolveObjective(open: OpenModel, info: ModelInfo, objective: Objective): { aim: Aim; target: string } {
  if (objective.kind === 'class') {
    const index = checkClass({ open, info }, objective.class);
    const target = targetPhrase({ class: index, against: undefined }, info, 'logit');
    if (objective.over !== 'lead') return { aim: classAim(open.model, index), target };
    if (!canLead(info)) throw noLead(info);
    return { aim: leadAim(open.model, index), target: `lead of ${className(info, index)} over the other classes` };
  }
  const place = findUnitLayer(open, objective.layer);
  const { name, height, width } = place.info;
  checkUnit(open, place.info, objective.unit);
  const aim = unitAim(open.model, place, objective);
  const over = height * width === 1 ? '' : objective.cells === 'mean' ? 'mean of ' : 'centre of ';
  const before = aim.value === place.value ? '' : ' before its activation function';
  return { aim, target: `${over}${name} unit ${objective.unit}${before}` };
}

function noLead({ name, path }: ModelInfo): ModelError {
  return new ModelError('method', `The outputs of ${name} are no classes of which one excludes the others: none can be ahead of them.`, {
    file: path,
    hint: 'Climb the logit.',
  });
}

async function valueAt(services: Services, model: Model, { aim, fed }: { aim: Aim; fed: Float32Array }, job: JobContext): Promise<number> {
  const { values } = await ascend(services, model, { aim, inputs: fed, rule: 'gradient' }, job);
  return values[0] as number;
}

async function ascendAll(climb: Climb, slope: Slope, progress: ClimbProgress): Promise<Float32Array> {
  const values = new Float32Array(climb.steps);
  for (let step = 0; step < climb.steps; step++) {
    const { values: each, gradients } = await slope.at(climb.ask());
    values[step] = each.reduce((sum, v) => sum + v, 0) / each.length;
    progress.at(step, values[step] as number);
    climb.follow(gradients);
  }
  return values;
}

/**
 * The gradient at pictures. One that is 0 everywhere is redirected, at whichever step: Lucid does it in the first 16 steps, at each ReLU
 * by itself, but some units open only later, and a step without any gradient is lost otherwise.
 */
class Slope {
  /** Steps without any gradient: those in which it was redirected, and those without even so. */
  redirected = 0;
  blocked = 0;
  readonly #services: Services;
  readonly #model: Model;
  readonly #aim: Aim;
  readonly #colours: FedColours;
  readonly #context: JobContext;

  constructor(services: Services, model: Model, { aim, colours }: { aim: Aim; colours: FedColours }, context: JobContext) {
    this.#services = services;
    this.#model = model;
    this.#aim = aim;
    this.#colours = colours;
    this.#context = context;
  }

  async at(pictures: Float32Array): Promise<Ascent> {
    const inputs = this.#colours.feed(pictures);
    const asked = { aim: this.#aim, inputs };
    let ascent = await ascend(this.#services, this.#model, { ...asked, rule: 'gradient' }, this.#context);
    if (isFlat(ascent)) {
      ascent = await ascend(this.#services, this.#model, { ...asked, rule: 'redirected' }, this.#context);
      if (!isFlat(ascent)) this.redirected += 1;
    }
    if (isFlat(ascent)) this.blocked += 1;
    return { values: ascent.values, gradients: this.#colours.handBack(ascent.gradients) };
  }
}

function isFlat({ gradients }: Ascent): boolean {
  return gradients.every((g) => g === 0);
}

interface Reached {
  objective: Objective;
  first: number;
  last: number;
  top: readonly RankedClass[];
  /** The class's lead could have been climbed and was not. */
  couldLead: boolean;
}

/** What a person has to be told of a climb that did not go as usual. */
function remark({ redirected, blocked }: Slope, { objective, first, last, top, couldLead }: Reached): string | undefined {
  const best = top[0];
  const sentences = [
    last > first ? '' : `Nothing rose: ${short(first)} at the first step, ${short(last)} at the end.`,
    redirected > 0
      ? `In ${redirected} steps ReLUs that were all inactive blocked the gradient: it was led past them (redirected ReLU gradient).`
      : '',
    blocked > 0 ? `In ${blocked} steps no gradient reached the picture: no change to it, however small, changes the target.` : '',
    best && objective.kind === 'class' && best.index !== objective.class
      ? `The network answers ${best.label} all the same: that logit is higher still, at ${short(best.logit)}.${couldLead ? ' Its lead over the others can be climbed instead.' : ''}`
      : '',
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ') || undefined;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
