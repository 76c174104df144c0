import type { AnchorHTMLAttributes, ButtonHTMLAttributes, Ref } from "react";
import { Link, type LinkProps } from "react-router";

export type ButtonLook = "primary" | "plain" | "quiet" | "danger";

const BASE =
  "inline-flex min-h-10 items-center justify-center gap-2 rounded-lg px-3.5 py-1.5 text-sm font-medium no-underline " +
  "transition-colors disabled:opacity-50 select-none";
const LOOKS: Record<ButtonLook, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong disabled:hover:bg-accent",
  plain: "border border-edge bg-surface text-ink hover:bg-sunk",
  quiet: "text-ink hover:bg-sunk",
  danger: "border border-bad text-bad hover:bg-sunk",
};

export function buttonClass(look: ButtonLook = "plain", more = ""): string {
  return `${BASE} ${LOOKS[look]} ${more}`;
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: ButtonLook;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = "plain", className = "", type = "button", ...rest }: ButtonProps) {
  return <button type={type} className={buttonClass(look, className)} {...rest} />;
}

/** A square button whose only content is an icon; `label` is its name. */
export function IconButton({
  label,
  look = "quiet",
  className = "",
  ...rest
}: ButtonProps & { label: string }) {
  return (
    <Button look={look} aria-label={label} title={label} className={`w-10 !px-0 ${className}`} {...rest} />
  );
}

/** Looks like a button, leads to a page of the studio. */
export function ButtonLink({ look = "plain", className = "", ...rest }: LinkProps & { look?: ButtonLook }) {
  return <Link className={buttonClass(look, className)} {...rest} />;
}

/** Looks like a button, leads to a file or another site. */
export function ButtonAnchor({
  look = "plain",
  className = "",
  children,
  ...rest
}: AnchorHTMLAttributes<HTMLAnchorElement> & { look?: ButtonLook }) {
  return (
    <a className={buttonClass(look, className)} {...rest}>
      {children}
    </a>
  );
}
