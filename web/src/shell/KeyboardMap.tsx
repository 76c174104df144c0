import { useState } from "react";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useHotkey } from "@/lib/hotkeys";
import { Dialog } from "@/ui/Dialog";
import { KeyList } from "@/ui/KeyList";

/** What keys do on this page, under `?`. */
export function KeyboardMap() {
  const t = useWords(common);
  const [open, setOpen] = useState(false);
  useHotkey("?", t("shell.keys.this"), () => setOpen((now) => !now));
  return (
    <Dialog open={open} title={t("shell.keys.title")} closeLabel={t("close")} onClose={() => setOpen(false)}>
      <KeyList />
    </Dialog>
  );
}
