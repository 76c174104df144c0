import { useQuery } from "@tanstack/react-query";
import { healthQuery } from "@/api/queries";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { humanise } from "@/lib/format";
import { Icon } from "@/ui/Icon";
import { ProblemNote } from "@/ui/ProblemNote";
import { Badge, Card, Loading } from "@/ui/Surface";
import { words } from "./words";

/** Which engines can be used, and what to do about the others. Vendors' keys are set on the server, never here. */
export function VendorsTab() {
  const t = useWords(words);
  const c = useWords(common);
  const health = useQuery({ ...healthQuery, refetchInterval: 30_000 });
  if (health.isPending) return <Loading label={c("loading")} />;
  if (health.isError) return <ProblemNote error={health.error} onRetry={() => void health.refetch()} />;
  const engines = Object.entries(health.data.engines).sort(
    ([a, first], [b, second]) => Number(second.usable) - Number(first.usable) || a.localeCompare(b),
  );
  return (
    <Card title={t("tab.vendors")}>
      <p className="mb-3 text-sm text-muted">
        {t("vendors.lead")} {t("vendors.version", { version: health.data.version })}
      </p>
      <ul className="flex flex-col divide-y divide-line">
        {engines.map(([name, engine]) => (
          <li key={name} className="flex items-start gap-3 py-3 text-sm">
            <Icon
              name={engine.usable ? "check" : "info"}
              className={`mt-0.5 size-5 ${engine.usable ? "text-good" : "text-muted"}`}
            />
            <div className="min-w-0">
              <p className="flex flex-wrap items-center gap-2 font-medium">
                {humanise(name)}
                <Badge tone={engine.usable ? "good" : "plain"}>
                  {t(engine.usable ? "vendor.usable" : "vendor.not")}
                </Badge>
              </p>
              {!engine.usable && (
                <p className="text-muted">{[engine.reason, engine.hint].filter(Boolean).join(". ")}</p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
