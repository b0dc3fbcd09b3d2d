/**
 * Joins bytes in memory that can be handed to another thread; a small Buffer shares its own.
 * @param memory to put them into, if they fit
 */
export function joinBytes(parts: readonly Buffer[], memory?: Buffer): Buffer {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const whole = memory !== undefined && size <= memory.length ? memory : Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const part of parts) at += part.copy(whole, at);
  return whole.subarray(0, size);
}
