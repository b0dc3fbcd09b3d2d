// How numbers, times and texts are written in few characters.

const grouped = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** 12345 as 12,345. */
export const formatCount = (count: number) => grouped.format(count);

/** 12345 as 12.3K. */
export const formatShort = (count: number) => short.format(count);

/** A count that was reckoned, to three digits: more of them would be made up. */
export const formatEstimate = (count: number) => `≈ ${formatCount(Number(count.toPrecision(3)))}`;

/** 0.0312 as 3 %. */
export const formatShare = (share: number) => `${Number((100 * share).toPrecision(share < 0.1 ? 1 : 2))} %`;

/** At most four decimals, none of them an idle zero; a true minus. What they can't hold has an exponent: −1e−9. */
export function formatScore(value: number): string {
  const size = Math.abs(value);
  const fits = value === 0 || (size >= 0.00005 && size < 1e9);
  return String(fits ? Number(value.toFixed(4)) : toShortExponent(value)).replaceAll("-", "−");
}

/** Two digits at most, none of them an idle zero. */
const toShortExponent = (value: number) => value.toExponential(1).replace(".0e", "e").replace("e+", "e");

export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const at = bytes < 1 ? 0 : Math.min(Math.floor(Math.log(bytes) / Math.log(1_000)), units.length - 1);
  const value = bytes / 1_000 ** at;
  return `${value >= 100 || at === 0 ? Math.round(value) : value.toFixed(1)} ${units[at]}`;
}

const ages: [seconds: number, unit: string][] = [
  [31_536_000, "y"],
  [2_592_000, "mo"],
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
];

/** How long ago an instant was: "3 min", "2 d", "now". */
export function formatAge(instant: string, now: number): string {
  const seconds = (now - Date.parse(instant)) / 1_000;
  return seconds < 60 ? "now" : formatDuration(seconds);
}

/** 90 as "1 min", 3 as "3 s". */
export function formatDuration(seconds: number): string {
  const [size, unit] = ages.find(([size]) => seconds >= size) ?? [1, "s"];
  return `${Math.floor(seconds / size)} ${unit}`;
}

const written = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });

export const formatInstant = (instant: string) => written.format(new Date(instant));

/** "1 step", "2 steps". */
export function formatPlural(count: number, one: string): string {
  return `${formatCount(count)} ${one}${count === 1 ? "" : "s"}`;
}
