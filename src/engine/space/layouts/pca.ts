import { pca as principal } from '../../../numeric/pca.ts';
import { type LayoutMethod, metricOf, metricParam, placed } from './method.ts';
import { inMetric } from './space.ts';

export const pca: LayoutMethod = {
  info: {
    id: 'pca',
    label: 'PCA',
    about: 'The two directions along which the features vary most, and nothing else: no distance in the map is longer than in the space.',
    misleads: 'What varies less is not seen, classes included. The share of the variance says how much the map shows.',
    formula: 'Y = (X − x̄)·[v₁ v₂], v the leading eigenvectors of the covariance',
    source: 'Pearson 1901; Hotelling 1933',
    params: [metricParam],
  },
  async run(points, params, run) {
    await run.begin('principal components', 0);
    const { scores, variance, totalVariance } = principal(inMetric(points, metricOf(params)), 2);
    const share = (axis: number) => (totalVariance > 0 ? (variance[axis] ?? 0) / totalVariance : 0);
    return placed(scores, { variance: [share(0), share(1)] });
  },
};
