import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { latencyQuery, verdictsQuery } from "@/api/insights";
import { modelsQuery } from "@/api/queries";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useTitle } from "@/lib/hooks";
import { ProblemNote } from "@/ui/ProblemNote";
import { EmptyState, Loading, PageHead } from "@/ui/Surface";
import { Filters } from "./Filters";
import { isWanted, measuredOf, ORDERS, sortedBy, type ModelFilter, type Order } from "./measured";
import { ModelDialog } from "./ModelDialog";
import { ModelTable } from "./ModelTable";
import { words } from "./words";

const SPAN = { days: 30, whose: "own" } as const;

/** The catalogue: who can do what, at what price, until when, and what was measured here. The address holds the filter. */
export default function ModelsPage() {
  const t = useWords(words);
  const c = useWords(common);
  useTitle(t("title"));
  const models = useQuery(modelsQuery);
  const verdicts = useQuery(verdictsQuery(SPAN));
  const latency = useQuery(latencyQuery(SPAN));
  const measured = useMemo(
    () => measuredOf(verdicts.data ?? [], latency.data ?? []),
    [verdicts.data, latency.data],
  );
  const [search, setSearch] = useSearchParams();
  const filter = filterOf(search);
  const order = ORDERS.find((each) => each === search.get("order")) ?? "title";
  const set = (name: string, value: string): void =>
    setSearch(
      (now) => {
        if (value === "") now.delete(name);
        else now.set(name, value);
        return now;
      },
      // What is typed letter by letter is one step of the history.
      { replace: name !== "model" },
    );
  if (models.isPending) return <Loading label={c("loading")} />;
  if (models.isError) {
    return (
      <>
        <PageHead title={t("title")} />
        <ProblemNote error={models.error} onRetry={() => void models.refetch()} />
      </>
    );
  }
  const shown = sortedBy(
    order,
    models.data.filter((model) => isWanted(model, filter)),
    measured,
  );
  const chosen = models.data.find((model) => model.id === search.get("model"));
  return (
    <>
      <PageHead title={t("title")}>{t("lead")}</PageHead>
      <Filters models={models.data} filter={filter} order={order} onChange={set} />
      <p role="status" className="my-3 text-sm text-muted">
        {t("count", { count: shown.length, all: models.data.length })}
      </p>
      {verdicts.isError && <ProblemNote error={verdicts.error} announce={false} />}
      {shown.length === 0 ? (
        <EmptyState title={t("none")} icon="models">
          {t("none.hint")}
        </EmptyState>
      ) : (
        <ModelTable
          models={shown}
          measured={measured}
          order={order}
          onOrder={(next: Order) => set("order", next)}
          onOpen={(id) => set("model", id)}
        />
      )}
      <ModelDialog
        model={chosen}
        measured={chosen === undefined ? undefined : measured.get(chosen.id)}
        verdicts={(verdicts.data ?? []).filter((row) => row.model_id === chosen?.id)}
        latency={(latency.data ?? []).filter((row) => row.model_id === chosen?.id)}
        onClose={() => set("model", "")}
      />
    </>
  );
}

function filterOf(search: URLSearchParams): ModelFilter {
  return {
    words: search.get("q") ?? "",
    operation: search.get("operation") ?? "",
    engine: search.get("engine") ?? "",
    usable: search.get("usable") === "1",
    local: search.get("local") === "1",
  };
}
