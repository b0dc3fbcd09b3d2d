// Figures as a page shows them; a dash where there is none.

/** 0.4213 as 0.421; a true minus. */
export function formatFigure(value: number | null | undefined, digits = 3): string {
  return value == null ? "–" : value.toFixed(digits).replace("-", "−");
}

/** +0.120, −0.050, and 0.000 without a sign. */
export function formatChange(value: number | null | undefined, digits = 3): string {
  const text = formatFigure(value, digits);
  return value != null && Number(value.toFixed(digits)) > 0 ? `+${text}` : text;
}

/** 0.0421 as 4.2 %. */
export function formatPercent(value: number | null | undefined): string {
  return value == null ? "–" : `${(value * 100).toFixed(value === 0 || value === 1 ? 0 : 1)} %`;
}

/** "0.381 – 0.459". */
export function formatInterval(low: number | null, high: number | null): string {
  return low === null || high === null ? "–" : `${formatFigure(low)} – ${formatFigure(high)}`;
}
