// Form fields on native elements: a label, help below, what is wrong in words, tied together for screen readers.
import {
  useId,
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from "react";

export const INPUT =
  "w-full min-h-10 rounded-lg border border-edge bg-surface px-3 py-1.5 text-ink placeholder:text-muted " +
  "aria-invalid:border-bad disabled:opacity-60";

export interface FieldProps {
  label: ReactNode;
  help?: ReactNode;
  error?: string | undefined;
  /** The label is for screen readers only. */
  hideLabel?: boolean;
}

interface Ties {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

/** What helps with the field `id`, which names it by `aria-describedby`; nothing without. */
function Help({ id, children }: { id: string; children: ReactNode }) {
  if (children === undefined) return null;
  return (
    <p id={`${id}-help`} className="text-sm text-muted">
      {children}
    </p>
  );
}

/** The frame of a field; `children` makes the control with the attributes that tie it to its label and help. */
export function Field({
  label,
  help,
  error,
  hideLabel = false,
  children,
}: FieldProps & { children: (ties: Ties) => ReactNode }) {
  const id = useId();
  const described = [help !== undefined && `${id}-help`, error !== undefined && `${id}-error`].filter(
    Boolean,
  );
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className={hideLabel ? "sr-only" : "text-sm font-medium"}>
        {label}
      </label>
      {children({
        id,
        "aria-describedby": described.length > 0 ? described.join(" ") : undefined,
        "aria-invalid": error === undefined ? undefined : true,
      })}
      <Help id={id}>{help}</Help>
      {error !== undefined && (
        <p id={`${id}-error`} className="text-sm text-bad">
          {error}
        </p>
      )}
    </div>
  );
}

export function TextField({
  label,
  help,
  error,
  hideLabel,
  className = "",
  ...rest
}: FieldProps & InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }) {
  return (
    <Field label={label} help={help} error={error} hideLabel={hideLabel ?? false}>
      {(ties) => <input type="text" className={`${INPUT} ${className}`} {...rest} {...ties} />}
    </Field>
  );
}

export function TextArea({
  label,
  help,
  error,
  hideLabel,
  className = "",
  ...rest
}: FieldProps & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <Field label={label} help={help} error={error} hideLabel={hideLabel ?? false}>
      {(ties) => <textarea rows={3} className={`${INPUT} ${className}`} {...rest} {...ties} />}
    </Field>
  );
}

export interface Choice {
  value: string;
  label: string;
  disabled?: boolean;
}

export function SelectField({
  label,
  help,
  error,
  hideLabel,
  choices,
  className = "",
  ...rest
}: FieldProps & SelectHTMLAttributes<HTMLSelectElement> & { choices: readonly Choice[] }) {
  return (
    <Field label={label} help={help} error={error} hideLabel={hideLabel ?? false}>
      {(ties) => (
        <select className={`${INPUT} ${className}`} {...rest} {...ties}>
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value} disabled={choice.disabled}>
              {choice.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Checkbox({
  label,
  help,
  ...rest
}: { label: ReactNode; help?: ReactNode } & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5 py-1">
      <input
        id={id}
        type="checkbox"
        className="mt-0.5 size-5 shrink-0 accent-accent"
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        {...rest}
      />
      <div>
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        <Help id={id}>{help}</Help>
      </div>
    </div>
  );
}

/** One of a few, side by side: native radio buttons that look like a switch. */
export function Segmented<T extends string>({
  label,
  value,
  choices,
  onChange,
  hideLabel = false,
}: {
  label: string;
  value: T;
  choices: readonly { value: T; label: ReactNode }[];
  onChange: (value: T) => void;
  hideLabel?: boolean;
}) {
  const name = useId();
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className={hideLabel ? "sr-only" : "mb-1 text-sm font-medium"}>{label}</legend>
      <div className="inline-flex w-fit max-w-full flex-wrap rounded-lg border border-edge bg-surface p-0.5">
        {choices.map((choice) => (
          <label
            key={choice.value}
            className="flex min-h-9 cursor-pointer items-center gap-1.5 rounded-md px-3 text-sm has-checked:bg-accent has-checked:text-on-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              className="sr-only"
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
            />
            {choice.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
