import type { Model } from "@/api/types";
import { useWords } from "@/i18n";
import { Badge } from "@/ui/Surface";
import { lifeOf } from "./measured";
import { words } from "./words";

/** Whether it can be used now, where it works, and whether its end is near. */
export function StateBadge({ model }: { model: Model }) {
  const t = useWords(words);
  const life = lifeOf(model, new Date().toISOString().slice(0, 10));
  return (
    <span className="flex flex-wrap gap-1">
      {life === "ended" ? (
        <Badge tone="bad">{t("life.ended")}</Badge>
      ) : (
        <Badge tone={model.usable ? "good" : "plain"}>{t(model.usable ? "state.usable" : "state.not")}</Badge>
      )}
      {life === "ending" && <Badge tone="warn">{t("life.ending")}</Badge>}
      <Badge icon={model.leaves_machine ? "cloud" : "local"}>
        {t(model.leaves_machine ? "place.cloud" : "place.local")}
      </Badge>
    </span>
  );
}
