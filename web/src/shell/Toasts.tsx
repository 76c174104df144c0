import { useEffect } from "react";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { dismissToast, useToasts, type Toast } from "@/lib/toasts";
import { Button, IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";

const SHOWN_MILLISECONDS = 6_000;
const EDGES: Record<Toast["tone"], string> = { info: "border-edge", good: "border-good", bad: "border-bad" };

/** Messages that pass, in a live region that is always there: screen readers follow only what existed before. */
export function Toasts() {
  const t = useWords(common);
  const toasts = useToasts();
  return (
    <div
      role="log"
      aria-live="polite"
      aria-label={t("shell.messages")}
      className="pointer-events-none fixed inset-x-0 bottom-20 z-40 flex flex-col items-center gap-2 px-4 md:bottom-6"
    >
      {toasts.map((toast) => (
        <ToastLine key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastLine({ toast }: { toast: Toast }) {
  const t = useWords(common);
  useEffect(() => {
    const timer = setTimeout(() => dismissToast(toast.id), SHOWN_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [toast.id]);
  return (
    <div
      className={`pointer-events-auto flex max-w-lg items-center gap-2 rounded-lg border-l-4 bg-surface py-1 pr-1 pl-4 text-sm shadow-card ring-1 ring-line ${EDGES[toast.tone]}`}
    >
      <p>{toast.text}</p>
      {toast.action && (
        <Button
          look="quiet"
          onClick={() => {
            toast.action?.act();
            dismissToast(toast.id);
          }}
        >
          {toast.action.label}
        </Button>
      )}
      <IconButton label={t("close")} onClick={() => dismissToast(toast.id)}>
        <Icon name="close" className="size-4" />
      </IconButton>
    </div>
  );
}
