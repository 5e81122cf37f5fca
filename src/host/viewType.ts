/** What the editor knows the panels by. */
export const viewType = 'glassbox.explain';
export const unitsViewType = 'glassbox.units';
export const spaceViewType = 'glassbox.space';
export const comparisonViewType = 'glassbox.comparison';
