import { ModelError } from '../../shared/errors.ts';

/** A weight as the file stores it, channels-last as Keras has it. */
export interface StoredWeight {
  /** As the file writes it, e.g. `conv1/kernel`. */
  name: string;
  shape: readonly number[];
  /** Decodes the values; may be a view into the file's bytes or into memory that the next weight takes: not to be changed or kept. */
  read(): Float32Array;
  /** Values to be kept, where that takes less than to copy what `read` gives. */
  copy?(): Float32Array;
}

/** A weight a layer class has. */
export interface WeightRole {
  /** With the layer inside that has it, where a layer is made of layers: `query/kernel`. */
  name: string;
  /** Other names for it, in other versions of Keras. */
  aliases?: readonly string[];
  /** The file may lack it. */
  optional?: true;
}

/** A layer that has weights, in file order. */
export interface WeightOwner {
  /** Path name, `model1/block_1_expand`. */
  path: string;
  /** The layer's own name, without the models it is nested in. */
  name: string;
  className: string;
  roles: readonly WeightRole[];
}

/** What each format adds: which stored weights belong to which layer (by path), in stored order. */
export type WeightFinder = (owners: readonly WeightOwner[]) => ReadonlyMap<string, readonly StoredWeight[]>;

const KNOWN_ROLES = new Set(
  'kernel bias gamma beta moving_mean moving_variance mean variance count depthwise_kernel pointwise_kernel alpha'.split(' '),
);

/** Last part of a weight's name, without the `:0` of TensorFlow variables: `conv1/kernel:0` is `kernel`. */
function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).replace(/:\d+$/, '');
}

export function plays(weight: StoredWeight, role: WeightRole): boolean {
  if (role.name.includes('/')) return `/${weight.name.replace(/:\d+$/, '')}`.endsWith(`/${role.name}`);
  const base = baseName(weight.name);
  return base === role.name || (role.aliases?.includes(base) ?? false);
}

/** Whether a weight can be taken for a role by its position alone: its name says nothing, or the right thing. */
export function mayPlay(weight: StoredWeight, role: WeightRole): boolean {
  return plays(weight, role) || !KNOWN_ROLES.has(baseName(weight.name));
}

/**
 * The weight of each role: by name, else by position where every name fits or says nothing.
 * @throws ModelError 'weights' naming the layer, what it needs and what the file has.
 */
export function matchRoles(owner: WeightOwner, stored: readonly StoredWeight[]): Map<string, StoredWeight> {
  const found = new Map<string, StoredWeight>();
  for (const role of owner.roles) {
    const weight = stored.find((w) => plays(w, role) && ![...found.values()].includes(w));
    if (weight) found.set(role.name, weight);
  }
  const required = owner.roles.filter((r) => !r.optional);
  if (required.every((r) => found.has(r.name)) && found.size === stored.length) return found;
  for (const roles of [required, owner.roles]) {
    if (stored.length === roles.length && roles.every((r, i) => mayPlay(stored[i] as StoredWeight, r))) {
      return new Map(roles.map((r, i) => [r.name, stored[i] as StoredWeight]));
    }
  }
  throw misfit(owner, stored);
}

function misfit(owner: WeightOwner, stored: readonly StoredWeight[]): ModelError {
  const needs = owner.roles.filter((r) => !r.optional).map((r) => r.name);
  const has = stored.map((w) => `${w.name} [${w.shape}]`);
  return new ModelError(
    'weights',
    `Layer '${owner.path}' (${owner.className}) needs ${list(needs)}, but the file has ${has.length === 0 ? 'no weights' : list(has)} for it.`,
    { where: owner.path, hint: 'Save topology and weights of the model again, together.' },
  );
}

export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
