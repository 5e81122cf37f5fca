/**
 * The part of JSON schema draft-07 that media/glassbox.schema.json uses. An unknown keyword throws, so that a new one cannot
 * be overlooked.
 */
type Schema = Readonly<Record<string, unknown>>;

const annotations = new Set(['$schema', 'title', 'description', 'default', 'examples', 'defaultSnippets', 'then']);

export function isValid(schema: Schema, value: unknown): boolean {
  return Object.entries(schema).every(([keyword, rule]) => {
    if (annotations.has(keyword)) return true;
    const check = keywords[keyword];
    if (!check) throw new Error(`Keyword ${keyword} is not known to the test.`);
    return check(rule, value, schema);
  });
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const types: Record<string, (value: unknown) => boolean> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
};

const keywords: Record<string, (rule: unknown, value: unknown, schema: Schema) => boolean> = {
  type: (rule, value) => types[rule as string]!(value),
  properties: (rule, value) =>
    !isObject(value) ||
    Object.entries(rule as Record<string, Schema>).every(([key, schema]) => !Object.hasOwn(value, key) || isValid(schema, value[key])),
  additionalProperties: (rule, value, schema) =>
    !isObject(value) ||
    Object.entries(value)
      .filter(([key]) => !Object.hasOwn((schema.properties as object | undefined) ?? {}, key))
      .every(([, each]) => rule !== false && isValid(rule as Schema, each)),
  maxProperties: (rule, value) => !isObject(value) || Object.keys(value).length <= (rule as number),
  required: (rule, value) => !isObject(value) || (rule as string[]).every((key) => Object.hasOwn(value, key)),
  items: (rule, value) => !Array.isArray(value) || value.every((item) => isValid(rule as Schema, item)),
  minItems: (rule, value) => !Array.isArray(value) || value.length >= (rule as number),
  maxItems: (rule, value) => !Array.isArray(value) || value.length <= (rule as number),
  minLength: (rule, value) => typeof value !== 'string' || value.length >= (rule as number),
  pattern: (rule, value) => typeof value !== 'string' || new RegExp(rule as string).test(value),
  minimum: (rule, value) => typeof value !== 'number' || value >= (rule as number),
  maximum: (rule, value) => typeof value !== 'number' || value <= (rule as number),
  exclusiveMinimum: (rule, value) => typeof value !== 'number' || value > (rule as number),
  enum: (rule, value) => (rule as unknown[]).includes(value),
  const: (rule, value) => rule === value,
  not: (rule, value) => !isValid(rule as Schema, value),
  allOf: (rule, value) => (rule as Schema[]).every((schema) => isValid(schema, value)),
  anyOf: (rule, value) => (rule as Schema[]).some((schema) => isValid(schema, value)),
  if: (rule, value, schema) => !isValid(rule as Schema, value) || isValid(schema.then as Schema, value),
};
