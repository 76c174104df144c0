/** 128 random bits in hex. `crypto.randomUUID` is missing on pages that are not served securely, a studio in the
 * local network among them. */
export function uniqueKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
