// What the statistics say, as columns with words and links.
import type { TraceStats } from "../../../contract/stats.ts";
import type { Column } from "./ColumnChart.tsx";
import { binDays } from "./day-bins.ts";
import { narrow } from "./narrow.ts";

type Format = (count: number) => string;

const day = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" });

export function dayColumns(days: TraceStats["by"]["day"], query: string, format: Format): Column[] {
  const bins = binDays(days.map(({ value, count }) => ({ day: value ?? "", count })));
  return bins.map(({ from, to, count }, at) => {
    const isLone = from === to;
    const name = isLone ? day.format(new Date(from)) : day.formatRange(new Date(from), new Date(to));
    return {
      label: `${name}: ${format(count)}`,
      count,
      query: narrow(query, "created", isLone ? from : `${from}..${to}`),
      tick:
        at === 0 ? day.format(new Date(from)) : at === bins.length - 1 ? day.format(new Date(to)) : undefined,
    };
  });
}

type Histogram = TraceStats["histograms"]["steps"];

/** @param bounds the least and the most that the query asks for: a column at their edge is not whole */
export function sizeColumns(
  histogram: Histogram,
  term: { key: string; unit: string },
  bounds: { least: number; most: number },
  query: string,
  format: Format,
): Column[] {
  const buckets = withoutGaps(histogram);
  return buckets.map(({ from, below, count }, at) => {
    const least = Math.max(from, bounds.least);
    const most = Math.min(below === null ? Number.POSITIVE_INFINITY : below - 1, bounds.most);
    const range =
      most === Number.POSITIVE_INFINITY ? `${least}..` : least === most ? `${least}` : `${least}..${most}`;
    const words = range
      .replace(/\d+/g, (digits) => Number(digits).toLocaleString("en"))
      .replace("..", " to ");
    return {
      label: `${words} ${term.unit}: ${format(count)}`,
      count,
      query: narrow(query, term.key, range),
      tick: buckets.length > 12 && at % 2 === 1 ? undefined : shortPower(from),
    };
  });
}

function withoutGaps(histogram: Histogram): Histogram {
  return histogram.flatMap((bucket, at) => {
    const gap: Histogram = [];
    for (let from = histogram[at - 1]?.below ?? bucket.from; from < bucket.from; from = from * 2 || 1)
      gap.push({ from, below: from * 2 || 1, count: 0 });
    return [...gap, bucket];
  });
}

/** 4096 as 4K: powers of two, whose K is 1024. */
function shortPower(value: number): string {
  const at = Math.min(3, Math.floor(Math.log2(Math.max(value, 1)) / 10));
  return `${value / 1024 ** at}${["", "K", "M", "G"][at]}`;
}
