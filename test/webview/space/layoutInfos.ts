import type { LayoutInfo } from '../../../src/shared/spaceProtocol.ts';

/** As the engine tells them; a test of the engine's side compares the ids and parameters. */
export const layoutInfos: readonly LayoutInfo[] = [
  {
    id: 'tsne',
    label: 't-SNE',
    about: 'Keeps neighbours together: groups are groups of the feature space.',
    misleads: 'Distances between groups and their sizes say little.',
    formula: 'min KL(P‖Q), q_ij ∝ (1 + |y_i − y_j|²)⁻¹',
    source: 'van der Maaten, Hinton 2008; van der Maaten 2014 (Barnes–Hut); Linderman et al. 2019 (interpolated)',
    params: [
      {
        id: 'perplexity',
        label: 'Perplexity',
        about: 'How many neighbours each point has a say with.',
        default: 30,
        min: 2,
        max: 100,
        step: 1,
      },
      { id: 'iterations', label: 'Iterations', about: 'Early exaggeration included.', default: 1000, min: 100, max: 5000, step: 50 },
      {
        id: 'exaggeration',
        label: 'Early exaggeration',
        about: 'Factor of the attraction in the first 250 iterations.',
        default: 12,
        min: 1,
        max: 50,
        step: 1,
      },
      { id: 'metric', label: 'Metric', about: 'Of the neighbours.', default: 'cosine', options: ['cosine', 'euclidean'] },
      { id: 'seed', label: 'Seed', about: 'Of the tiny noise that the start has.', default: 0, min: 0, max: 1000000, step: 1 },
    ],
  },
  {
    id: 'pca',
    label: 'PCA',
    about: 'The two directions in which the features vary most.',
    misleads: 'What varies little is not seen, classes included.',
    formula: 'Y = X·[v₁ v₂]',
    source: 'Pearson 1901',
    params: [],
  },
  {
    id: 'umap',
    label: 'UMAP',
    about: 'Keeps neighbours together, tighter than t-SNE.',
    misleads: 'Distances between groups say little; gaps may be made.',
    formula: 'min Σ CE(p_ij, q_ij)',
    source: 'McInnes, Healy, Melville 2018',
    params: [
      {
        id: 'neighbours',
        label: 'Neighbours',
        about: 'How many neighbours each point is tied to.',
        default: 15,
        min: 2,
        max: 100,
        step: 1,
      },
      { id: 'minDist', label: 'Minimal distance', about: 'How tightly points are packed.', default: 0.1, min: 0, max: 1, step: 0.05 },
      { id: 'seed', label: 'Seed', about: 'Of the start.', default: 0, min: 0, max: 1000000, step: 1 },
    ],
  },
];
