import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { draftStore, EMPTY_DRAFT, promptHistory } from "@/lib/draft";
import { showToast } from "@/lib/toasts";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { DialogForm } from "@/ui/DialogForm";
import { TextField } from "@/ui/Field";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card } from "@/ui/Surface";
import { termsQuery } from "./api";
import { words } from "./words";

/** What is kept of oneself, where, for how long; taking it along, and throwing it away. */
export function PrivacyTab() {
  const t = useWords(words);
  const terms = useQuery(termsQuery).data;
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <Card title={t("privacy.kept")}>
        <ul className="flex list-disc flex-col gap-1.5 pl-5 text-sm">
          <li>{t("privacy.kept.server")}</li>
          <li>{t("privacy.kept.trash")}</li>
          {terms && (
            <li>
              {terms.person_pictures_hours === 0
                ? t("privacy.persons.gone")
                : t("privacy.persons.hours", { count: terms.person_pictures_hours })}
            </li>
          )}
          <li>{t("privacy.kept.vendors")}</li>
          <li>{t("privacy.kept.browser")}</li>
        </ul>
      </Card>
      <SessionCard />
      <ExportCard />
      <DiscardCard />
    </div>
  );
}

function SessionCard() {
  const t = useWords(words);
  const session = useQuery(sessionQuery);
  const leave = useMutation({
    mutationFn: () => ask(api.DELETE("/api/v1/session")),
    // Everything of this user leaves the page.
    onSuccess: () => location.assign("/"),
  });
  return (
    <Card title={t("session")}>
      {session.isError && <ProblemNote error={session.error} />}
      {session.data && (
        <p className="text-sm">
          {t(`session.${session.data.how}`, { owner: session.data.owner })}
          {session.data.admin && ` ${t("session.admin")}`}
        </p>
      )}
      {leave.isError && <ProblemNote error={leave.error} />}
      {session.data?.how === "session" && (
        <Button className="mt-3" disabled={leave.isPending} onClick={() => leave.mutate()}>
          {t("session.leave")}
        </Button>
      )}
    </Card>
  );
}

function ExportCard() {
  const t = useWords(words);
  const take = useMutation({
    mutationFn: () =>
      ask(api.POST("/api/v1/privacy/export", { parseAs: "blob" })) as Promise<unknown> as Promise<Blob>,
    onSuccess: (archive) => {
      download("bottega-export.zip", archive);
      showToast(t("export.done"), { tone: "good" });
    },
  });
  return (
    <Card title={t("export")}>
      <p className="mb-3 text-sm text-muted">{t("export.lead")}</p>
      {take.isError && <ProblemNote error={take.error} onRetry={() => take.mutate()} />}
      <Button disabled={take.isPending} onClick={() => take.mutate()}>
        {t("export.do")}
      </Button>
      <p role="status" className="mt-2 min-h-5 text-sm text-muted">
        {take.isPending && t("export.making")}
      </p>
    </Card>
  );
}

function DiscardCard() {
  const t = useWords(words);
  const c = useWords(common);
  const [open, setOpen] = useState(false);
  return (
    <Card title={t("discard")}>
      <p className="mb-3 text-sm text-muted">{t("discard.lead")}</p>
      <div className="flex flex-wrap gap-2">
        <Button
          onClick={() => {
            forgetHere();
            showToast(t("discard.browser.done"), { tone: "good" });
          }}
        >
          {t("discard.browser")}
        </Button>
        <Button look="danger" onClick={() => setOpen(true)}>
          {t("discard.do")}
        </Button>
      </div>
      <Dialog open={open} title={t("discard.do")} closeLabel={c("close")} onClose={() => setOpen(false)}>
        <EraseForm onDone={() => setOpen(false)} />
      </Dialog>
    </Card>
  );
}

/** What this browser alone remembers. */
function forgetHere(): void {
  draftStore.set(EMPTY_DRAFT);
  promptHistory.set([]);
}

/** Asks for the owner's name, so that nobody does it by a slip. */
function EraseForm({ onDone }: { onDone: () => void }) {
  const t = useWords(words);
  const c = useWords(common);
  const queries = useQueryClient();
  const [typed, setTyped] = useState("");
  const owner = useQuery(termsQuery).data?.owner;
  const erase = useMutation({
    mutationFn: () => ask(api.POST("/api/v1/privacy/erase", { body: { confirm: typed.trim() } })),
    onSuccess: () => {
      forgetHere();
      return queries.resetQueries();
    },
  });
  if (erase.isSuccess) {
    return (
      <div role="status" className="flex flex-col items-start gap-3">
        <p>{t("discard.done", { count: erase.data.files })}</p>
        <Button onClick={onDone}>{c("close")}</Button>
      </div>
    );
  }
  return (
    <DialogForm
      sending={erase.isPending}
      error={erase.error}
      ready={typed.trim() === owner}
      danger
      sendLabel={t("discard.do")}
      onSend={() => erase.mutate()}
      onCancel={onDone}
    >
      <p className="text-sm">{t("discard.sure")}</p>
      <TextField
        label={t("discard.type", { word: owner ?? "…" })}
        value={typed}
        autoComplete="off"
        onChange={({ target }) => setTyped(target.value)}
      />
    </DialogForm>
  );
}

function download(name: string, archive: Blob): void {
  const url = URL.createObjectURL(archive);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun once the click was handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
