import { contentUrl } from "@/api/assets";
import type { SubmitBody } from "@/api/types";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card } from "@/ui/Surface";
import { Downloads } from "@/ui/work/Downloads";
import { RunBar } from "@/ui/work/RunBar";
import { useAssets } from "@/ui/work/useAssets";
import { useBodyPlan, useWork } from "@/ui/work/useWork";
import { WorkProgress } from "@/ui/work/WorkProgress";

/** A request of the fitting room with its price, and the pictures that its job made; `body` is null while something is
 * missing. `studio` is the name that the job is kept under. */
export function PicturesCard({
  studio,
  title,
  lead,
  body,
}: {
  studio: string;
  title: string;
  lead: string;
  body: SubmitBody | null;
}) {
  const plan = useBodyPlan(body);
  const work = useWork(studio);
  const made = useAssets(work.job?.result?.outputs ?? []);
  const pictures = made.assets.filter(({ media }) => media.media_type.startsWith("image/"));
  return (
    <Card title={title}>
      <div className="flex flex-col gap-4">
        <p className="text-sm text-muted">{lead}</p>
        <RunBar body={body} plan={plan} work={work} />
        <WorkProgress work={work} />
        {made.error !== null && <ProblemNote error={made.error} />}
        {pictures.length > 0 && (
          <ul className={pictures.length > 1 ? "grid gap-4 sm:grid-cols-2 xl:grid-cols-3" : ""}>
            {pictures.map((picture) => (
              <li key={picture.id}>
                <a href={contentUrl(picture.id)} target="_blank" rel="noreferrer">
                  <img
                    src={contentUrl(picture.id)}
                    alt={picture.label || picture.name}
                    width={picture.media.width ?? undefined}
                    height={picture.media.height ?? undefined}
                    className="mx-auto h-auto max-h-[75vh] w-auto max-w-full rounded-lg border border-line"
                  />
                </a>
              </li>
            ))}
          </ul>
        )}
        <Downloads assets={made.assets} />
      </div>
    </Card>
  );
}
