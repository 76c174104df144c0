import { useQuery } from "@tanstack/react-query";
import { workflowsQuery } from "@/api/queries";
import type { Preference, Price } from "@/api/types";
import { PREFERENCES } from "@/api/types";
import { useLanguage, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useHelp } from "@/i18n/help";
import { useOptionNames } from "@/i18n/options";
import { bodyOf, changeDraft, type Draft } from "@/lib/draft";
import { formatPrice } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Checkbox, Segmented, SelectField, TextField } from "@/ui/Field";
import { Card } from "@/ui/Surface";
import { SchemaForm } from "@/ui/schema-form/SchemaForm";
import { Pictures } from "./Pictures";
import { PromptField } from "./PromptField";
import { words } from "./words";

/** Everything that a request says. */
export function Composer({
  draft,
  ready,
  sending,
  price,
  onChoosing,
  onRun,
  onClear,
}: {
  draft: Draft;
  ready: boolean;
  sending: boolean;
  price: Pick<Price, "low" | "high"> | undefined;
  /** A name is being chosen for a mention that is half written, or no longer. */
  onChoosing: (choosing: boolean) => void;
  onRun: () => void;
  onClear: () => void;
}) {
  const t = useWords(words);
  const c = useWords(common);
  const language = useLanguage();
  const label =
    price === undefined ? t("run") : t("run.price", { price: formatPrice(price, language, c("free")) });
  return (
    <Card>
      <div className="flex flex-col gap-4">
        <Segmented
          label={t("mode")}
          hideLabel
          value={draft.mode}
          choices={[
            { value: "ai", label: t("mode.ai") },
            { value: "classic", label: t("mode.classic") },
          ]}
          onChange={(mode) => changeDraft({ mode, model: null })}
        />
        {draft.mode === "classic" && <ClassicChoice draft={draft} />}
        <PromptField
          prompt={draft.prompt}
          onChange={(prompt) => changeDraft({ prompt })}
          onChoosing={onChoosing}
        />
        <Pictures pictures={draft.pictures} />
        <Wishes draft={draft} />
        <div className="flex flex-wrap items-center gap-2">
          <Button look="primary" disabled={!ready} onClick={onRun} className="min-h-11 px-6 text-base">
            {sending ? t("run.sending") : label}
          </Button>
          <Button look="quiet" onClick={onClear}>
            {t("clear")}
          </Button>
          <kbd aria-hidden="true" className="ml-auto hidden font-mono text-xs text-muted sm:inline">
            Ctrl/⌘ + Enter
          </kbd>
        </div>
      </div>
    </Card>
  );
}

/** What matters, what may leave, what it may cost. */
function Wishes({ draft }: { draft: Draft }) {
  const t = useWords(words);
  const c = useWords(common);
  const bad = draft.maxCostUsd.trim() !== "" && bodyOf(draft).max_cost_usd === null;
  return (
    <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
      <Segmented<Preference>
        label={t("preference")}
        value={draft.preference}
        choices={PREFERENCES.map((value) => ({ value, label: c(`preference.${value}`) }))}
        onChange={(preference) => changeDraft({ preference })}
      />
      <div className="sm:pt-6">
        <Checkbox
          label={t("stayLocal")}
          help={t("stayLocal.help")}
          checked={draft.stayLocal}
          onChange={({ target }) => changeDraft({ stayLocal: target.checked })}
        />
      </div>
      <div className="w-44">
        <TextField
          label={t("maxCost")}
          help={t("maxCost.help")}
          error={bad ? t("maxCost.error") : undefined}
          inputMode="decimal"
          value={draft.maxCostUsd}
          onChange={({ target }) => changeDraft({ maxCostUsd: target.value.replace(",", ".") })}
        />
      </div>
    </div>
  );
}

/** The workflow and its options, chosen by hand. */
function ClassicChoice({ draft }: { draft: Draft }) {
  const t = useWords(words);
  const names = useOptionNames();
  const help = useHelp();
  const workflows = useQuery(workflowsQuery).data ?? [];
  const chosen = workflows.find((workflow) => workflow.name === draft.classicWorkflow);
  return (
    <>
      <SelectField
        label={t("workflow")}
        help={chosen === undefined ? undefined : help(chosen.summary)}
        value={draft.classicWorkflow ?? ""}
        choices={[
          { value: "", label: t("workflow.choose") },
          ...workflows.map(({ name, title, available }) => ({
            value: name,
            label: available
              ? names.workflow(name, title)
              : t("workflow.unavailable", { title: names.workflow(name, title) }),
          })),
        ]}
        onChange={({ target }) =>
          changeDraft({ classicWorkflow: target.value || null, options: {}, model: null })
        }
      />
      {chosen && !chosen.available && (
        <p className="text-sm text-warn">
          {chosen.reason} {chosen.hint}
        </p>
      )}
      {chosen && (
        <section aria-label={t("options")} className="border-l-2 border-line pl-4">
          <SchemaForm
            key={chosen.name}
            schema={chosen.options}
            values={draft.options}
            onChange={(options) => changeDraft({ options })}
          />
        </section>
      )}
    </>
  );
}
