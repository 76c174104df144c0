import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ChangeEvent } from "react";
import { uploadFiles } from "@/api/assets";
import { ApiProblem } from "@/api/problem";
import type { Reference } from "@/api/types";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useObjectUrl, useWindowEvent } from "@/lib/hooks";
import { showToast } from "@/lib/toasts";
import { mediaFiles } from "@/lib/uploads";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Checkbox, INPUT, TextField } from "@/ui/Field";
import { ProblemNote } from "@/ui/ProblemNote";
import { saveReference, type Kind } from "./api";
import { NameAndKind } from "./NameAndKind";
import { bareName, isName, nameOfFile } from "./naming";
import { WebPictures } from "./WebPictures";
import { words } from "./words";

/** A new reference: a file (picked, dropped, pasted), or the address of a public picture. */
export function NewReferenceDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords(words);
  const c = useWords(common);
  return (
    <Dialog open={open} title={t("add")} closeLabel={c("close")} onClose={onClose}>
      <NewReferenceForm onDone={onClose} />
    </Dialog>
  );
}

function NewReferenceForm({ onDone }: { onDone: () => void }) {
  const t = useWords(words);
  const c = useWords(common);
  const [file, setFile] = useState<File | null>(null);
  const [url, setUrl] = useState("");
  const [name, setName] = useState("");
  const [kind, setKind] = useState<Kind>("person");
  const [replace, setReplace] = useState(false);
  const wanted = bareName(name);
  const save = useSave(onDone);
  const take = (found: File | undefined): void => {
    if (found === undefined) return;
    setFile(found);
    setUrl("");
    if (name === "") setName(nameOfFile(found.name));
  };
  useWindowEvent("paste", (event) => {
    const [pasted] = mediaFiles(event.clipboardData);
    if (pasted === undefined) return;
    event.preventDefault();
    take(pasted);
  });
  const taken = save.error instanceof ApiProblem && save.error.status === 409;
  const ready = isName(wanted) && (file !== null || url.trim() !== "") && !save.isPending;
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) save.mutate({ file, url: url.trim(), name: wanted, kind, replace });
      }}
    >
      <PictureField file={file} onFile={take} />
      <TextField
        type="url"
        label={t("url")}
        help={t("url.help")}
        value={url}
        onChange={({ target }) => {
          setUrl(target.value);
          setFile(null);
        }}
      />
      <WebPictures
        onChoose={(address) => {
          setUrl(address);
          setFile(null);
        }}
      />
      <NameAndKind name={name} onName={setName} kind={kind} onKind={setKind} />
      {save.isError && <ProblemNote error={save.error} />}
      {(taken || replace) && (
        <Checkbox
          label={t("replace", { name: `@${wanted}` })}
          checked={replace}
          onChange={({ target }) => setReplace(target.checked)}
        />
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>{c("cancel")}</Button>
        <Button type="submit" look="primary" disabled={!ready}>
          {c("save")}
        </Button>
      </div>
    </form>
  );
}

interface Wanted {
  file: File | null;
  url: string;
  name: string;
  kind: Kind;
  replace: boolean;
}

function useSave(onDone: () => void) {
  const t = useWords(words);
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ file, url, ...body }: Wanted): Promise<Reference> => {
      if (file === null) return saveReference({ ...body, url });
      const [asset] = await uploadFiles([file]);
      return saveReference({ ...body, ...(asset && { asset_id: asset.id }) });
    },
    onSuccess: async (reference) => {
      await queries.invalidateQueries({ queryKey: ["references"] });
      showToast(t("saved", { name: reference.mention }), { tone: "good" });
      onDone();
    },
  });
}

function PictureField({ file, onFile }: { file: File | null; onFile: (file: File | undefined) => void }) {
  const t = useWords(words);
  const shown = useObjectUrl(file);
  return (
    // Dropping is for pointers; the keyboard has the field inside.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className="flex items-center gap-3 rounded-lg border border-dashed border-edge p-3"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        onFile(mediaFiles(event.dataTransfer)[0]);
      }}
    >
      {shown !== null && <img src={shown} alt="" className="squares size-20 rounded object-cover" />}
      <label className="flex min-w-0 flex-1 flex-col gap-1 text-sm font-medium">
        {t("file")}
        <input
          type="file"
          accept="image/*"
          className={INPUT}
          onChange={(event: ChangeEvent<HTMLInputElement>) => onFile(event.target.files?.[0])}
        />
      </label>
    </div>
  );
}
