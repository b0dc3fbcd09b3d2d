// Days put together to columns: no more than can be told apart, and none left out where nothing came.

export interface DayBin {
  /** The first and the last day of it on which traces came; both its first day where none did. */
  from: string;
  to: string;
  count: number;
}

const MOST_COLUMNS = 62;
const DAY_MS = 86_400_000;

/** How long a bin is at least, where that of a moment begins, and where the next one does. */
interface Unit {
  days: number;
  start(ms: number): number;
  next(start: number): number;
}

// 1970 began on a Thursday; weeks begin on Mondays.
const units: Unit[] = [daysFrom(0, 1), daysFrom(-3, 7), months(1), months(12), months(120), months(1200)];

function daysFrom(epochDay: number, days: number): Unit {
  return {
    days,
    start: (ms) => (Math.floor((ms / DAY_MS - epochDay) / days) * days + epochDay) * DAY_MS,
    next: (start) => start + days * DAY_MS,
  };
}

function months(count: number): Unit {
  const monthOf = (ms: number) => {
    const date = new Date(ms);
    return date.getUTCFullYear() * 12 + date.getUTCMonth();
  };
  const startOf = (month: number) => Date.UTC(1970, month - 1970 * 12);
  return {
    days: 28 * count,
    start: (ms) => startOf(Math.floor(monthOf(ms) / count) * count),
    next: (start) => startOf(monthOf(start) + count),
  };
}

/** @param days as YYYY-MM-DD, in any order */
export function binDays(days: readonly { day: string; count: number }[]): DayBin[] {
  const times = days.map(({ day }) => Date.parse(day));
  const first = Math.min(...times);
  const last = Math.max(...times);
  const isRoomFor = (unit: Unit) => (last - first) / DAY_MS / unit.days < MOST_COLUMNS - 1;
  const unit = units.find(isRoomFor) ?? (units.at(-1) as Unit);
  const bins = new Map<number, DayBin>();
  for (let start = unit.start(first); start <= last; start = unit.next(start)) {
    const day = new Date(start).toISOString().slice(0, 10);
    bins.set(start, { from: day, to: day, count: 0 });
  }
  for (const { day, count } of days.toSorted((a, b) => (a.day < b.day ? -1 : 1))) {
    const bin = bins.get(unit.start(Date.parse(day))) as DayBin;
    if (bin.count === 0) bin.from = day;
    bin.to = day;
    bin.count += count;
  }
  return [...bins.values()];
}
