// Files that were brought on this page, by the id that the server gave them. Pictures of persons leave the server after
// their work; as long as the page is open, it can still show them and, when told to, store them again.
const copies = new Map<string, { file: File; url: string }>();

export function keepCopy(id: string, file: File): void {
  if (!copies.has(id)) copies.set(id, { file, url: URL.createObjectURL(file) });
}

export function copyOf(id: string): { file: File; url: string } | null {
  return copies.get(id) ?? null;
}
