import { useRef, useState, type DragEvent } from "react";
import { thumbnailUrl } from "@/api/assets";
import { ROLES, type Role } from "@/api/types";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { changeDraft, uploadsStore, type DraftPicture } from "@/lib/draft";
import { useWindowEvent } from "@/lib/hooks";
import { useStore } from "@/lib/store";
import { showToast } from "@/lib/toasts";
import { mediaFiles, useUploads } from "@/lib/uploads";
import { IconButton } from "@/ui/Button";
import { SelectField } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { ProblemNote } from "@/ui/ProblemNote";
import { words } from "./words";

const TARGETS: readonly Role[] = ["working", "person", "garment", "reference", "mask"];

/** Pictures with what each is for: dropped, pasted, picked or taken. */
export function Pictures({ pictures }: { pictures: readonly DraftPicture[] }) {
  const t = useWords(words);
  const { add, error, again } = useUploads();
  const [uploads] = useStore(uploadsStore);
  const bring = async (files: readonly File[], role?: Role): Promise<void> => {
    const count = await add(files, role);
    if (count > 0) showToast(t("pictures.added", { count }), { tone: "good" });
  };
  useWindowEvent("paste", (event) => {
    const files = mediaFiles(event.clipboardData);
    if (files.length === 0) return;
    event.preventDefault();
    void bring(files);
  });
  // A file that misses its target would otherwise replace the page.
  useWindowEvent("dragover", (event) => event.preventDefault());
  useWindowEvent("drop", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    void bring(mediaFiles(event.dataTransfer));
  });
  return (
    <section aria-label={t("pictures")} className="flex flex-col gap-2">
      {pictures.length > 0 && (
        <ul className="flex flex-wrap gap-3">
          {pictures.map((picture, index) => (
            <PictureTile
              key={`${picture.assetId}.${picture.role}`}
              picture={picture}
              index={index}
              pictures={pictures}
            />
          ))}
        </ul>
      )}
      <div className="flex flex-wrap gap-2">
        {TARGETS.map((role) => (
          <DropTarget key={role} role={role} onFiles={(files) => void bring(files, role)} />
        ))}
        <CameraButton onFiles={(files) => void bring(files)} />
      </div>
      <p className="text-sm text-muted" role="status">
        {uploads > 0 ? t("pictures.uploading", { count: uploads }) : t("pictures.drop")}
      </p>
      {error !== undefined && <ProblemNote error={error} onRetry={again} />}
    </section>
  );
}

function PictureTile({
  picture,
  index,
  pictures,
}: {
  picture: DraftPicture;
  index: number;
  pictures: readonly DraftPicture[];
}) {
  const t = useWords(words);
  const c = useWords(common);
  return (
    <li className="relative w-44 overflow-hidden rounded-lg border border-line bg-paper">
      <img
        src={thumbnailUrl(picture.assetId)}
        alt={picture.name}
        className="squares h-28 w-full object-contain"
      />
      <IconButton
        look="plain"
        label={t("pictures.remove", { name: picture.name })}
        className="absolute top-1 right-1 !min-h-8 !w-8"
        onClick={() => changeDraft({ pictures: pictures.filter((_, at) => at !== index) })}
      >
        <Icon name="close" className="size-4" />
      </IconButton>
      <div className="p-1.5">
        <SelectField
          label={t("pictures.role", { name: picture.name })}
          hideLabel
          className="text-sm"
          value={picture.role}
          choices={ROLES.map((role) => ({ value: role, label: c(`role.${role}`) }))}
          onChange={({ target }) => {
            const role = target.value as Role;
            changeDraft({ pictures: pictures.map((each, at) => (at === index ? { ...each, role } : each)) });
          }}
        />
      </div>
    </li>
  );
}

/** A place for pictures of one kind: drop them here, or press to pick. */
function DropTarget({ role, onFiles }: { role: Role; onFiles: (files: File[]) => void }) {
  const t = useWords(words);
  const c = useWords(common);
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    onFiles(mediaFiles(event.dataTransfer));
  };
  return (
    <>
      <button
        type="button"
        aria-label={t("pictures.pick", { role: c(`role.${role}`) })}
        onClick={() => input.current?.click()}
        onDragOver={() => setOver(true)}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={`flex min-h-11 flex-1 basis-28 items-center justify-center gap-1.5 rounded-lg border border-dashed px-2 text-sm ${
          over ? "border-accent bg-tint" : "border-edge hover:bg-sunk"
        }`}
      >
        <Icon name="add" className="size-4" />
        {c(`role.${role}`)}
      </button>
      <FileInput input={input} onFiles={onFiles} />
    </>
  );
}

function CameraButton({ onFiles }: { onFiles: (files: File[]) => void }) {
  const t = useWords(words);
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton
        look="plain"
        label={t("pictures.camera")}
        className="!min-h-11 md:hidden"
        onClick={() => input.current?.click()}
      >
        <Icon name="camera" />
      </IconButton>
      <FileInput input={input} onFiles={onFiles} camera />
    </>
  );
}

function FileInput({
  input,
  onFiles,
  camera = false,
}: {
  input: React.RefObject<HTMLInputElement | null>;
  onFiles: (files: File[]) => void;
  camera?: boolean;
}) {
  return (
    <input
      ref={input}
      type="file"
      hidden
      multiple={!camera}
      accept={camera ? "image/*" : "image/*,video/*"}
      capture={camera ? "environment" : undefined}
      onChange={({ target }) => {
        onFiles([...(target.files ?? [])]);
        // The same file may be chosen again.
        target.value = "";
      }}
    />
  );
}
