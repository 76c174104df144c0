// Names of references as the server takes them: 1 to 40 letters, digits, _ and -.

const NAME = /^[\p{L}\p{N}_-]{1,40}$/u;

/** Without the @ that people type in front. */
export function bareName(typed: string): string {
  return typed.trim().replace(/^@/, "");
}

export function isName(name: string): boolean {
  return NAME.test(name);
}

/** A name for a file: `Ma robe d'été.jpg` -> `Ma-robe-d-été`; empty when nothing of it can be used. */
export function nameOfFile(file: string): string {
  return file
    .replace(/\.[^.]+$/, "")
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}_-]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
}

/** The sentence with the mention at its end, once. */
export function withMention(prompt: string, mention: string): string {
  const has = prompt.split(/[\s,.;:!?]+/).includes(mention);
  return has ? prompt : `${prompt.trimEnd()} ${mention} `.trimStart();
}
