import { useState } from "react";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { IconButton } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Icon } from "@/ui/Icon";
import { LookFields } from "@/ui/LookFields";

/** Theme and language. */
export function LookMenu() {
  const t = useWords(common);
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton label={t("shell.look")} onClick={() => setOpen(true)}>
        <HalfDisc />
      </IconButton>
      <Dialog open={open} title={t("shell.look")} closeLabel={t("close")} onClose={() => setOpen(false)}>
        <LookFields />
        <p className="mt-4 flex items-center gap-2 text-sm text-muted">
          <Icon name="keyboard" />
          {t("shell.keys.title")}: <kbd className="rounded border border-edge px-1.5 font-mono">?</kbd>
        </p>
      </Dialog>
    </>
  );
}

function HalfDisc() {
  return (
    <svg viewBox="0 0 24 24" className="size-5" aria-hidden="true">
      <circle cx="12" cy="12" r="8" fill="none" stroke="currentColor" strokeWidth="1.700" />
      <path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor" />
    </svg>
  );
}
