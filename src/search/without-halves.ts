/** The text without a half of a character at either end, where it was cut out of another one by UTF-16 units. */
export function withoutHalves(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, "");
}
