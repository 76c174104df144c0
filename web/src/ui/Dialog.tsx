import { useEffect, useId, useRef, type ReactNode } from "react";
import { IconButton } from "./Button";
import { Icon } from "./Icon";

/** A modal dialog on the native element: focus stays inside and returns, Escape closes. */
export function Dialog({
  open,
  title,
  closeLabel,
  onClose,
  children,
  wide = false,
}: {
  open: boolean;
  title: string;
  closeLabel: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    if (open && !element.open) element.showModal();
    if (!open && element.open) element.close();
  }, [open]);
  return (
    // The click on the backdrop is for pointers; the keyboard has Escape and the button.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
      className={`m-auto max-h-[90dvh] w-[calc(100%-2rem)] rounded-card border border-line bg-surface p-0 text-ink shadow-card ${wide ? "max-w-4xl" : "max-w-lg"}`}
    >
      {open && (
        <div className="p-5">
          <div className="mb-3 flex items-start justify-between gap-4">
            <h2 id={titleId} className="line-clamp-3 text-xl">
              {title}
            </h2>
            <IconButton label={closeLabel} onClick={onClose} className="-mt-1.5 -mr-2">
              <Icon name="close" />
            </IconButton>
          </div>
          {children}
        </div>
      )}
    </dialog>
  );
}
