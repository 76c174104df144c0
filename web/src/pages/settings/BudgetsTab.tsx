import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLanguage, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { formatMoment, formatUsd } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Segmented } from "@/ui/Field";
import { Meter } from "@/ui/Meter";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card, EmptyState, Loading } from "@/ui/Surface";
import { sessionQuery } from "@/api/queries";
import { budgetsQuery, removeBudget, type BudgetUse } from "./api";
import { BudgetForm } from "./BudgetForm";
import { words } from "./words";

type Task = { what: "new" } | { what: "change" | "remove"; use: BudgetUse };

/** Caps on spending: what is used of them, and, for administrators, changing them. */
export function BudgetsTab() {
  const t = useWords(words);
  const c = useWords(common);
  const language = useLanguage();
  const admin = useQuery(sessionQuery).data?.admin === true;
  const [whose, setWhose] = useState<"own" | "all">("own");
  const budgets = useQuery(budgetsQuery(whose));
  const [task, setTask] = useState<Task | null>(null);
  const close = (): void => setTask(null);
  return (
    <Card
      title={t("tab.budgets")}
      action={
        admin && (
          <Button look="primary" onClick={() => setTask({ what: "new" })}>
            {t("budget.new")}
          </Button>
        )
      }
    >
      <p className="mb-3 text-sm text-muted">{t("budgets.lead")}</p>
      {admin && (
        <div className="mb-3">
          <Segmented<"own" | "all">
            label={t("budgets.whose")}
            hideLabel
            value={whose}
            choices={[
              { value: "own", label: t("budgets.own") },
              { value: "all", label: t("budgets.all") },
            ]}
            onChange={setWhose}
          />
        </div>
      )}
      {budgets.isPending && <Loading label={c("loading")} />}
      {budgets.isError && <ProblemNote error={budgets.error} onRetry={() => void budgets.refetch()} />}
      {budgets.data !== undefined && (
        <p className="mb-3 text-sm">
          {budgets.data.left === null
            ? t("budgets.noLimit")
            : t("budgets.left", { amount: formatUsd(budgets.data.left, language) })}
        </p>
      )}
      {budgets.data?.budgets.length === 0 && (
        <EmptyState title={t("budgets.none")}>{t("budgets.none.hint")}</EmptyState>
      )}
      <ul className="flex flex-col divide-y divide-line">
        {budgets.data?.budgets.map((use) => (
          <BudgetRow
            key={`${use.budget.id}.${use.subject}`}
            use={use}
            {...(admin && { onTask: (what: "change" | "remove") => setTask({ what, use }) })}
          />
        ))}
      </ul>
      <Dialog
        open={task !== null}
        title={task === null ? "" : t(`budget.${task.what}`)}
        closeLabel={c("close")}
        onClose={close}
      >
        {task?.what === "new" && <BudgetForm onDone={close} />}
        {task?.what === "change" && <BudgetForm budget={task.use.budget} onDone={close} />}
        {task?.what === "remove" && <Remove use={task.use} onDone={close} />}
      </Dialog>
    </Card>
  );
}

function useBudgetName(): (use: BudgetUse) => string {
  const t = useWords(words);
  return ({ budget, subject }) =>
    [t(`scope.${budget.scope}`), subject === "*" ? t("budget.each") : subject, t(`period.${budget.period}`)]
      .filter((part) => part !== "")
      .join(" · ");
}

function BudgetRow({ use, onTask }: { use: BudgetUse; onTask?: (what: "change" | "remove") => void }) {
  const t = useWords(words);
  const c = useWords(common);
  const language = useLanguage();
  const name = useBudgetName()(use);
  const usd = (amount: number): string => formatUsd(amount, language);
  return (
    <li className="py-3">
      <div className="mb-1.5 flex flex-wrap items-center justify-between gap-2">
        <p className="text-sm font-medium">{name}</p>
        {onTask !== undefined && (
          <div className="flex gap-1">
            <Button
              look="quiet"
              aria-label={t("budget.change.name", { name })}
              onClick={() => onTask("change")}
            >
              {t("budget.change")}
            </Button>
            <Button
              look="quiet"
              aria-label={t("budget.remove.name", { name })}
              onClick={() => onTask("remove")}
            >
              {c("remove")}
            </Button>
          </div>
        )}
      </div>
      <Meter label={name} spent={use.spent} held={use.held} cap={use.budget.cap} language={language} />
      <p className="mt-1.5 text-sm text-muted tabular-nums">
        {t("budget.figures", {
          spent: usd(use.spent),
          held: usd(use.held),
          cap: usd(use.budget.cap),
          left: usd(use.left),
        })}
        {use.ends_at !== null && ` ${t("budget.ends", { when: formatMoment(use.ends_at, language) })}`}
      </p>
    </li>
  );
}

function Remove({ use, onDone }: { use: BudgetUse; onDone: () => void }) {
  const t = useWords(words);
  const c = useWords(common);
  const name = useBudgetName()(use);
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removeBudget(use.budget.id),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["budgets"] });
      onDone();
    },
  });
  return (
    <div className="flex flex-col gap-4">
      <p>{t("budget.remove.sure", { name })}</p>
      {remove.isError && <ProblemNote error={remove.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>{c("cancel")}</Button>
        <Button look="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
          {c("remove")}
        </Button>
      </div>
    </div>
  );
}
