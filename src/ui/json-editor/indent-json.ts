/**
 * JSON with a line for each member, its values digit by digit as they were. Parsing it and writing it anew would round
 * large numbers and drop repeated keys. What is not JSON comes back more or less as it is.
 */
export function indentJson(text: string): string {
  const lines: string[] = [];
  let line = "";
  let depth = 0;
  const endLine = () => {
    lines.push(line);
    line = "  ".repeat(depth);
  };
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s"{}[\],:]+/gs)) {
    if (token === "{" || token === "[") {
      line += token;
      depth++;
      endLine();
    } else if (token === "}" || token === "]") {
      depth = Math.max(0, depth - 1);
      const isEmpty = line.trim() === "" && /[{[]$/.test(lines.at(-1) ?? "");
      if (isEmpty) line = lines.pop() ?? "";
      else endLine();
      line += token;
    } else if (token === ",") {
      line += token;
      endLine();
    } else line += token === ":" ? ": " : token;
  }
  lines.push(line);
  return lines.join("\n");
}
