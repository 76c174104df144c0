import { useMutation } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import { useWords } from "@/i18n";
import { useStore } from "@/lib/store";
import { Button } from "@/ui/Button";
import { ProblemNote } from "@/ui/ProblemNote";
import { Badge, Details } from "@/ui/Surface";
import type { FitAnswer } from "./api";
import { MeasureFields } from "./MeasureFields";
import { measuresStore, sizeQuestion } from "./measures";
import { SizeAdvice } from "./SizeAdvice";
import { words } from "./words";

const TONES = { excellent: "good", good: "good", fair: "warn", poor: "bad" } as const;

interface Props {
  worn: string;
  garment: string;
  /** Where the garment is seen in `worn`; without it the picture has to tell. */
  mask: string | null;
}

/** How a garment sits in a picture of it worn, and the size that measurements come to. */
export function FitCard({ worn, garment, mask }: Props) {
  const t = useWords(words);
  const [measures] = useStore(measuresStore);
  const report = useMutation({
    mutationFn: async () =>
      (await ask(
        api.POST("/api/v1/fashion/fit", { body: { ...sizeQuestion(measures), worn, garment, mask } }),
      )) as unknown as FitAnswer,
  });
  return (
    <section aria-label={t("fit.report")} className="flex flex-col gap-3 border-t border-line pt-4">
      <h3 className="font-medium">{t("fit.report")}</h3>
      <Details summary={t("fit.measures")}>
        <MeasureFields />
      </Details>
      <div>
        <Button disabled={report.isPending} onClick={() => report.mutate()}>
          {report.isPending ? t("checking") : t("fit.ask")}
        </Button>
      </div>
      <div aria-live="polite" className="flex flex-col gap-3">
        {report.isError && (
          <ProblemNote error={report.error} onRetry={() => report.mutate()} announce={false} />
        )}
        {report.data && <Report found={report.data} />}
      </div>
    </section>
  );
}

function Report({ found }: { found: FitAnswer }) {
  const t = useWords(words);
  return (
    <>
      <p className="flex flex-wrap items-center gap-2 text-sm">
        {found.verdict !== null && (
          <Badge tone={TONES[found.verdict]}>{t(`fit.verdict.${found.verdict}`)}</Badge>
        )}
        {found.style_compatibility} <span className="text-muted">{found.reason}</span>
      </p>
      {found.issues.length > 0 && (
        <ul className="flex list-disc flex-col gap-1 pl-5 text-sm">
          {found.issues.map((issue) => (
            <li key={issue.code}>
              {issue.message} <span className="text-muted">{issue.advice}</span>
            </li>
          ))}
        </ul>
      )}
      {found.size !== null ? (
        <div>
          <h4 className="text-sm font-medium">{t("size.answer")}</h4>
          <SizeAdvice found={found.size} />
        </div>
      ) : (
        <p className="text-sm text-muted">{t("fit.noSize")}</p>
      )}
    </>
  );
}
