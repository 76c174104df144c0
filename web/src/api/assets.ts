// Addresses of stored files, and storing new ones.
import { api, ask } from "./client";
import type { Asset } from "./types";

export function contentUrl(id: string, options: { download?: boolean } = {}): string {
  return `/api/v1/assets/${id}/content${options.download ? "?download=true" : ""}`;
}

/** A small WebP; `side` is 128, 256, 512 or 1024 pixels at most. */
export function thumbnailUrl(id: string, side: 128 | 256 | 512 | 1024 = 256): string {
  return `/api/v1/assets/${id}/thumbnail?side=${side}`;
}

/** Store files as assets, in their order. Raises ApiProblem, which names the file that was not taken. */
export async function uploadFiles(files: readonly File[]): Promise<Asset[]> {
  const form = new FormData();
  for (const file of files) form.append("file", file, file.name || "picture");
  const answer = await ask(
    api.POST("/api/v1/assets", {
      body: form as unknown as { file?: string[] },
      bodySerializer: (body) => body as unknown as FormData,
    }),
  );
  return answer.assets;
}
