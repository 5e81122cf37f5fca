/** What is seen of a point beside its colour; bits of a byte. `faint`: left out by the legend. */
export const faint = 1;
/** The network says something else than the label: a ring. */
export const wrong = 2;
export const selected = 4;
/** Other pictures are selected, or another group is pointed at in the legend. */
export const dimmed = 8;
