// Bringing pictures into the draft: stored at the server at once, with progress in words and errors where they belong.
import { useCallback, useState } from "react";
import { uploadFiles } from "@/api/assets";
import type { Asset, Role } from "@/api/types";
import { addPictures, draftStore, uploadsStore, type DraftPicture } from "./draft";

/** Where a picture goes that nobody gave a role: the first is worked on, later ones are references; clips are clips. */
export function roleFor(mediaType: string, pictures: readonly DraftPicture[]): Role {
  if (mediaType.startsWith("video/")) return "clip";
  return pictures.some((picture) => picture.role === "working") ? "reference" : "working";
}

export function pictureOf(asset: Pick<Asset, "id" | "name" | "media">, role: Role): DraftPicture {
  return { assetId: asset.id, role, name: asset.name, mediaType: asset.media.media_type };
}

/** `add(files, role?)` stores files and puts them into the draft; `error` is that of the last try, which `again` repeats. */
export function useUploads(): {
  add: (files: readonly File[], role?: Role) => Promise<number>;
  error: unknown;
  again: () => void;
} {
  const [failed, setFailed] = useState<{
    error: unknown;
    files: readonly File[];
    role: Role | undefined;
  } | null>(null);
  const add = useCallback(async (files: readonly File[], role?: Role): Promise<number> => {
    if (files.length === 0) return 0;
    setFailed(null);
    uploadsStore.set((now) => now + files.length);
    try {
      const assets = await uploadFiles(files);
      for (const asset of assets) {
        addPictures([pictureOf(asset, role ?? roleFor(asset.media.media_type, draftStore.get().pictures))]);
      }
      return assets.length;
    } catch (error) {
      setFailed({ error, files, role });
      return 0;
    } finally {
      uploadsStore.set((now) => now - files.length);
    }
  }, []);
  return {
    add,
    error: failed?.error,
    again: () => {
      if (failed !== null) void add(failed.files, failed.role);
    },
  };
}

/** The files of a paste or a drop, pictures and clips only. */
export function mediaFiles(transfer: DataTransfer | null): File[] {
  return [...(transfer?.files ?? [])].filter(
    (file) => /^(image|video)\//.test(file.type) || file.type === "",
  );
}
