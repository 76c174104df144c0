/** Where the original is when the result is at `seconds`: slow motion stretches its time. */
export function originalTime(seconds: number, slow: number): number {
  return seconds / slow;
}

/** Whether two places in a clip are apart by more than people see. */
export function isApart(one: number, other: number): boolean {
  return Math.abs(one - other) > 0.08;
}
