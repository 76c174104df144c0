import { useMutation } from "@tanstack/react-query";
import { uploadFiles } from "@/api/assets";
import { useWords } from "@/i18n";
import { work as words } from "@/i18n/work";
import { drawSamplePicture } from "@/lib/sample-picture";
import { Button } from "../Button";
import { Icon, type IconName } from "../Icon";
import { ProblemNote } from "../ProblemNote";
import { slotFileOf, type SlotFile } from "./Slot";

/** A picture to try things with, drawn by the browser and stored as any other. */
export function SampleButton({ icon, onFile }: { icon: IconName; onFile: (file: SlotFile) => void }) {
  const t = useWords(words);
  const start = useMutation({
    mutationFn: async () => uploadFiles([await drawSamplePicture()]),
    onSuccess: ([asset]) => {
      if (asset !== undefined) onFile(slotFileOf(asset));
    },
  });
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button disabled={start.isPending} onClick={() => start.mutate()}>
        <Icon name={icon} className="size-4" />
        {t("sample")}
      </Button>
      <p className="text-sm text-muted">{t("sample.note")}</p>
      {start.isError && <ProblemNote error={start.error} />}
    </div>
  );
}
