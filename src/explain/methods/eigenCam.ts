import type { GraphBuilder } from '../../graph/builder.ts';
import { float32 } from '../../graph/graph.ts';
import type { Dim } from '../../graph/opset.ts';
import { div, mul, positive, scaled, shifted, sub } from '../../ops/emit.ts';
import type { GraphMethod, LayerValues } from '../method.ts';

/**
 * Power iteration on the Gram matrix: its square, as often as said, then steps with the result: the error falls with
 * (λ₂/λ₁)^(2^squarings·steps). In trained networks λ₂/λ₁ is up to 0.75, in large layers up to 0.4, and 0.95 once centred.
 */
interface Iteration {
  squarings: number;
  steps: number;
}
/** Size up to which squaring the matrix costs less than the steps it saves. */
const small = 256;
const iterations = {
  small: { squarings: 4, steps: 8 },
  large: { squarings: 0, steps: 24 },
  centred: { squarings: 4, steps: 16 },
} satisfies Record<string, Iteration>;
/** Steps between normalisations: λ₁ is between 1 and n, so that n⁴ stays far within float32. */
const stride = 4;
/** Keeps a layer that is 0 everywhere from dividing by 0. */
const tiny = 1e-30;

/**
 * Eigen-CAM: the layer's output as a matrix X [positions, channels], projected on its first right singular vector: X·v₁.
 * The singular vector has no sign of its own: the one whose map agrees with Σ_k A_k is taken. Knows no class and no gradient.
 * Found by power iteration on the smaller of X·Xᵀ and Xᵀ·X.
 * @see Muhammad, Yeasin, Eigen-CAM: Class Activation Map using Principal Components, IJCNN 2020, eq. 2-4
 */
export const eigenCam: GraphMethod = {
  family: 'graph',
  info: {
    id: 'eigen-cam',
    label: 'Eigen-CAM',
    family: 'cam',
    about: 'The strongest common pattern of the layer’s channels: where it is active most. The same for every class.',
    misleads:
      'Says what the layer sees, not what the network decides: it cannot tell classes apart. Uncentred, it is close to the mean activation.',
    formula: 'X·v₁, X = U Σ Vᵀ [positions, channels]',
    source: 'Muhammad, Yeasin, IJCNN 2020, eq. 2-4; sign such that the map agrees with Σ_k A_k. Variant centred: pytorch-grad-cam.',
    at: 'layer',
    slow: false,
    targets: 'none',
    exportable: true,
    variants: [
      { id: 'standard', label: 'positive', about: 'As published, not centred. Draws max(0, map).' },
      { id: 'signed', label: 'signed', about: 'The same, with what points the other way in blue.' },
      {
        id: 'centred',
        label: 'centred (PCA)',
        about: 'Each channel’s mean over positions is taken off first: the first principal component, as pytorch-grad-cam does. Signed.',
      },
    ],
    params: [],
  },
  kind: (variant) => ({ relu: variant === 'standard', signed: true, unit: 'activation along the first singular vector' }),
  computes: (variant) => (variant === 'centred' ? 'centred' : 'standard'),
  sweeps: () => [],
  emit: (b, at, variant) =>
    variant === 'centred' ? principalMap(b, centred(b, at.activation), at, iterations.centred) : principalMap(b, at.activation, at),
};

function centred(b: GraphBuilder, activation: string): string {
  return sub(b, activation, b.op('GlobalAveragePool', [activation], {}));
}

/** X·v₁ of values [N,C,H,W]: [N,1,H·W]. */
function principalMap(b: GraphBuilder, values: string, at: LayerValues, iteration?: Iteration): string {
  const [images, channels, height, width] = at.shape as [Dim, number, number, number];
  const x = b.op('Reshape', [values], { shape: [images, channels, height * width] });
  const transposed = b.op('Transpose', [x], { perm: [0, 2, 1] });
  if (channels <= height * width) {
    const { vector } = firstEigenvector(b, b.op('MatMul', [x, transposed], {}), iteration);
    // map·ΣA = v·G·1 = λ Σ v: the vector's own sum has the sign of the agreement.
    return b.op('MatMul', [mul(b, vector, sign(b, total(b, vector))), x], {});
  }
  const { vector, value } = firstEigenvector(b, b.op('MatMul', [transposed, x], {}), iteration);
  const agreement = total(b, mul(b, vector, b.op('ReduceSum', [x], { axes: [1], keepdims: true })));
  // X·v₁ = √λ·u, where u is a vector of positions.
  return mul(b, vector, mul(b, b.op('Sqrt', [value], {}), sign(b, agreement)));
}

/** −1 or 1. */
function sign(b: GraphBuilder, value: string): string {
  return shifted(b, scaled(b, positive(b, value), 2), -1);
}

/** Σ of a row vector: [N,1,n] → [N,1,1]. */
function total(b: GraphBuilder, vector: string): string {
  return b.op('ReduceSum', [vector], { axes: [2], keepdims: true });
}

interface Eigen {
  /** Unit row vector [N,1,n]. */
  vector: string;
  /** Its eigenvalue [N,1,1]. */
  value: string;
}

/** The eigenvector of the largest eigenvalue of a Gram matrix [N,n,n]. */
function firstEigenvector(b: GraphBuilder, gram: string, iteration: Iteration | undefined): Eigen {
  const n = b.shape(gram)[2] as number;
  const { squarings, steps } = iteration ?? (n <= small ? iterations.small : iterations.large);
  const { matrix, largest } = byLargest(b, gram);
  let powered = matrix;
  for (let i = 0; i < squarings; i++) powered = byLargest(b, b.op('MatMul', [powered, powered], {})).matrix;
  let vector = start(b, n);
  for (let i = 0; i < steps; i++) {
    // A row times a symmetric matrix: engines read the matrix once and copy nothing.
    vector = b.op('MatMul', [vector, powered], {});
    if (i % stride === stride - 1) vector = unit(b, vector);
  }
  vector = unit(b, vector);
  return { vector, value: mul(b, norm(b, b.op('MatMul', [vector, matrix], {})), largest) };
}

/** The matrix over its largest entry, which is on its diagonal: its first eigenvalue is between 1 and n then. */
function byLargest(b: GraphBuilder, gram: string): { matrix: string; largest: string } {
  const largest = shifted(b, b.op('ReduceMax', [gram], { axes: [1, 2], keepdims: true }), tiny);
  return { matrix: div(b, gram, largest), largest };
}

/** Positive, as the eigenvector of activations that are not negative is, and irregular, so that it is orthogonal to none. */
function start(b: GraphBuilder, n: number): string {
  const name = `eigen-start:${n}`;
  return b.constants.has(name)
    ? name
    : b.constant(
        name,
        float32(
          [1, 1, n],
          Float32Array.from({ length: n }, (_, i) => 1 + Math.sin(i * i) / 2),
        ),
      );
}

function norm(b: GraphBuilder, v: string): string {
  return b.op('Sqrt', [total(b, mul(b, v, v))], {});
}

function unit(b: GraphBuilder, v: string): string {
  return div(b, v, shifted(b, norm(b, v), tiny));
}
