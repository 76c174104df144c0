import type { Asset } from "@/api/types";
import { useWords } from "@/i18n";
import { work as workWords } from "@/i18n/work";
import { ClipCompare } from "@/ui/compare/ClipCompare";
import { CompareViewer } from "@/ui/compare/CompareViewer";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card } from "@/ui/Surface";
import { Downloads } from "@/ui/work/Downloads";
import { MeasureTable } from "@/ui/work/MeasureTable";
import { useAssets } from "@/ui/work/useAssets";
import type { Work } from "@/ui/work/useWork";
import { WorkProgress } from "@/ui/work/WorkProgress";

/** Before and after, what was measured, and the files. */
export function EnhanceResult({ work, title }: { work: Work; title?: string }) {
  const t = useWords(workWords);
  const { job } = work;
  const found = useAssets(job?.result?.outputs ?? []);
  const source = useAssets(job?.request.inputs.slice(0, 1).map(({ asset_id }) => asset_id) ?? []);
  if (job === undefined) return null;
  const is = (kind: string) => (asset: Asset) => asset.media.media_type.startsWith(kind);
  const picture = found.assets.find(is("image/"));
  const clip = found.assets.find(is("video/"));
  const before = source.assets[0];
  const slow = job.plan.options.slow;
  return (
    <Card title={title ?? t("result")}>
      <div className="flex flex-col gap-4">
        <WorkProgress work={work} />
        {found.error !== null && <ProblemNote error={found.error} />}
        {clip === undefined && picture && (
          <CompareViewer key={picture.id} after={picture} before={before ?? null} />
        )}
        {clip && (
          <ClipCompare
            key={clip.id}
            after={clip}
            before={before ?? null}
            slow={typeof slow === "number" ? slow : 1}
          />
        )}
        {job.result && <MeasureTable verdict={job.result.verdict} />}
        <Downloads assets={found.assets} />
      </div>
    </Card>
  );
}
