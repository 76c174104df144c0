import type { ReactNode } from "react";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { Button } from "./Button";
import { ProblemNote } from "./ProblemNote";

/** The form of a dialog: its fields, what went wrong with sending it, and the buttons to leave and to send. */
export function DialogForm({
  onSend,
  onCancel,
  sending,
  error,
  ready = true,
  sendLabel,
  danger = false,
  children,
}: {
  onSend: () => void;
  onCancel: () => void;
  sending: boolean;
  error: Error | null;
  ready?: boolean;
  /** "Save" when left out. */
  sendLabel?: string;
  danger?: boolean;
  children: ReactNode;
}) {
  const t = useWords(common);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !sending) onSend();
      }}
    >
      {children}
      {error !== null && <ProblemNote error={error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>{t("cancel")}</Button>
        <Button type="submit" look={danger ? "danger" : "primary"} disabled={sending || !ready}>
          {sendLabel ?? t("save")}
        </Button>
      </div>
    </form>
  );
}
