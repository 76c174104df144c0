import type { JobEvent } from "@/api/job-events";
import type { JobState } from "@/api/types";
import { useLanguage, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { Card, Details } from "@/ui/Surface";
import { lineOf } from "./story";
import { words } from "./words";

/** Everything that happened, on demand. */
export function StoryCard({ events }: { events: readonly JobEvent[] }) {
  const t = useWords(words);
  const c = useWords(common);
  const language = useLanguage();
  const lines = events.flatMap((event) => {
    const text = lineOf(event, t, language, (state) => c(`state.${state as JobState}`));
    return text === null ? [] : [{ seq: event.seq, text }];
  });
  if (lines.length === 0) return null;
  return (
    <Card>
      <Details summary={t("story")}>
        <ol className="flex list-decimal flex-col gap-1 pl-6 text-sm">
          {lines.map((line) => (
            <li key={line.seq}>{line.text}</li>
          ))}
        </ol>
      </Details>
    </Card>
  );
}
