// What pages are made of: cards, badges, details, empty states, progress.
import { useId, type ReactNode } from "react";
import { Icon, type IconName } from "./Icon";

export function Card({
  title,
  action,
  children,
  className = "",
}: {
  title?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  const id = useId();
  return (
    <section
      aria-labelledby={title === undefined ? undefined : id}
      className={`min-w-0 rounded-card border border-line bg-surface p-4 shadow-card sm:p-5 ${className}`}
    >
      {title !== undefined && (
        <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
          <h2 id={id} className="text-lg">
            {title}
          </h2>
          {action}
        </div>
      )}
      {children}
    </section>
  );
}

export type Tone = "plain" | "accent" | "good" | "bad" | "warn";
const TONES: Record<Tone, string> = {
  plain: "border-line text-muted",
  accent: "border-accent text-accent",
  good: "border-good text-good",
  bad: "border-bad text-bad",
  warn: "border-warn text-warn",
};

export function Badge({
  tone = "plain",
  icon,
  wraps = false,
  children,
}: {
  tone?: Tone;
  icon?: IconName;
  /** It is a sentence, which may need several lines. */
  wraps?: boolean;
  children: ReactNode;
}) {
  return (
    <span
      className={`inline-flex items-center gap-1 border px-2 py-0.5 text-xs font-medium ${wraps ? "rounded-xl" : "rounded-full whitespace-nowrap"} ${TONES[tone]}`}
    >
      {icon && <Icon name={icon} className="size-3.5" />}
      {children}
    </span>
  );
}

/** More, on demand. */
export function Details({
  summary,
  children,
  open = false,
}: {
  summary: ReactNode;
  children: ReactNode;
  open?: boolean;
}) {
  return (
    <details open={open} className="group">
      <summary className="inline-flex min-h-8 cursor-pointer list-none items-center gap-1.5 text-sm font-medium text-accent underline-offset-4 hover:underline [&::-webkit-details-marker]:hidden">
        <span aria-hidden="true" className="transition-transform group-open:rotate-90">
          ›
        </span>
        {summary}
      </summary>
      <div className="pt-2">{children}</div>
    </details>
  );
}

/** What a page says when it has nothing to show: what would be here, and how to get it. */
export function EmptyState({
  title,
  icon,
  children,
}: {
  title: string;
  icon?: IconName;
  children?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center gap-2 rounded-card border border-dashed border-edge px-6 py-10 text-center">
      {icon && <Icon name={icon} className="size-8 text-accent" />}
      <p className="font-display text-lg font-semibold">{title}</p>
      {children !== undefined && <div className="max-w-prose text-sm text-muted">{children}</div>}
    </div>
  );
}

/** `fraction` 0 to 1; undefined while nobody knows. */
export function Progress({ label, fraction }: { label: string; fraction?: number | undefined }) {
  return (
    <progress
      aria-label={label}
      max={1}
      value={fraction}
      className="h-2 w-full appearance-none overflow-hidden rounded-full border-0 bg-sunk accent-accent [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-sunk [&::-webkit-progress-value]:bg-accent [&::-webkit-progress-value]:transition-all"
    />
  );
}

/** Says that something is coming, to everybody. */
export function Loading({ label }: { label: string }) {
  return (
    <p role="status" className="flex items-center gap-3 py-6 text-muted">
      <span
        aria-hidden="true"
        className="size-5 animate-spin rounded-full border-2 border-line border-t-accent motion-reduce:animate-none"
      />
      {label}
    </p>
  );
}

const LONG_TITLE = 90;

/** The head of a page. */
export function PageHead({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <header className="mb-5 flex flex-wrap items-end justify-between gap-3">
      <div>
        {/* A title may be somebody's whole sentence: then it stands smaller, and its first lines do. */}
        <h1
          title={title.length > LONG_TITLE ? title : undefined}
          className={title.length > LONG_TITLE ? "line-clamp-3 text-xl" : "text-3xl"}
        >
          {title}
        </h1>
        {children !== undefined && <div className="mt-1 max-w-prose text-muted">{children}</div>}
      </div>
      {action}
    </header>
  );
}
