import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLanguage, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { formatWhen } from "@/lib/format";
import { showToast } from "@/lib/toasts";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ProblemNote } from "@/ui/ProblemNote";
import { Badge, Card, EmptyState, Loading } from "@/ui/Surface";
import { keysQuery, revokeKey, type ApiKey } from "./api";
import { NewKeyForm } from "./NewKeyForm";
import { words } from "./words";

/** API keys: made, listed, revoked. A secret is shown when it is made, and never again. */
export function KeysTab() {
  const t = useWords(words);
  const c = useWords(common);
  const keys = useQuery(keysQuery);
  const [leaving, setLeaving] = useState<ApiKey | null>(null);
  const active = keys.data?.filter((key) => key.revoked_at === null) ?? [];
  const revoked = keys.data?.filter((key) => key.revoked_at !== null) ?? [];
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_24rem]">
      <Card title={t("tab.keys")}>
        {keys.isPending && <Loading label={c("loading")} />}
        {keys.isError && <ProblemNote error={keys.error} onRetry={() => void keys.refetch()} />}
        {keys.data?.length === 0 && <EmptyState title={t("keys.none")}>{t("keys.none.hint")}</EmptyState>}
        <ul className="flex flex-col divide-y divide-line">
          {[...active, ...revoked].map((key) => (
            <KeyRow key={key.id} apiKey={key} onRevoke={() => setLeaving(key)} />
          ))}
        </ul>
      </Card>
      <Card title={t("keys.new")}>
        <NewKeyForm />
      </Card>
      <Dialog
        open={leaving !== null}
        title={t("keys.revoke")}
        closeLabel={c("close")}
        onClose={() => setLeaving(null)}
      >
        {leaving !== null && <Revoke apiKey={leaving} onDone={() => setLeaving(null)} />}
      </Dialog>
    </div>
  );
}

function KeyRow({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  const t = useWords(words);
  const language = useLanguage();
  const { revoked_at: revoked, last_used_at: used } = apiKey;
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 py-3">
      <div className="min-w-0 text-sm">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {apiKey.name}
          {apiKey.scopes.map((scope) => (
            <Badge key={scope}>{t(`scope.key.${scope}`)}</Badge>
          ))}
          {revoked !== null && <Badge tone="bad">{t("keys.revoked")}</Badge>}
        </p>
        <p className="text-muted">
          {apiKey.owner} · <code className="font-mono text-xs">{apiKey.id}</code> ·{" "}
          {t("keys.made", { when: formatWhen(apiKey.created_at, language) })} ·{" "}
          {used === null ? t("keys.unused") : t("keys.used", { when: formatWhen(used, language) })}
        </p>
      </div>
      {revoked === null && (
        <Button look="danger" aria-label={t("keys.revoke.name", { name: apiKey.name })} onClick={onRevoke}>
          {t("keys.revoke")}
        </Button>
      )}
    </li>
  );
}

function Revoke({ apiKey, onDone }: { apiKey: ApiKey; onDone: () => void }) {
  const t = useWords(words);
  const c = useWords(common);
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeKey(apiKey.id),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["keys"] });
      showToast(t("keys.revoked.done", { name: apiKey.name }));
      onDone();
    },
  });
  return (
    <div className="flex flex-col gap-4">
      <p>{t("keys.revoke.sure", { name: apiKey.name, owner: apiKey.owner })}</p>
      {revoke.isError && <ProblemNote error={revoke.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>{c("cancel")}</Button>
        <Button look="danger" disabled={revoke.isPending} onClick={() => revoke.mutate()}>
          {t("keys.revoke")}
        </Button>
      </div>
    </div>
  );
}
