// Amounts as people type them and as the server takes them: dollars as text, never a float in between.

const AMOUNT = /^\d{1,10}(\.\d{1,6})?$/;

/** `1,50` and `$1.50` -> `1.50`; null for what is no amount. */
export function dollarsOf(typed: string): string | null {
  const text = typed
    .trim()
    .replace(/^\$\s*/, "")
    .replace(/\s*\$$/, "")
    .replace(",", ".");
  return AMOUNT.test(text) ? text : null;
}

/** Micro-dollars as the text of a field: 1500000 -> `1.50`. */
export function fieldOf(amount: number): string {
  const whole = Math.floor(amount / 1_000_000);
  const rest = String(amount % 1_000_000)
    .padStart(6, "0")
    .replace(/0{1,4}$/, "");
  return `${whole}.${rest}`;
}
