import type { NodeDef } from '../../formats/tensorflow/types.ts';
import { ModelError } from '../../shared/errors.ts';
import { type Body, dataInputs, type Library, plainName } from './body.ts';

/** Calls within calls; Keras nests as deep as the models do. */
const DEEPEST = 64;

/** A tensor: output `index` of a node, by position or (in functions) position in the output argument `arg`. */
export interface Reference {
  frame: Frame;
  node: NodeDef;
  arg: string | undefined;
  index: number;
}

/** A body as it is run by one call. */
export class Frame {
  readonly library: Library;
  readonly body: Body;
  readonly #parent: Frame | undefined;
  readonly #call: NodeDef | undefined;
  readonly #skip: number;
  readonly #children = new Map<string, Frame>();
  readonly #depth: number;
  /** Call path as in the file, with a slash behind; and without generated names, where they tell no calls apart. */
  readonly prefix: string;
  readonly shortPrefix: string;
  /** Positions of the calls in their bodies. */
  readonly path: readonly number[];

  private constructor(library: Library, body: Body, from?: { parent: Frame; call: NodeDef; skip: number }) {
    this.library = library;
    this.body = body;
    this.#parent = from?.parent;
    this.#call = from?.call;
    this.#skip = from?.skip ?? 0;
    this.#depth = from ? from.parent.#depth + 1 : 0;
    const name = from?.call.name ?? '';
    const plain = plainName(name);
    // The graph itself holds a call for each signature, and for saving and restoring.
    const alone = from && (from.parent.body.function === undefined || from.parent.body.calls.get(plain) === 1);
    const short = alone ? plain : name;
    this.prefix = from ? `${from.parent.prefix}${name}/` : '';
    this.shortPrefix = from ? `${from.parent.shortPrefix}${short === '' ? '' : `${short}/`}` : '';
    this.path = from ? [...from.parent.path, from.parent.body.index.get(from.call) ?? 0] : [];
  }

  /** Of the graph itself. */
  get main(): Frame {
    let frame: Frame = this;
    while (frame.#parent) frame = frame.#parent;
    return frame;
  }

  static of(library: Library): Frame {
    return new Frame(library, library.main);
  }

  /** The function `name` as `call` runs it, with the inputs from `skip` on as arguments. Throws ModelError('file-corrupt' | 'unsupported'). */
  enter(call: NodeDef, name: string, skip: number): Frame {
    const known = this.#children.get(call.name);
    if (known) return known;
    const f = this.library.graph.functions.get(name);
    const where = this.prefix + call.name;
    if (!f) throw new ModelError('file-corrupt', `Node '${where}' calls the function '${name}', which the file does not have.`, { where });
    for (let frame: Frame | undefined = this; frame; frame = frame.#parent) {
      if (frame.body.function === f) throw new ModelError('unsupported', `The function '${name}' calls itself.`, { where });
    }
    if (this.#depth >= DEEPEST) throw new ModelError('unsupported', `Functions call each other more than ${DEEPEST} deep.`, { where });
    const given = dataInputs(call).length - skip;
    if (given !== f.args.length)
      throw new ModelError('file-corrupt', `Node '${where}' gives ${given} arguments to a function with ${f.args.length}.`, { where });
    const frame = new Frame(this.library, this.library.body(f), { parent: this, call, skip });
    this.#children.set(call.name, frame);
    return frame;
  }

  /** What an input or result refers to; arguments are followed to the node that makes them. Throws ModelError('file-corrupt'). */
  locate(input: string, reader: string): Reference {
    let [frame, text]: [Frame, string] = [this, input];
    for (;;) {
      const [name = '', ...rest] = text.replace(/^\^/, '').split(':');
      const arg = frame.body.args.get(name);
      if (arg === undefined || !frame.#parent) {
        const node = frame.body.nodes.get(name);
        const index = Number(rest.at(-1) ?? 0);
        if (!node || rest.length > 2 || !Number.isInteger(index) || index < 0)
          throw new ModelError('file-corrupt', `'${this.prefix}${reader}' reads '${text}', which is not there.`, { where: reader });
        return { frame, node, arg: rest.length === 2 ? rest[0] : undefined, index };
      }
      // `enter` has counted the arguments.
      text = frame.#call?.inputs[frame.#skip + arg] as string;
      frame = frame.#parent;
    }
  }
}
