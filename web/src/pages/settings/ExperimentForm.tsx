import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { modelsQuery, workflowsQuery } from "@/api/queries";
import { PREFERENCES } from "@/api/types";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { Button } from "@/ui/Button";
import { SelectField, TextField } from "@/ui/Field";
import { ProblemNote } from "@/ui/ProblemNote";
import { startExperiment, type ExperimentBody } from "./api";
import { words } from "./words";

type Unit = NonNullable<ExperimentBody["unit"]>;
const UNITS: readonly Unit[] = ["user", "request"];
const EMPTY = { name: "", workflow: "", unit: "user" as Unit, preference: "", model: "", share: "50" };

/** The present way against one other: another preference, another model first, or both. */
export function ExperimentForm() {
  const t = useWords(words);
  const c = useWords(common);
  const queries = useQueryClient();
  const [form, setForm] = useState(EMPTY);
  const set = (change: Partial<typeof EMPTY>): void => setForm((now) => ({ ...now, ...change }));
  const workflows = useQuery(workflowsQuery).data ?? [];
  const models = useQuery(modelsQuery).data ?? [];
  const share = Number(form.share);
  const start = useMutation({
    mutationFn: () => startExperiment(bodyOf(form)),
    onSuccess: async () => {
      setForm(EMPTY);
      await queries.invalidateQueries({ queryKey: ["experiments"] });
    },
  });
  const ready =
    form.name.trim() !== "" && (form.preference !== "" || form.model !== "") && share > 0 && share < 100;
  const none = { value: "", label: t("experiment.same") };
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) start.mutate();
      }}
    >
      <TextField
        label={t("experiment.name")}
        value={form.name}
        onChange={({ target }) => set({ name: target.value })}
      />
      <SelectField
        label={t("experiment.workflow")}
        value={form.workflow}
        choices={[
          { value: "", label: t("experiment.everything") },
          ...workflows.map(({ name, title }) => ({ value: name, label: title })),
        ]}
        onChange={({ target }) => set({ workflow: target.value })}
      />
      <SelectField
        label={t("experiment.unit")}
        value={form.unit}
        choices={UNITS.map((value) => ({ value, label: t(`experiment.unit.${value}`) }))}
        onChange={({ target }) => set({ unit: UNITS.find((each) => each === target.value) ?? "user" })}
      />
      <SelectField
        label={t("experiment.preference")}
        value={form.preference}
        choices={[none, ...PREFERENCES.map((value) => ({ value, label: c(`preference.${value}`) }))]}
        onChange={({ target }) => set({ preference: target.value })}
      />
      <SelectField
        label={t("experiment.model")}
        value={form.model}
        choices={[none, ...models.map(({ id, title }) => ({ value: id, label: title }))]}
        onChange={({ target }) => set({ model: target.value })}
      />
      <TextField
        type="number"
        min={1}
        max={99}
        label={t("experiment.share")}
        help={t("experiment.share.help")}
        value={form.share}
        onChange={({ target }) => set({ share: target.value })}
      />
      {start.isError && <ProblemNote error={start.error} />}
      <Button type="submit" look="primary" disabled={!ready || start.isPending}>
        {t("experiment.start")}
      </Button>
    </form>
  );
}

function bodyOf(form: typeof EMPTY): ExperimentBody {
  const share = Number(form.share);
  const preference = PREFERENCES.find((each) => each === form.preference);
  const changes = { ...(preference && { preference }), ...(form.model !== "" && { model: form.model }) };
  return {
    name: form.name.trim(),
    workflow: form.workflow === "" ? null : form.workflow,
    unit: form.unit,
    arms: [
      { name: "control", weight: 100 - share },
      { name: "variant", weight: share, changes },
    ],
  };
}
