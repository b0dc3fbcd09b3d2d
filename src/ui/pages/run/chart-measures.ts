// Where the plot lies within a chart: after the labels of its axis, and up to a little before its end.
export const AXIS_PX = 44;

/** Half of the last step's label stands beyond the plot. */
export const endPx = (lastStep: number) => Math.max(10, Math.ceil(3.5 * String(lastStep).length));
