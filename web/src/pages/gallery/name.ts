import type { Item } from "./api";

/** What an asset is called: the words it was made from, else its label or the name of its file. */
export function nameOf({ asset }: Item): string {
  return [asset.provenance?.prompt, asset.label, asset.name].find(Boolean) ?? "";
}
