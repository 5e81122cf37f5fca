import { dataType } from '../dataType.ts';
import { Refused, type Translate } from './operator.ts';

const same =
  (op: string): Translate =>
  () => ({ op });
const withActivation =
  (op: string): Translate =>
  (o) => ({ op, attrs: o.fused() });

const CAST: Translate = (o) => ({ op: 'Cast', attrs: { DstT: dataType(o.output.type) } });

/** x / max(‖x‖, 1e-6) along the last axis. */
const L2_NORMALIZATION: Translate = (o) => ({ op: 'L2Normalize', attrs: o.fused() });

const LOCAL_RESPONSE_NORMALIZATION: Translate = (o) => ({
  op: 'LRN',
  attrs: { depth_radius: o.number('radius'), bias: o.number('bias'), alpha: o.number('alpha'), beta: o.number('beta') },
});

const RELU_0_TO_1: Translate = (o) => ({
  op: 'ClipByValue',
  inputs: [o.input(0), o.constant('min', 'float32', [0], []), o.constant('max', 'float32', [1], [])],
});

const SOFTMAX: Translate = (o) => {
  const beta = o.number('beta');
  if (!(beta > 0)) throw new Refused(`has beta ${beta}`);
  return { op: 'Softmax', attrs: beta === 1 ? {} : { beta } };
};

export const elementwise = {
  ABS: same('Abs'),
  ADD: withActivation('AddV2'),
  ADD_N: same('AddN'),
  CAST,
  CEIL: same('Ceil'),
  // Values run in float: what they stand for is the same before and after.
  DEQUANTIZE: same('Identity'),
  DIV: withActivation('RealDiv'),
  ELU: same('Elu'),
  EQUAL: same('Equal'),
  EXP: same('Exp'),
  FAKE_QUANT: same('Identity'),
  FLOOR: same('Floor'),
  FLOOR_DIV: same('FloorDiv'),
  FLOOR_MOD: same('FloorMod'),
  GELU: ((o) => ({ op: o.flag('approximate') ? 'GeluTanh' : 'Gelu' })) as Translate,
  GREATER: same('Greater'),
  GREATER_EQUAL: same('GreaterEqual'),
  HARD_SWISH: same('HardSwish'),
  L2_NORMALIZATION,
  LEAKY_RELU: ((o) => ({ op: 'LeakyRelu', attrs: { alpha: o.number('alpha') } })) as Translate,
  LESS: same('Less'),
  LESS_EQUAL: same('LessEqual'),
  LOCAL_RESPONSE_NORMALIZATION,
  LOG: same('Log'),
  LOGICAL_AND: same('LogicalAnd'),
  LOGICAL_NOT: same('LogicalNot'),
  LOGICAL_OR: same('LogicalOr'),
  LOGISTIC: same('Sigmoid'),
  LOG_SOFTMAX: same('LogSoftmax'),
  MAXIMUM: same('Maximum'),
  MINIMUM: same('Minimum'),
  MUL: withActivation('Mul'),
  NEG: same('Neg'),
  NOT_EQUAL: same('NotEqual'),
  POW: same('Pow'),
  PRELU: same('PRelu'),
  QUANTIZE: same('Identity'),
  RELU: same('Relu'),
  RELU6: same('Relu6'),
  RELU_0_TO_1,
  RELU_N1_TO_1: same('ReluN1To1'),
  ROUND: same('Round'),
  RSQRT: same('Rsqrt'),
  SELECT: same('Select'),
  SELECT_V2: same('SelectV2'),
  SIGN: same('Sign'),
  SOFTMAX,
  SQRT: same('Sqrt'),
  SQUARE: same('Square'),
  SQUARED_DIFFERENCE: same('SquaredDifference'),
  SUB: withActivation('Sub'),
  TANH: same('Tanh'),
  ZEROS_LIKE: same('ZerosLike'),
};
