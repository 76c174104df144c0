import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { Button } from "@/ui/Button";
import { SelectField, TextField } from "@/ui/Field";
import { ProblemNote } from "@/ui/ProblemNote";
import { setBudget, type BudgetBody, type BudgetUse } from "./api";
import { dollarsOf, fieldOf } from "./money";
import { words } from "./words";

const SCOPES: readonly BudgetBody["scope"][] = ["user", "provider", "project", "total"];
const PERIODS: readonly BudgetBody["period"][] = ["hour", "day", "month", "total"];

/** A new cap, or another amount for one that there is: whose it is and for how long stays then. */
export function BudgetForm({ budget, onDone }: { budget?: BudgetUse["budget"]; onDone: () => void }) {
  const t = useWords(words);
  const c = useWords(common);
  const queries = useQueryClient();
  const [scope, setScope] = useState(budget?.scope ?? "user");
  const [subject, setSubject] = useState(budget?.subject ?? "*");
  const [period, setPeriod] = useState(budget?.period ?? "month");
  const [typed, setTyped] = useState(budget === undefined ? "" : fieldOf(budget.cap));
  const cap = dollarsOf(typed);
  const save = useMutation({
    mutationFn: (cap_usd: string) =>
      setBudget({ scope, subject: scope === "total" ? "" : subject.trim(), period, cap_usd }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["budgets"] });
      onDone();
    },
  });
  const fixed = budget !== undefined;
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (cap !== null) save.mutate(cap);
      }}
    >
      <SelectField
        label={t("budget.scope")}
        disabled={fixed}
        value={scope}
        choices={SCOPES.map((value) => ({ value, label: t(`scope.${value}`) }))}
        onChange={({ target }) => setScope(SCOPES.find((each) => each === target.value) ?? "user")}
      />
      {scope !== "total" && (
        <TextField
          label={t("budget.subject")}
          help={t("budget.subject.help")}
          disabled={fixed}
          maxLength={64}
          value={subject}
          onChange={({ target }) => setSubject(target.value)}
        />
      )}
      <SelectField
        label={t("budget.period")}
        disabled={fixed}
        value={period}
        choices={PERIODS.map((value) => ({ value, label: t(`period.${value}`) }))}
        onChange={({ target }) => setPeriod(PERIODS.find((each) => each === target.value) ?? "month")}
      />
      <TextField
        label={t("budget.cap")}
        inputMode="decimal"
        value={typed}
        error={typed !== "" && cap === null ? t("budget.cap.wrong") : undefined}
        onChange={({ target }) => setTyped(target.value)}
      />
      {save.isError && <ProblemNote error={save.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>{c("cancel")}</Button>
        <Button type="submit" look="primary" disabled={cap === null || save.isPending}>
          {c("save")}
        </Button>
      </div>
    </form>
  );
}
