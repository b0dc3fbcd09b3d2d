/** The first number of a JSON text that a double does not hold with every digit; undefined when there is none. */
export function findInexactNumber(text: string): string | undefined {
  const withoutStrings = text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return withoutStrings
    .match(/-?\d[\d.eE+-]*/g)
    ?.find((number) => digitsOf(number) !== digitsOf(String(Number(number))));
}

/** Its significant digits, and the power of ten of the first of them. */
function digitsOf(number: string): string {
  const [mantissa = "", exponent = "0"] = number.toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = `${whole}${fraction}`;
  const leading = /^0*/.exec(digits)?.[0].length ?? 0;
  const significant = digits.slice(leading).replace(/0+$/, "");
  return significant === "" ? "0" : `${significant}e${Number(exponent) + whole.length - leading}`;
}
