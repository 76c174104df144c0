import { useMutation } from "@tanstack/react-query";
import { uploadFiles } from "@/api/assets";
import type { SubmitBody } from "@/api/types";
import { useWords } from "@/i18n";
import { Button } from "@/ui/Button";
import { Icon, type IconName } from "@/ui/Icon";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card } from "@/ui/Surface";
import { drawSamplePicture } from "@/lib/sample-picture";
import { words } from "./words";

const SAMPLES = [
  { name: "enhance", icon: "enhance" },
  { name: "style", icon: "studio" },
  { name: "laser", icon: "laser" },
] as const satisfies readonly { name: string; icon: IconName }[];

/** Three requests that run on any machine, with a picture drawn here: no key, no download, no cost. */
export function Samples({ onRun, running }: { onRun: (body: SubmitBody) => void; running: boolean }) {
  const t = useWords(words);
  const start = useMutation({
    mutationFn: async (prompt: string): Promise<SubmitBody> => {
      const [asset] = await uploadFiles([await drawSamplePicture()]);
      if (asset === undefined) throw new Error("the server stored no asset");
      return { prompt, inputs: [{ role: "working", asset_id: asset.id }], stay_local: true };
    },
    onSuccess: onRun,
  });
  return (
    <Card title={t("samples")}>
      <p className="mb-3 text-sm text-muted">{t("samples.lead")}</p>
      <div className="flex flex-wrap gap-2">
        {SAMPLES.map(({ name, icon }) => (
          <Button
            key={name}
            disabled={running || start.isPending}
            onClick={() => start.mutate(t(`sample.${name}.prompt`))}
          >
            <Icon name={icon} className="size-4" />
            {t(`sample.${name}`)}
          </Button>
        ))}
      </div>
      {start.isError && (
        <div className="mt-3">
          <ProblemNote error={start.error} />
        </div>
      )}
    </Card>
  );
}
