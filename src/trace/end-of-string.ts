/** One past the quotation mark that ends the string of a JSON text which begins at `start`, or the text's end. */
export function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const character = text[i];
    if (character === "\\") i++;
    else if (character === '"') return i + 1;
  }
  return text.length;
}
