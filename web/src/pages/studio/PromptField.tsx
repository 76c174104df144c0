import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useId, useRef, useState, type KeyboardEvent } from "react";
import { api, ask } from "@/api/client";
import { thumbnailUrl } from "@/api/assets";
import type { Reference } from "@/api/types";
import { useWords } from "@/i18n";
import { LONGEST_PROMPT, promptHistory } from "@/lib/draft";
import { useDebounced } from "@/lib/hooks";
import { INPUT } from "@/ui/Field";
import { mentionAt, type Mention } from "./mention";
import { words } from "./words";

const SHOW_LEFT_BELOW = 200;

/** The sentence. `@` completes the names of saved references; ↑ in an empty field brings earlier sentences back. */
export function PromptField({
  prompt,
  onChange,
  onChoosing,
}: {
  prompt: string;
  onChange: (prompt: string) => void;
  /** Names are offered for a mention that is none of them yet, or no longer. */
  onChoosing: (choosing: boolean) => void;
}) {
  const t = useWords(words);
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [mention, setMention] = useState<Mention | null>(null);
  const [active, setActive] = useState(0);
  const [recalled, setRecalled] = useState(0);
  const suggestions = useSuggestions(mention);
  const open = mention !== null && suggestions.length > 0;
  const choosing = open && !suggestions.some(({ name }) => name === mention.query.toLowerCase());
  const tell = useEffectEvent(onChoosing);
  useEffect(() => tell(choosing), [choosing]);

  const look = (): void => {
    const element = field.current;
    if (element === null) return;
    setMention(mentionAt(element.value, element.selectionStart));
    setActive(0);
  };
  const pick = (reference: Reference): void => {
    if (mention === null) return;
    const before = `${prompt.slice(0, mention.start)}${reference.mention} `;
    onChange(before + prompt.slice(mention.end).replace(/^ /, ""));
    setMention(null);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(before.length, before.length);
    });
  };
  const recall = (step: number): void => {
    const at = Math.min(Math.max(recalled + step, 0), promptHistory.get().length);
    setRecalled(at);
    onChange(promptHistory.get().at(-at) ?? "");
  };
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (open) {
      const chosen = suggestions[active];
      if (event.key === "Escape") setMention(null);
      else if (event.key === "ArrowDown") setActive((active + 1) % suggestions.length);
      else if (event.key === "ArrowUp") setActive((active + suggestions.length - 1) % suggestions.length);
      else if ((event.key === "Enter" || event.key === "Tab") && chosen !== undefined) pick(chosen);
      else return;
      event.preventDefault();
    } else if (event.key === "ArrowUp" && (prompt === "" || recalled > 0)) {
      event.preventDefault();
      recall(1);
    } else if (event.key === "ArrowDown" && recalled > 0) {
      event.preventDefault();
      recall(-1);
    }
  };
  const left = LONGEST_PROMPT - prompt.length;
  return (
    <div className="relative flex flex-col gap-1">
      <label htmlFor={id} className="sr-only">
        {t("prompt")}
      </label>
      <textarea
        ref={field}
        id={id}
        rows={3}
        maxLength={LONGEST_PROMPT}
        value={prompt}
        placeholder={t("prompt.placeholder")}
        aria-describedby={`${id}-help`}
        aria-autocomplete="list"
        aria-controls={open ? `${id}-list` : undefined}
        aria-activedescendant={open ? `${id}-${active}` : undefined}
        className={`${INPUT} field-sizing-content max-h-72 min-h-24 text-lg`}
        onChange={({ target }) => {
          setRecalled(0);
          onChange(target.value);
          look();
        }}
        onKeyDown={press}
        onKeyUp={(event) => event.key.startsWith("Arrow") && !open && look()}
        onClick={look}
        onBlur={() => setMention(null)}
      />
      {open && <SuggestionList id={id} suggestions={suggestions} active={active} onPick={pick} />}
      <p id={`${id}-help`} className="text-sm text-muted">
        {left < SHOW_LEFT_BELOW ? t("prompt.left", { count: left }) : t("prompt.help")}
      </p>
    </div>
  );
}

function useSuggestions(mention: Mention | null): readonly Reference[] {
  const query = useDebounced(mention?.query ?? null, 120);
  const found = useQuery({
    queryKey: ["references", "suggest", query],
    queryFn: ({ signal }) =>
      ask(api.GET("/api/v1/references/suggest", { params: { query: { q: query ?? "", limit: 8 } }, signal })),
    enabled: query !== null,
    placeholderData: keepPreviousData,
  });
  return mention === null ? [] : (found.data?.references ?? []);
}

function SuggestionList({
  id,
  suggestions,
  active,
  onPick,
}: {
  id: string;
  suggestions: readonly Reference[];
  active: number;
  onPick: (reference: Reference) => void;
}) {
  const t = useWords(words);
  return (
    <div
      id={`${id}-list`}
      role="listbox"
      aria-label={t("mentions")}
      className="absolute top-full z-20 -mt-6 max-h-72 w-full max-w-sm overflow-y-auto rounded-lg border border-edge bg-surface p-1 shadow-card"
    >
      {suggestions.map((reference, index) => (
        // The keyboard chooses in the field itself, which keeps the focus.
        // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
        <div
          key={reference.name}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          className="flex cursor-pointer items-center gap-3 rounded-md p-1.5 hover:bg-sunk aria-selected:bg-tint"
          // Before the field loses the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(reference)}
        >
          <img src={thumbnailUrl(reference.asset_id, 128)} alt="" className="size-9 rounded object-cover" />
          <span className="font-medium">{reference.mention}</span>
        </div>
      ))}
    </div>
  );
}
