/** Where the plot lies within a chart: after the labels of its axis, and up to a little before its end. */
export const AXIS_PX = 44;
export const END_PX = 10;
