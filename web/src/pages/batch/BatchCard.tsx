import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, ask } from "@/api/client";
import { useWords } from "@/i18n";
import { Button, ButtonAnchor } from "@/ui/Button";
import { TextField } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { ProblemNote } from "@/ui/ProblemNote";
import { Badge, Card, Details, Progress } from "@/ui/Surface";
import { isAmount, order, type Batch, type Order } from "./api";
import { words } from "./words";

/** One batch: how far it is, what it cost, each item, and what can be done with it. */
export function BatchCard({ batch }: { batch: Batch }) {
  const t = useWords(words);
  const queries = useQueryClient();
  const [budget, setBudget] = useState("");
  const act = useMutation({
    mutationFn: (what: Order) =>
      order(batch.id, what, what === "resume" && isAmount(budget) ? budget.trim() : ""),
    onSettled: () => queries.invalidateQueries({ queryKey: ["batches"] }),
  });
  const failed = (batch.counts.failed ?? 0) + (batch.counts.refused ?? 0) + (batch.counts.rejected ?? 0);
  const open = batch.state === "running" || batch.state === "paused";
  const orders: Order[] = [
    ...(batch.state === "running" ? (["pause"] as const) : []),
    ...(batch.state === "paused" ? (["resume"] as const) : []),
    ...(open ? (["cancel"] as const) : []),
    ...(failed > 0 ? (["retry-failed"] as const) : []),
  ];
  return (
    <Card
      title={batch.name || t("unnamed", { count: batch.total })}
      action={
        <Badge tone={batch.state === "finished" ? (failed > 0 ? "warn" : "good") : "accent"}>
          {t(`state.${batch.state}`)}
        </Badge>
      }
    >
      <div className="flex flex-col gap-3">
        <Progress
          label={t("done", { done: batch.done, total: batch.total })}
          fraction={batch.total === 0 ? 1 : batch.done / batch.total}
        />
        <p role="status" className="text-sm text-muted">
          {t("done", { done: batch.done, total: batch.total })} · {batch.spent_text}
          {batch.budget_text !== "" && ` / ${batch.budget_text}`}
        </p>
        {batch.reason !== "" && <p className="text-sm text-warn">{batch.reason}</p>}
        {batch.state === "paused" && batch.budget !== null && (
          <div className="w-48">
            <TextField
              label={t("budget.new")}
              inputMode="decimal"
              value={budget}
              error={budget.trim() !== "" && !isAmount(budget) ? t("budget.wrong") : undefined}
              onChange={({ target }) => setBudget(target.value.replace(",", "."))}
            />
          </div>
        )}
        <div className="flex flex-wrap gap-2">
          {orders.map((what) => (
            <Button
              key={what}
              look={what === "cancel" ? "danger" : "plain"}
              disabled={act.isPending}
              onClick={() => act.mutate(what)}
            >
              {t(`do.${what}`)}
            </Button>
          ))}
          {(batch.counts.succeeded ?? 0) > 0 && (
            <ButtonAnchor href={batch.links.archive} download={`${batch.id}.zip`}>
              <Icon name="download" className="size-4" />
              {t("archive")}
            </ButtonAnchor>
          )}
        </div>
        {act.isError && <ProblemNote error={act.error} />}
        <Details summary={t("items", { count: batch.total })}>
          <Items batch={batch} />
        </Details>
      </div>
    </Card>
  );
}

function Items({ batch }: { batch: Batch }) {
  const t = useWords(words);
  const items = useQuery({
    queryKey: ["batches", batch.id, "items", batch.done, batch.state],
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/v1/batches/{batch_id}/items", {
          params: { path: { batch_id: batch.id }, query: { limit: 200 } },
          signal,
        }),
      ),
    placeholderData: (before) => before,
  });
  if (items.isError) return <ProblemNote error={items.error} onRetry={() => void items.refetch()} />;
  return (
    <ul className="flex flex-col divide-y divide-line text-sm">
      {items.data?.items.map((item) => (
        <li key={item.number} className="flex flex-wrap items-center justify-between gap-2 py-1.5">
          <span className="min-w-0 break-words">
            {item.job_id === null ? (
              item.name || item.key
            ) : (
              <Link to={`/jobs/${item.job_id}`}>{item.name || item.key}</Link>
            )}
            {item.error !== null && (
              <span className="block text-bad">
                {String((item.error as Record<string, unknown>).message)}
              </span>
            )}
          </span>
          <Badge>{t(`item.${item.state}` as "item.waiting")}</Badge>
        </li>
      ))}
    </ul>
  );
}
