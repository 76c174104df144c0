import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { KeyList } from "@/ui/KeyList";
import { LookFields } from "@/ui/LookFields";
import { Card } from "@/ui/Surface";
import { words } from "./words";

/** Theme, language, and what keys do. */
export function LookTab() {
  const t = useWords(words);
  const c = useWords(common);
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <Card title={t("tab.look")}>
        <LookFields />
      </Card>
      <Card title={c("shell.keys.title")}>
        <p className="mb-3 text-sm text-muted">{t("keys.map")}</p>
        <KeyList />
      </Card>
    </div>
  );
}
