import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { showToast } from "@/lib/toasts";
import { Button } from "@/ui/Button";
import { Checkbox, TextField } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { ProblemNote } from "@/ui/ProblemNote";
import { createKey, type NewKey } from "./api";
import { words } from "./words";

const OWNER = /^[A-Za-z0-9._@-]{1,64}$/;

/** Make a key. Its secret lives in this component alone: it is in no cache and no storage, and gone when it is hidden. */
export function NewKeyForm() {
  const t = useWords(words);
  const queries = useQueryClient();
  const [owner, setOwner] = useState("");
  const [name, setName] = useState("");
  const [admin, setAdmin] = useState(false);
  const [made, setMade] = useState<NewKey | null>(null);
  const create = useMutation({
    mutationFn: () => createKey({ owner, name: name.trim(), scopes: admin ? ["user", "admin"] : ["user"] }),
    onSuccess: async (key) => {
      setMade(key);
      setName("");
      // The answer is not kept beside the list.
      create.reset();
      await queries.invalidateQueries({ queryKey: ["keys"] });
    },
  });
  if (made !== null) return <Secret made={made} onHide={() => setMade(null)} />;
  const wrong = owner !== "" && !OWNER.test(owner);
  return (
    <form
      className="flex flex-col gap-3"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <TextField
        label={t("keys.owner")}
        help={t("keys.owner.help")}
        value={owner}
        error={wrong ? t("keys.owner.wrong") : undefined}
        onChange={({ target }) => setOwner(target.value)}
      />
      <TextField
        label={t("keys.name")}
        help={t("keys.name.help")}
        maxLength={100}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <Checkbox
        label={t("scope.key.admin")}
        help={t("keys.admin.help")}
        checked={admin}
        onChange={({ target }) => setAdmin(target.checked)}
      />
      {create.isError && <ProblemNote error={create.error} />}
      <Button
        type="submit"
        look="primary"
        disabled={!OWNER.test(owner) || name.trim() === "" || create.isPending}
      >
        {t("keys.create")}
      </Button>
    </form>
  );
}

function Secret({ made, onHide }: { made: NewKey; onHide: () => void }) {
  const t = useWords(words);
  const c = useWords(common);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(made.secret);
      showToast(c("copied"), { tone: "good" });
    } catch {
      // Not allowed, or not over https: the secret stands there and can be marked.
      showToast(t("copy.failed"), { tone: "bad" });
    }
  };
  return (
    <div role="alert" className="flex flex-col gap-3">
      <p className="text-sm font-medium">{t("keys.once", { name: made.name })}</p>
      <code className="rounded-lg border border-edge bg-sunk p-3 font-mono text-sm break-all select-all">
        {made.secret}
      </code>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" onClick={() => void copy()}>
          <Icon name="copy" className="size-4" />
          {t("keys.copy")}
        </Button>
        <Button onClick={onHide}>{t("keys.hide")}</Button>
      </div>
    </div>
  );
}
