import { useMutation } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { api, ask } from "@/api/client";
import { useWords } from "@/i18n";
import { useStore } from "@/lib/store";
import { Button } from "@/ui/Button";
import { SelectField } from "@/ui/Field";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card, EmptyState } from "@/ui/Surface";
import type { SizeAnswer } from "./api";
import { MeasureFields } from "./MeasureFields";
import { measuresStore, sizeQuestion } from "./measures";
import { SizeAdvice } from "./SizeAdvice";
import { words } from "./words";

const KINDS = ["tops", "bottoms", "dresses", "outerwear", "shoes"] as const;

/** The size for a body's measurements, with how sure it is and why. */
export function SizeTab() {
  const t = useWords(words);
  const [measures] = useStore(measuresStore);
  const [kind, setKind] = useState<(typeof KINDS)[number]>("tops");
  const advice = useMutation({
    mutationFn: async () =>
      (await ask(
        api.POST("/api/v1/fashion/size", { body: { ...sizeQuestion(measures), garment_kind: kind } }),
      )) as unknown as SizeAnswer,
  });
  const send = (event: SyntheticEvent): void => {
    event.preventDefault();
    advice.mutate();
  };
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <Card>
        <form onSubmit={send} className="flex flex-col gap-4">
          <SelectField
            label={t("size.kind")}
            value={kind}
            choices={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
            onChange={({ target }) => setKind(target.value as typeof kind)}
          />
          <MeasureFields />
          <Button type="submit" look="primary" disabled={advice.isPending}>
            {t("size.ask")}
          </Button>
        </form>
      </Card>
      <div aria-live="polite">
        {advice.isError && <ProblemNote error={advice.error} onRetry={() => advice.mutate()} />}
        {advice.isIdle && (
          <EmptyState title={t("size.none")} icon="fashion">
            {t("size.none.hint")}
          </EmptyState>
        )}
        {advice.data && (
          <Card title={t("size.answer")}>
            <SizeAdvice found={advice.data} />
          </Card>
        )}
      </div>
    </div>
  );
}
