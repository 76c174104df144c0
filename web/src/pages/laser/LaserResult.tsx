import { useQuery } from "@tanstack/react-query";
import { contentUrl } from "@/api/assets";
import { problemOf } from "@/api/problem";
import type { Asset } from "@/api/types";
import { useWords } from "@/i18n";
import { work as workWords } from "@/i18n/work";
import { CompareViewer } from "@/ui/compare/CompareViewer";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card, Details } from "@/ui/Surface";
import { Downloads } from "@/ui/work/Downloads";
import { useAssets } from "@/ui/work/useAssets";
import type { Work } from "@/ui/work/useWork";
import { WorkProgress } from "@/ui/work/WorkProgress";
import { readToolpath } from "./toolpath";
import { ToolpathView } from "./ToolpathView";
import { words } from "./words";

/** The job and its files: compared with the source, its way played, everything to take home. */
export function LaserResult({ work }: { work: Work }) {
  const t = useWords(workWords);
  const { job } = work;
  const found = useAssets(job?.result?.outputs ?? []);
  const source = useAssets(job?.request.inputs.slice(0, 1).map(({ asset_id }) => asset_id) ?? []);
  if (job === undefined) return null;
  const shown = found.assets.find(({ name }) => name.startsWith("preview") && name.endsWith(".png"));
  const way = found.assets.find(({ name }) => name === "toolpath.json");
  const before = source.assets.find(
    ({ media }) => media.width !== null && media.media_type !== "image/svg+xml",
  );
  const seconds = job.result?.report.seconds_estimated;
  return (
    <Card title={t("result")}>
      <div className="flex flex-col gap-4">
        <WorkProgress work={work} />
        {found.error !== null && <ProblemNote error={found.error} />}
        {shown && <CompareViewer key={shown.id} after={shown} before={before ?? null} />}
        {way && <Way asset={way} seconds={typeof seconds === "number" ? seconds : null} />}
        <Downloads assets={found.assets} />
      </div>
    </Card>
  );
}

function Way({ asset, seconds }: { asset: Asset; seconds: number | null }) {
  const t = useWords(words);
  const content = useQuery({
    queryKey: ["assets", asset.id, "json"],
    queryFn: async ({ signal }) => {
      const response = await fetch(contentUrl(asset.id), { signal });
      if (!response.ok) throw await problemOf(response, contentUrl(asset.id));
      return (await response.json()) as Record<string, unknown>;
    },
    staleTime: Infinity,
  });
  if (content.isError) return <ProblemNote error={content.error} />;
  const way = content.data === undefined ? null : readToolpath(content.data);
  if (way === null) return null;
  return (
    <Details summary={t("look.way")}>
      <ToolpathView way={way} seconds={seconds} />
    </Details>
  );
}
