// Where in a sentence a mention is being typed.

export interface Mention {
  /** Of the `@`. */
  start: number;
  /** Behind the last letter of the name. */
  end: number;
  /** What is typed so far, without the `@`. */
  query: string;
}

/** The mention that the caret stands in or behind; null without one. An e-mail address is none. */
export function mentionAt(text: string, caret: number): Mention | null {
  const before = /(?:^|[\s(,;])@([\p{L}\p{N}_-]*)$/u.exec(text.slice(0, caret));
  if (before === null) return null;
  const query = before[1] ?? "";
  const rest = /^[\p{L}\p{N}_-]*/u.exec(text.slice(caret))?.[0] ?? "";
  return { start: caret - query.length - 1, end: caret + rest.length, query };
}
