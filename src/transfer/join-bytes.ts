/** Joins bytes in memory of their own, which can be handed to another thread; a small Buffer shares its memory. */
export function joinBytes(parts: readonly Buffer[]): Buffer {
  const whole = Buffer.allocUnsafeSlow(parts.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const part of parts) at += part.copy(whole, at);
  return whole;
}
