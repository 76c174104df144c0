import { useRef, useState, type DragEvent, type ReactNode } from "react";
import { contentUrl, thumbnailUrl, uploadFiles } from "@/api/assets";
import type { Asset } from "@/api/types";
import { useWords } from "@/i18n";
import { work as words } from "@/i18n/work";
import { useWindowEvent } from "@/lib/hooks";
import { mediaFiles } from "@/lib/uploads";
import { Button, IconButton } from "../Button";
import { Icon } from "../Icon";
import { ProblemNote } from "../ProblemNote";
import { copyOf, keepCopy } from "./local-copies";

/** What is in a slot: an asset of the server. Sizes are null for what is no picture. */
export interface SlotFile {
  id: string;
  name: string;
  mediaType: string;
  width: number | null;
  height: number | null;
}

export function slotFileOf(asset: Pick<Asset, "id" | "name" | "media">): SlotFile {
  const { media_type: mediaType, width, height } = asset.media;
  return { id: asset.id, name: asset.name, mediaType, width, height };
}

/** Whatever was kept, as a slot's file; null for anything else. */
export function readSlotFile(found: unknown): SlotFile | null {
  if (typeof found !== "object" || found === null) return null;
  const { id, name, mediaType, width, height } = found as Record<string, unknown>;
  if (typeof id !== "string" || !/^[0-9a-f]{64}$/.test(id)) return null;
  if (typeof name !== "string" || typeof mediaType !== "string") return null;
  const size = (value: unknown): number | null => (typeof value === "number" ? value : null);
  return { id, name, mediaType, width: size(width), height: size(height) };
}

/** A named place for one file: drop it, paste it (where `takesPaste`), or press to choose. It is stored at once. */
export function Slot({
  name,
  file,
  onFile,
  accept = "image/*",
  takesPaste = false,
  children,
}: {
  name: string;
  file: SlotFile | null;
  onFile: (file: SlotFile | null) => void;
  accept?: string;
  takesPaste?: boolean;
  /** What is known of it: findings, fixes. */
  children?: ReactNode;
}) {
  const t = useWords(words);
  const { store, storing, error, again } = useStoring(onFile);
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const bring = (files: readonly File[]): void => {
    const [first] = files;
    if (first !== undefined) store(first);
  };
  useWindowEvent("paste", (event) => {
    const files = takesPaste ? mediaFiles(event.clipboardData) : [];
    if (files.length > 0) bring(files);
  });
  // A file that misses its place would otherwise replace the page.
  useWindowEvent("dragover", (event) => event.preventDefault());
  useWindowEvent("drop", (event) => event.preventDefault());
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    bring(mediaFiles(event.dataTransfer));
  };
  return (
    <section aria-label={name} className="flex min-w-0 flex-col gap-2">
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions -- the button inside does the same */}
      <div
        onDragOver={() => setOver(true)}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={`relative overflow-hidden rounded-lg border border-dashed ${over ? "border-accent bg-tint" : "border-edge"}`}
      >
        {file === null ? (
          <button
            type="button"
            onClick={() => input.current?.click()}
            className="flex min-h-32 w-full flex-col items-center justify-center gap-1 px-3 py-4 text-center hover:bg-sunk"
          >
            <Icon name="upload" className="size-6 text-accent" />
            <span className="text-sm font-medium">{t("slot.pick", { name })}</span>
            <span className="text-xs text-muted">{t("slot.hint")}</span>
          </button>
        ) : (
          <Filled
            name={name}
            file={file}
            onChange={() => input.current?.click()}
            onRemove={() => onFile(null)}
          />
        )}
      </div>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        aria-label={t("slot.pick", { name })}
        onChange={({ target }) => {
          bring([...(target.files ?? [])]);
          // The same file may be chosen again.
          target.value = "";
        }}
      />
      <p role="status" className="text-sm text-muted empty:hidden">
        {storing ? t("slot.uploading") : ""}
      </p>
      {error !== null && <ProblemNote error={error} onRetry={again} />}
      {children}
    </section>
  );
}

function Filled({
  name,
  file,
  onChange,
  onRemove,
}: {
  name: string;
  file: SlotFile;
  onChange: () => void;
  onRemove: () => void;
}) {
  const t = useWords(words);
  return (
    <>
      {file.mediaType.startsWith("video/") ? (
        // A clip that somebody brings has no captions of ours.
        // eslint-disable-next-line jsx-a11y/media-has-caption
        <video src={contentUrl(file.id)} controls preload="metadata" className="h-44 w-full bg-black" />
      ) : (
        <img
          src={copyOf(file.id)?.url ?? thumbnailUrl(file.id, 512)}
          alt={file.name}
          className="squares h-44 w-full object-contain"
        />
      )}
      <IconButton
        look="plain"
        label={t("slot.remove", { name })}
        className="absolute top-1.5 right-1.5"
        onClick={onRemove}
      >
        <Icon name="close" className="size-4" />
      </IconButton>
      <div className="flex items-center justify-between gap-2 px-2 py-1 text-sm">
        <span className="min-w-0 truncate text-muted">
          {file.name}
          {file.width !== null && file.height !== null && ` · ${file.width} × ${file.height}`}
        </span>
        <Button look="quiet" aria-label={t("slot.change", { name })} onClick={onChange}>
          <Icon name="retry" className="size-4" />
        </Button>
      </div>
    </>
  );
}

function useStoring(onFile: (file: SlotFile) => void) {
  const [state, setState] = useState<{ file: File; error: unknown } | null>(null);
  const [storing, setStoring] = useState(false);
  const store = (file: File): void => {
    setState(null);
    setStoring(true);
    uploadFiles([file])
      .then(([asset]) => {
        if (asset === undefined) return;
        keepCopy(asset.id, file);
        onFile(slotFileOf(asset));
      })
      .catch((error: unknown) => setState({ file, error }))
      .finally(() => setStoring(false));
  };
  return {
    store,
    storing,
    error: state?.error ?? null,
    again: () => {
      if (state !== null) store(state.file);
    },
  };
}
