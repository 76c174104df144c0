import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { thumbnailUrl } from "@/api/assets";
import type { Reference } from "@/api/types";
import { useLanguage, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { changeDraft, draftStore } from "@/lib/draft";
import { formatWhen } from "@/lib/format";
import { showToast } from "@/lib/toasts";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { DialogForm } from "@/ui/DialogForm";
import { ProblemNote } from "@/ui/ProblemNote";
import { changeReference, removeReference, saveReference, type Kind } from "./api";
import { NameAndKind } from "./NameAndKind";
import { bareName, isName, withMention } from "./naming";
import { words } from "./words";

/** One reference: use it, change it, forget its name. */
export function ReferenceCard({ reference }: { reference: Reference }) {
  const t = useWords(words);
  const c = useWords(common);
  const language = useLanguage();
  const navigate = useNavigate();
  const [editing, setEditing] = useState(false);
  const remove = useRemove();
  const use = (): void => {
    changeDraft({ prompt: withMention(draftStore.get().prompt, reference.mention) });
    void navigate("/");
  };
  return (
    <li className="flex flex-col overflow-hidden rounded-card border border-line bg-surface shadow-card">
      <img
        src={thumbnailUrl(reference.asset_id, 512)}
        alt={t("picture", { name: reference.mention })}
        loading="lazy"
        className="squares aspect-4/3 w-full object-contain"
      />
      <div className="flex flex-1 flex-col gap-1 p-3">
        <h2 className="text-base break-all">{reference.mention}</h2>
        <p className="text-sm text-muted">
          {t(`kind.${reference.kind}`)} · {t("role", { role: c(`role.${reference.role}`) })} ·{" "}
          {formatWhen(reference.created_at, language)}
        </p>
        {remove.isError && <ProblemNote error={remove.error} />}
        <div className="mt-auto flex flex-wrap gap-1 pt-2">
          <Button onClick={use} aria-label={t("use.name", { name: reference.mention })}>
            {t("use")}
          </Button>
          <Button
            look="quiet"
            onClick={() => setEditing(true)}
            aria-label={t("change.name", { name: reference.mention })}
          >
            {t("change")}
          </Button>
          <Button
            look="quiet"
            disabled={remove.isPending}
            onClick={() => remove.mutate(reference)}
            aria-label={t("remove.name", { name: reference.mention })}
          >
            {c("remove")}
          </Button>
        </div>
      </div>
      <Dialog
        open={editing}
        title={t("change.name", { name: reference.mention })}
        closeLabel={c("close")}
        onClose={() => setEditing(false)}
      >
        <ChangeForm reference={reference} onDone={() => setEditing(false)} />
      </Dialog>
    </li>
  );
}

/** Forget the name. The picture stays, so the same name can be given again: that is the undo. */
function useRemove() {
  const t = useWords(words);
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ["references"] });
  return useMutation({
    mutationFn: (reference: Reference) => removeReference(reference.name),
    onSuccess: async (_, { name, mention, kind, asset_id }) => {
      await refresh();
      const undo = async (): Promise<void> => {
        try {
          await saveReference({ name, kind, asset_id, replace: false });
        } catch {
          // The name was given away meanwhile, or the server is gone; the picture is in the gallery.
          showToast(t("undo.failed", { name: mention }), { tone: "bad" });
        }
        await refresh();
      };
      showToast(t("removed", { name: mention }), {
        action: { label: t("undo"), act: () => void undo() },
      });
    },
  });
}

function ChangeForm({ reference, onDone }: { reference: Reference; onDone: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState(reference.name);
  const [kind, setKind] = useState<Kind>(reference.kind);
  const wanted = bareName(name);
  const save = useMutation({
    mutationFn: () => changeReference(reference.name, { name: wanted, kind }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["references"] });
      onDone();
    },
  });
  return (
    <DialogForm
      sending={save.isPending}
      error={save.error}
      ready={isName(wanted)}
      onSend={() => save.mutate()}
      onCancel={onDone}
    >
      <NameAndKind name={name} onName={setName} kind={kind} onKind={setKind} />
    </DialogForm>
  );
}
