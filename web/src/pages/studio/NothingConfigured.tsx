import { useQuery } from "@tanstack/react-query";
import { modelsQuery } from "@/api/queries";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { Icon } from "@/ui/Icon";

/** Says what works without any provider's key, where there is none. */
export function NothingConfigured() {
  const t = useWords(common);
  const models = useQuery(modelsQuery).data;
  if (models === undefined || models.some((model) => model.leaves_machine && model.usable)) return null;
  return (
    <aside className="flex gap-3 rounded-card border border-line bg-surface p-4 text-sm">
      <Icon name="info" className="size-5 text-accent" />
      <div>
        <p className="font-semibold">{t("shell.nothing")}</p>
        <p className="text-muted">{t("shell.nothing.hint")}</p>
      </div>
    </aside>
  );
}
