import { typeOf } from '../../graph/graph.ts';
import type { Model } from '../../importers/model.ts';
import type { Rect } from '../../shared/protocol.ts';
import { receptiveBoxes } from '../../transform/receptiveBoxes.ts';

/** A box that takes at least this share of the input in both directions says nothing of the place. */
const nearlyAllShare = 0.85;

export function isNearlyAll(box: Size, input: Size): boolean {
  return box.height >= nearlyAllShare * input.height && box.width >= nearlyAllShare * input.width;
}

interface Size {
  height: number;
  width: number;
}

/** Receptive fields of the cells of a model's layers. */
export interface Fields {
  /**
   * What a unit's cell sees, in input pixels, exactly. Where a gate (squeeze and excitation) alone makes that the whole input, what it
   * sees apart from gates. Undefined: nothing but padding.
   */
  of(value: string, unit: number, at: readonly [row: number, column: number]): Rect | undefined;
  /** Whether that is (nearly) the whole input where the cell lies in the middle: at the edges a field is cut off, and tells no more. */
  nearlyAll(value: string, unit: number): boolean;
}

const fieldsByModel = new WeakMap<Model, Fields>();

/** Worked out once for a model. */
export function fieldsOf(model: Model): Fields {
  const known = fieldsByModel.get(model);
  if (known) return known;
  const { value: input, height, width } = model.input;
  const exact = receptiveBoxes(model.graph, input);
  const apart = receptiveBoxes(model.graph, input, { ignoreGates: true });
  const fields: Fields = {
    of(value, unit, [row, column]) {
      const box = exact.box(value, row, column, unit);
      return box?.height === height && box.width === width ? (apart.box(value, row, column, unit) ?? box) : box;
    },
    nearlyAll(value, unit) {
      const [rows = 1, columns = 1] = typeOf(model.graph, value).shape.slice(2).map(Number);
      const field = fields.of(value, unit, [Math.floor(rows / 2), Math.floor(columns / 2)]);
      return field !== undefined && isNearlyAll(field, model.input);
    },
  };
  fieldsByModel.set(model, fields);
  return fields;
}
