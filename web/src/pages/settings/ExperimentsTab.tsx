import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { experimentsQuery } from "@/api/insights";
import { useLanguage, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useOptionNames } from "@/i18n/options";
import { formatWhen } from "@/lib/format";
import { Button } from "@/ui/Button";
import { ProblemNote } from "@/ui/ProblemNote";
import { Badge, Card, EmptyState, Loading } from "@/ui/Surface";
import { endExperiment } from "./api";
import { ExperimentForm } from "./ExperimentForm";
import { words } from "./words";

/** Experiments: begun and ended here; what they show is under Insights. */
export function ExperimentsTab() {
  const t = useWords(words);
  const c = useWords(common);
  const language = useLanguage();
  const names = useOptionNames();
  const queries = useQueryClient();
  const experiments = useQuery(experimentsQuery);
  const end = useMutation({
    mutationFn: endExperiment,
    onSuccess: () => queries.invalidateQueries({ queryKey: ["experiments"] }),
  });
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_26rem]">
      <Card title={t("tab.experiments")}>
        <p className="mb-3 text-sm text-muted">
          {t("experiments.lead")}{" "}
          <Link to="/insights" className="text-accent underline">
            {t("experiments.results")}
          </Link>
        </p>
        {experiments.isPending && <Loading label={c("loading")} />}
        {experiments.isError && (
          <ProblemNote error={experiments.error} onRetry={() => void experiments.refetch()} />
        )}
        {end.isError && <ProblemNote error={end.error} />}
        {experiments.data?.length === 0 && <EmptyState title={t("experiments.none")} />}
        <ul className="flex flex-col divide-y divide-line">
          {experiments.data?.map((experiment) => (
            <li key={experiment.name} className="flex flex-wrap items-center justify-between gap-3 py-3">
              <div className="text-sm">
                <p className="flex items-center gap-2 font-medium">
                  {experiment.name}
                  <Badge tone={experiment.state === "running" ? "accent" : "plain"}>
                    {t(`experiment.${experiment.state}`)}
                  </Badge>
                </p>
                <p className="text-muted">
                  {experiment.workflow === null
                    ? t("experiment.everything")
                    : names.workflow(experiment.workflow)}{" "}
                  · {experiment.arms.map((arm) => arm.name).join(" – ")} ·{" "}
                  {formatWhen(experiment.created_at, language)}
                </p>
              </div>
              {experiment.state === "running" && (
                <Button
                  aria-label={t("experiment.end.name", { name: experiment.name })}
                  disabled={end.isPending}
                  onClick={() => end.mutate(experiment.name)}
                >
                  {t("experiment.end")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </Card>
      <Card title={t("experiment.new")}>
        <ExperimentForm />
      </Card>
    </div>
  );
}
