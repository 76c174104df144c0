import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { feedbackQuery, giveFeedback } from "@/api/queries";
import type { Feedback, FeedbackBody } from "@/api/types";
import { useWords } from "@/i18n";
import { Button, IconButton } from "@/ui/Button";
import { TextArea } from "@/ui/Field";
import { Icon } from "@/ui/Icon";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card } from "@/ui/Surface";
import { words } from "./words";

const STARS = [1, 2, 3, 4, 5] as const;
const LONGEST_COMMENT = 1000;

/** What its owner says of a finished job: a thumb, stars, words; changed as often as wanted. */
export function FeedbackCard({ jobId }: { jobId: string }) {
  const feedback = useQuery(feedbackQuery(jobId));
  if (feedback.isPending) return null;
  if (feedback.isError) return <ProblemNote error={feedback.error} announce={false} />;
  return <FeedbackForm jobId={jobId} given={feedback.data} />;
}

function FeedbackForm({ jobId, given }: { jobId: string; given: Feedback | null }) {
  const t = useWords(words);
  const queries = useQueryClient();
  const [comment, setComment] = useState(given?.comment ?? "");
  const say = useMutation({
    mutationFn: (said: Omit<FeedbackBody, "job_id">) => giveFeedback({ job_id: jobId, ...said }),
    onSuccess: (answer) => queries.setQueryData(["feedback", jobId], answer),
  });
  const stars = given?.stars ?? 0;
  return (
    <Card title={t("feedback")}>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <div className="flex gap-1">
          {(["up", "down"] as const).map((thumb) => (
            <IconButton
              key={thumb}
              label={t(`feedback.${thumb}`)}
              aria-pressed={given?.thumb === thumb}
              className="aria-pressed:bg-tint aria-pressed:text-accent"
              onClick={() => say.mutate({ thumb: given?.thumb === thumb ? null : thumb })}
            >
              <Icon name={thumb === "up" ? "thumbUp" : "thumbDown"} />
            </IconButton>
          ))}
        </div>
        <div role="group" aria-label={t("feedback.stars")} className="flex">
          {STARS.map((count) => (
            <IconButton
              key={count}
              label={t("feedback.star", { count })}
              aria-pressed={stars === count}
              className={count <= stars ? "text-accent [&_path]:fill-current" : "text-muted"}
              onClick={() => say.mutate({ stars: stars === count ? null : count })}
            >
              <Icon name="star" />
            </IconButton>
          ))}
        </div>
      </div>
      <div className="mt-2 flex flex-col items-start gap-2">
        <div className="w-full">
          <TextArea
            label={t("feedback.comment")}
            rows={2}
            maxLength={LONGEST_COMMENT}
            value={comment}
            onChange={({ target }) => setComment(target.value)}
          />
        </div>
        {comment !== (given?.comment ?? "") && (
          <Button disabled={say.isPending} onClick={() => say.mutate({ comment })}>
            {t("feedback.save")}
          </Button>
        )}
        <p role="status" className="text-sm text-good">
          {say.isSuccess && t("feedback.saved")}
        </p>
      </div>
      {say.isError && <ProblemNote error={say.error} />}
    </Card>
  );
}
