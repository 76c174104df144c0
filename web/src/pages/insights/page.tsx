import { useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { ApiProblem } from "@/api/problem";
import { requestsQuery, type Span } from "@/api/insights";
import { useWords } from "@/i18n";
import { useTitle } from "@/lib/hooks";
import { Segmented } from "@/ui/Field";
import { ProblemNote } from "@/ui/ProblemNote";
import { PageHead } from "@/ui/Surface";
import { BreakersCard } from "./BreakersCard";
import { BudgetsCard } from "./BudgetsCard";
import { ExperimentsCard } from "./ExperimentsCard";
import { LatencyCard } from "./LatencyCard";
import { RatesCard } from "./RatesCard";
import { RefusalsCard } from "./RefusalsCard";
import { RequestsCard } from "./RequestsCard";
import { SatisfactionCard } from "./SatisfactionCard";
import { SpendByCard, SpendCard } from "./SpendCard";
import { SummaryRow } from "./SummaryRow";
import { VerdictsCard } from "./VerdictsCard";
import { words } from "./words";

const DAYS = ["7", "30", "90"] as const;

/** How it goes: money, work, time, quality. Every chart has its table and its CSV file. */
export default function InsightsPage() {
  const t = useWords(words);
  useTitle(t("title"));
  const [span, setSpan] = useState<Span>({ days: 30, whose: "own" });
  // Everybody's figures are for administrators: the answer is the same for all cards, and said once.
  const requests = useQuery(requestsQuery(span));
  const refused = requests.error instanceof ApiProblem && requests.error.status === 403;
  return (
    <>
      <PageHead title={t("title")}>{t("lead")}</PageHead>
      <div className="mb-5 flex flex-wrap items-end gap-5">
        <Segmented
          label={t("days")}
          value={String(span.days) as (typeof DAYS)[number]}
          choices={DAYS.map((value) => ({ value, label: t("days.count", { count: Number(value) }) }))}
          onChange={(days) => setSpan({ ...span, days: Number(days) })}
        />
        <Segmented<Span["whose"]>
          label={t("whose")}
          value={span.whose}
          choices={[
            { value: "own", label: t("whose.own") },
            { value: "all", label: t("whose.all") },
          ]}
          onChange={(whose) => setSpan({ ...span, whose })}
        />
      </div>
      {refused ? (
        <ProblemNote error={requests.error} />
      ) : (
        <>
          <SummaryRow span={span} />
          <div className="mt-5 grid gap-5 lg:grid-cols-2">
            <SpendCard span={span} />
            <BudgetsCard whose={span.whose} span={span} />
            <RequestsCard span={span} />
            <SpendByCard span={span} by="model" />
            {span.whose === "all" && <SpendByCard span={span} by="user" />}
            <LatencyCard span={span} />
            <VerdictsCard span={span} />
            <RatesCard span={span} />
            <SatisfactionCard span={span} />
            <RefusalsCard span={span} />
            <BreakersCard />
            <ExperimentsCard />
          </div>
        </>
      )}
    </>
  );
}
