import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useTitle } from "@/lib/hooks";
import { Button } from "@/ui/Button";
import { Segmented } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { ProblemNote } from "@/ui/ProblemNote";
import { EmptyState, Loading, PageHead } from "@/ui/Surface";
import { KINDS, referencesQuery, type Kind } from "./api";
import { NewReferenceDialog } from "./NewReferenceDialog";
import { ReferenceCard } from "./ReferenceCard";
import { words } from "./words";

/** Pictures with names: written as @name in a sentence, they are among its inputs. */
export default function ReferencesPage() {
  const t = useWords(words);
  const c = useWords(common);
  useTitle(t("title"));
  const references = useQuery(referencesQuery);
  const [kind, setKind] = useState<Kind | "all">("all");
  const [adding, setAdding] = useState(false);
  const shown = references.data?.filter((each) => kind === "all" || each.kind === kind) ?? [];
  const add = (
    <Button look="primary" onClick={() => setAdding(true)}>
      <Icon name="add" className="size-4" />
      {t("add")}
    </Button>
  );
  return (
    <>
      <PageHead title={t("title")} action={add}>
        {t("lead")}
      </PageHead>
      {references.isPending && <Loading label={c("loading")} />}
      {references.isError && (
        <ProblemNote error={references.error} onRetry={() => void references.refetch()} />
      )}
      {references.data?.length === 0 && (
        <EmptyState title={t("none")} icon="references">
          {t("none.hint")}
        </EmptyState>
      )}
      {references.data !== undefined && references.data.length > 0 && (
        <>
          <Segmented<Kind | "all">
            label={t("kind")}
            hideLabel
            value={kind}
            choices={(["all", ...KINDS] as const).map((value) => ({ value, label: t(`kind.${value}`) }))}
            onChange={setKind}
          />
          <p role="status" className="my-3 text-sm text-muted">
            {t("count", { count: shown.length })}
          </p>
          <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-4">
            {shown.map((reference) => (
              <ReferenceCard key={reference.name} reference={reference} />
            ))}
          </ul>
        </>
      )}
      <NewReferenceDialog open={adding} onClose={() => setAdding(false)} />
    </>
  );
}
