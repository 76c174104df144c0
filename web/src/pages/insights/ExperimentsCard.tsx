import { useQuery } from "@tanstack/react-query";
import { experimentResultsQuery, experimentsQuery } from "@/api/insights";
import { ApiProblem } from "@/api/problem";
import { useLanguage, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { formatSeconds, formatUsd } from "@/lib/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { Badge, Card, Details, Loading } from "@/ui/Surface";
import { RowsTable } from "./ChartCard";
import { percent } from "./percent";
import { words } from "./words";

/** What experiments show by now. They are for administrators: to others the card is not there. */
export function ExperimentsCard() {
  const t = useWords(words);
  const c = useWords(common);
  const query = useQuery(experimentsQuery);
  if (query.error instanceof ApiProblem && query.error.status === 403) return null;
  return (
    <Card title={t("experiments")} className="lg:col-span-2">
      <p className="mb-3 text-sm text-muted">{t("experiments.lead")}</p>
      {query.isPending && <Loading label={c("loading")} />}
      {query.isError && (
        <ProblemNote error={query.error} announce={false} onRetry={() => void query.refetch()} />
      )}
      {query.data?.length === 0 && <p className="text-sm text-muted">{t("experiments.none")}</p>}
      {query.data?.map((experiment, at) => (
        <Details
          key={experiment.name}
          open={at === 0}
          summary={
            <>
              {experiment.name}{" "}
              <Badge tone={experiment.state === "running" ? "accent" : "plain"}>
                {t(`experiment.${experiment.state}`)}
              </Badge>
            </>
          }
        >
          <Results name={experiment.name} />
        </Details>
      ))}
    </Card>
  );
}

function Results({ name }: { name: string }) {
  const t = useWords(words);
  const c = useWords(common);
  const language = useLanguage();
  const query = useQuery(experimentResultsQuery(name));
  if (query.isPending) return <Loading label={c("loading")} />;
  if (query.isError) return <ProblemNote error={query.error} announce={false} />;
  const { arms, comparisons } = query.data;
  const share = (part: number, whole: number): string => percent(whole === 0 ? null : part / whole, language);
  return (
    <div className="mb-3 flex flex-col gap-3">
      <RowsTable
        caption={name}
        rows={arms}
        columns={[
          { name: t("col.arm"), value: (row) => row.arm },
          { name: t("col.jobs"), value: (row) => row.jobs, figure: true },
          { name: t("col.acceptance"), value: (row) => share(row.accepted, row.judged), figure: true },
          {
            name: t("col.cost"),
            value: (row) => (row.cost.mean === null ? "–" : formatUsd(Math.round(row.cost.mean), language)),
            figure: true,
          },
          {
            name: t("col.mean"),
            value: (row) => (row.seconds.mean === null ? "–" : formatSeconds(row.seconds.mean, language)),
            figure: true,
          },
          { name: t("col.satisfied"), value: (row) => share(row.satisfied, row.rated), figure: true },
        ]}
      />
      {comparisons.map((comparison) => (
        <p key={comparison.arm} className="text-sm">
          <Badge tone={comparison.enough ? "good" : "plain"}>
            {t(comparison.enough ? "experiment.enough" : "experiment.notYet")}
          </Badge>{" "}
          <strong>
            {comparison.arm} – {comparison.against}
          </strong>
          : {comparison.conclusion}
        </p>
      ))}
    </div>
  );
}
