// Times on the wire: ISO 8601; a date alone means its first moment, a missing zone means UTC.

/** PostgreSQL knows zones up to 15:59 from UTC; none in use is further off than 14 hours. */
const SHAPE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-5]):?[0-5]\d)?)?$/;

export function isInstant(text: string): boolean {
  return SHAPE.test(text) && !text.startsWith("0000") && isRealDate(text);
}

/** The instant as text that PostgreSQL reads the same way whatever its time zone. */
export function toUtcText(instant: string): string {
  return /T.*(Z|[+-]\d\d:?\d\d)$/.test(instant)
    ? instant
    : `${instant}${instant.includes("T") ? "Z" : "T00:00Z"}`;
}

/** Milliseconds since 1970; what is finer is cut off. */
export function toTime(instant: string): number {
  return Date.parse(toUtcText(instant).replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
}

/** `Date` rolls 31 February over into March: a date that changes on the way was none. */
function isRealDate(text: string): boolean {
  const time = toTime(text);
  // A zone can carry a time out of the years that four digits name.
  const year = new Date(time).getUTCFullYear();
  if (Number.isNaN(time) || year < 1 || year > 9_999) return false;
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return (
    !Number.isNaN(time) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text.slice(0, 10))
  );
}
