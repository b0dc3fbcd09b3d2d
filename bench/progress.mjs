/** Lines that tell what goes on; the table at the end is what counts. */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** A count with thousands apart, small ones with a decimal. */
export function formatNumber(value) {
  return value.toLocaleString("en-GB", { maximumFractionDigits: value < 100 ? 1 : 0 });
}
