import type { GraphBuilder } from '../../graph/builder.ts';
import { float32 } from '../../graph/graph.ts';
import type { Dim } from '../../graph/opset.ts';
import { div, mul, positive, scaled, shifted, sub } from '../../ops/emit.ts';
import type { GraphMethod, LayerValues } from '../method.ts';

/** Steps of power iteration; the error falls with (λ₂/λ₁)^steps, and λ₂/λ₁ is 0.02 to 0.6 in trained networks. */
const steps = 40;
/** Steps between normalisations: λ₁ is between 1 and n then, so that n⁴ stays far within float32. */
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
  emit: (b, at, variant) => principalMap(b, variant === 'centred' ? centred(b, at.activation) : at.activation, at),
};

function centred(b: GraphBuilder, activation: string): string {
  return sub(b, activation, b.op('GlobalAveragePool', [activation], {}));
}

/** X·v₁ of values [N,C,H,W]: [N,1,H·W]. */
function principalMap(b: GraphBuilder, values: string, at: LayerValues): string {
  const [images, channels, height, width] = at.shape as [Dim, number, number, number];
  const x = b.op('Reshape', [values], { shape: [images, channels, height * width] });
  const transposed = b.op('Transpose', [x], { perm: [0, 2, 1] });
  const map =
    channels <= height * width
      ? b.op('MatMul', [firstEigenvector(b, b.op('MatMul', [x, transposed], {})).vector, x], {})
      : scaledVector(b, firstEigenvector(b, b.op('MatMul', [transposed, x], {})));
  const sums = b.op('ReduceSum', [transposed], { axes: [2], keepdims: true });
  return mul(b, map, shifted(b, scaled(b, positive(b, b.op('MatMul', [map, sums], {})), 2), -1));
}

interface Eigen {
  /** Unit row vector [N,1,n]. */
  vector: string;
  /** Its eigenvalue [N,1,1]. */
  value: string;
}

/** √λ·u: the projection, where u is a vector of positions. */
function scaledVector(b: GraphBuilder, { vector, value }: Eigen): string {
  return mul(b, vector, b.op('Sqrt', [value], {}));
}

/** The eigenvector of the largest eigenvalue of a Gram matrix [N,n,n]. */
function firstEigenvector(b: GraphBuilder, gram: string): Eigen {
  // Its largest entry is on the diagonal, so that eigenvalues of the quotient are at most n and the first at least 1.
  const largest = shifted(b, b.op('ReduceMax', [gram], { axes: [1, 2], keepdims: true }), tiny);
  const matrix = div(b, gram, largest);
  // A row times a symmetric matrix: engines read the matrix once and copy nothing.
  const step = (v: string) => b.op('MatMul', [v, matrix], {});
  let vector = step(start(b, b.shape(gram)[2] as number));
  for (let i = 0; i < steps; i += stride) {
    vector = normalised(b, vector).vector;
    for (let k = 0; k < stride; k++) vector = step(vector);
  }
  const { vector: unit } = normalised(b, vector);
  return { vector: unit, value: mul(b, normalised(b, step(unit)).norm, largest) };
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

function normalised(b: GraphBuilder, v: string): { vector: string; norm: string } {
  const norm = b.op('Sqrt', [b.op('ReduceSum', [mul(b, v, v)], { axes: [2], keepdims: true })], {});
  return { vector: div(b, v, shifted(b, norm, tiny)), norm };
}
