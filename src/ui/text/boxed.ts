/** What stands in the last `\boxed{…}` of a text: where models that do mathematics put their answer. */
export function findBoxed(text: string): string | undefined {
  const opening = "\\boxed{";
  const start = text.lastIndexOf(opening);
  if (start === -1) return undefined;
  const from = start + opening.length;
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) return text.slice(from, i);
  }
  return undefined;
}
