/**
 * The vocabulary: every operator of a Glassbox graph and its attributes, on one page.
 *
 * Operators, attributes and shapes mean what ONNX opset 17 says they mean (https://onnx.ai/onnx/operators),
 * with these restrictions, which importers establish:
 * - Spatial operators are 2-D, images are channels-first [N,C,H,W]; pads are [top, left, bottom, right]; no auto_pad.
 * - What ONNX passes as a constant tensor but only steers the operator (shape, axes, starts, pads, sizes) is an attribute.
 * - Axes are non-negative.
 * - Sizes are static but for the batch, which is written 'N' and stands on axis 0 only.
 */
export type Pair = readonly [number, number];
export type Pads = readonly [number, number, number, number];
/** A size, or the free batch dimension. */
export type Dim = number | 'N';
export type Shape = readonly Dim[];
export type DType = 'float32' | 'int64' | 'int32' | 'uint8' | 'bool';

interface Window {
  kernel: Pair;
  strides: Pair;
  dilations: Pair;
  pads: Pads;
}
type None = Record<string, never>;
interface Reduce {
  axes: readonly number[];
  keepdims: boolean;
}

export interface OpAttrs {
  // Linear: [x, weight, bias?]
  /** weight [outC, inC/group, kH, kW]. */
  Conv: { strides: Pair; dilations: Pair; pads: Pads; group: number };
  /** weight [inC, outC/group, kH, kW]; outputPadding adds rows at the bottom and columns at the right. */
  ConvTranspose: { strides: Pair; dilations: Pair; pads: Pads; outputPadding: Pair; group: number };
  /** alpha·op(a)·op(b) + beta·c over 2-D a, b. */
  Gemm: { transA: boolean; transB: boolean; alpha: number; beta: number };
  MatMul: None;
  // Normalisation
  /** [x, scale, bias, mean, variance], inference mode. */
  BatchNormalization: { epsilon: number };
  /** [x, scale, bias?] over the axes from `axis` on. */
  LayerNormalization: { axis: number; epsilon: number };
  /** Across channels: x / (bias + alpha/size · Σ x²)^beta. */
  LRN: { size: number; alpha: number; beta: number; bias: number };
  // Activations
  Relu: None;
  LeakyRelu: { alpha: number };
  /** [x, slope]. */
  PRelu: None;
  Clip: { min: number; max: number };
  Sigmoid: None;
  Tanh: None;
  HardSigmoid: { alpha: number; beta: number };
  HardSwish: None;
  /** x·sigmoid(x); not an ONNX 17 operator, written as Sigmoid + Mul. */
  SiLU: None;
  /** exact: x·Φ(x); tanh: the tanh approximation. */
  Gelu: { approximate: 'none' | 'tanh' };
  Elu: { alpha: number };
  Selu: { alpha: number; gamma: number };
  Softplus: None;
  Softsign: None;
  Mish: None;
  Erf: None;
  /** [x, scale, zero point], no ONNX 17 operator: scale·(clip(round(x/scale) + zero, low, high) − zero), half to even. */
  FakeQuantize: { low: number; high: number };
  Softmax: { axis: number };
  LogSoftmax: { axis: number };
  // Pooling
  MaxPool: Window & { ceilMode: boolean; withIndices: boolean };
  AveragePool: Window & { ceilMode: boolean; countIncludePad: boolean };
  GlobalAveragePool: None;
  GlobalMaxPool: None;
  // Element-wise, with broadcasting
  Add: None;
  Sub: None;
  Mul: None;
  Div: None;
  Pow: None;
  Max: None;
  Min: None;
  Neg: None;
  Abs: None;
  Sign: None;
  Sqrt: None;
  Exp: None;
  Log: None;
  Greater: None;
  Less: None;
  Equal: None;
  /** [condition, a, b]. */
  Where: None;
  Cast: { to: DType };
  Identity: None;
  // Shape
  Concat: { axis: number };
  Split: { axis: number; sizes: readonly number[] };
  Slice: { starts: readonly number[]; ends: readonly number[]; axes: readonly number[]; steps: readonly number[] };
  /**
   * [x, pads?]: all begins, then all ends, one per axis. Those of the second input, int64 and even negative, take the place of
   * the attribute's where sizes are free; types follow the attribute.
   */
  Pad: { pads: readonly number[]; mode: 'constant' | 'reflect' | 'edge'; value: number };
  Flatten: { axis: number };
  /**
   * The whole new shape, resolved; 'N' on axis 0 is the batch. With `regroup` it is what is left after the other axes,
   * so that gradients can treat channels as images ([N,C,H,W] → [N·C,1,H,W]) or flatten everything.
   */
  Reshape: { shape: Shape; regroup?: true };
  Transpose: { perm: readonly number[] };
  Squeeze: { axes: readonly number[] };
  Unsqueeze: { axes: readonly number[] };
  /** Broadcast to `shape`. */
  Expand: { shape: Shape };
  /** Spatial sizes only. nearest: asymmetric coordinates, floor; linear: as `coordinates` says. */
  Resize: { sizes: Pair; mode: 'nearest' | 'linear'; coordinates: 'half_pixel' | 'asymmetric' | 'align_corners' };
  /** Rearranges depth into space blocks, mode CRD (PyTorch pixel shuffle) or DCR. */
  DepthToSpace: { blocksize: number; mode: 'DCR' | 'CRD' };
  Gather: { axis: number };
  /** [data, indices, updates]; duplicates add up. */
  ScatterElements: { axis: number };
  // Reduction
  ReduceMean: Reduce;
  ReduceSum: Reduce;
  ReduceMax: Reduce;
  ReduceMin: Reduce;
  ArgMax: { axis: number; keepdims: boolean };
}

export type OpName = keyof OpAttrs;
