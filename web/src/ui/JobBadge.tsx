import type { JobState } from "@/api/types";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { Badge, type Tone } from "./Surface";

const TONES: Record<JobState, Tone> = {
  queued: "plain",
  running: "accent",
  succeeded: "good",
  rejected: "warn",
  failed: "bad",
  cancelled: "plain",
  quarantined: "bad",
  unknown: "warn",
};

export function JobBadge({ state }: { state: JobState }) {
  const t = useWords(common);
  return <Badge tone={TONES[state]}>{t(`state.${state}`)}</Badge>;
}
